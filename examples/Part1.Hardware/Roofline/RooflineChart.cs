using System.Globalization;

namespace MiniStack.Examples.Hardware;

/// <summary>Draws the roof and what stands below it, both axes logarithmic.</summary>
internal static class RooflineChart
{
    private const int Width = 980, Height = 520, Left = 64, Right = 310, Top = 44, Bottom = 52;
    private const double LeastX = 1.0 / 32, MostX = 1024;

    private static readonly string[] Colors = ["#0e9f6e", "#1a56db", "#8e44ad", "#c0392b"];

    public static string Draw(IReadOnlyList<RoofPoint> points, IReadOnlyList<MemoryLevel> levels, double peak, int threads)
    {
        double low = 0.5, high = 2 * peak;
        Svg svg = new(Width, Height);
        svg.Text((Left + Width - Right) / 2.0, 22, $"Roofline, F32, {threads} thread(s)", "middle", size: 15);
        for (double x = LeastX; x <= MostX; x *= 4)
        {
            svg.Line(X(x), Y(low), X(x), Y(high), "#eeeeee");
            svg.Text(X(x), Height - Bottom + 18, x < 1 ? $"1/{1 / x:F0}" : x.ToString("F0", CultureInfo.InvariantCulture), "middle", "#555");
        }
        for (double y = 1; y <= high; y *= 10)
        {
            svg.Line(X(LeastX), Y(y), X(MostX), Y(y), "#eeeeee");
            svg.Text(Left - 8, Y(y) + 4, y.ToString("F0", CultureInfo.InvariantCulture), "end", "#555");
        }
        svg.Text((Left + Width - Right) / 2.0, Height - 10, "arithmetic intensity, FLOP for each byte moved", "middle", "#555");
        svg.Text(Left - 40, Top - 10, "GFLOP/s", color: "#555");
        svg.Line(X(peak / levels[0].Copy), Y(peak), X(MostX), Y(peak), "#222", 2);
        svg.Text(X(MostX), Y(peak) - 6, string.Create(CultureInfo.InvariantCulture, $"multipliers: {peak:F0} GFLOP/s"), "end");
        foreach ((int i, MemoryLevel level) in levels.Index())
        {
            double start = Math.Max(LeastX, low / level.Copy);
            svg.Line(X(start), Y(start * level.Copy), X(peak / level.Copy), Y(peak), Colors[i], 2);
            svg.Text(Width - Right + 16, Top + 12 + 18 * i, string.Create(CultureInfo.InvariantCulture, $"{level.Name}: {level.Copy:F0} GB/s, copying"), color: Colors[i]);
        }
        int number = 0;
        foreach (RoofPoint point in points)
        {
            if (point.Profile.Intensity is not { } intensity) continue;
            double rate = Math.Max(low, point.Profile.GigaflopsPerSecond!.Value);
            string color = Colors[IndexOf(levels, point.Level)];
            number++;
            svg.Dot(X(intensity), Y(rate), 9, color);
            svg.Text(X(intensity), Y(rate) + 4, $"{number}", "middle", "white", 11);
            svg.Text(Width - Right + 16, Top + 96 + 20 * number, string.Create(CultureInfo.InvariantCulture, $"{number}  {point.Profile.Name} {point.Operator.Size}: {point.Share:P0}"), color: color);
        }
        svg.Text(Width - Right + 16, Top + 96, "operator and size: share of its roof", color: "#555");
        return svg.ToString();

        double X(double x) => Left + Math.Log(x / LeastX) / Math.Log(MostX / LeastX) * (Width - Left - Right);
        double Y(double y) => Height - Bottom - Math.Log(y / low) / Math.Log(high / low) * (Height - Top - Bottom);
        static int IndexOf(IReadOnlyList<MemoryLevel> levels, MemoryLevel level)
        {
            for (int i = 0; i < levels.Count; i++)
                if (levels[i] == level) return i;
            return -1;
        }
    }
}
