using System.Globalization;

namespace MiniStack.Examples.Hardware;

/// <summary>Draws the ladder: a bar for each rung on a logarithmic scale, its prediction as a mark, and the peaks as lines.</summary>
internal static class GemmChart
{
    private const int Width = 760, Left = 96, Right = 90, Top = 56, Step = 40, Bar = 24;

    public static string Draw(IReadOnlyList<RungResult> results, MachineFacts facts, int n)
    {
        int height = Top + Step * results.Count + 48, bottom = Top + Step * results.Count;
        double low = Math.Pow(10, Math.Floor(Math.Log10(Math.Min(1, results.Min(result => Math.Min(result.Measured, result.Predicted))))));
        double high = 1.6 * Math.Max(facts.PeakOfAll, results.Max(result => result.Measured));
        Svg svg = new(Width, height);
        svg.Text(Width / 2.0, 22, string.Create(CultureInfo.InvariantCulture, $"c = a·b, F32, {n} × {n}: GFLOP/s of each rung"), "middle", size: 15);
        for (double power = low; power <= high; power *= 10)
        {
            svg.Line(X(power), Top - 8, X(power), bottom, "#e5e5e5");
            svg.Text(X(power), bottom + 18, power.ToString("0.###", CultureInfo.InvariantCulture), "middle", "#555");
        }
        Peak(facts.Peak, "peak of one core");
        if (facts.Threads > 1) Peak(facts.PeakOfAll, $"of {facts.Threads}");
        foreach ((int i, RungResult result) in results.Index())
        {
            double y = Top + Step * i;
            svg.Text(Left - 8, y + 17, result.Rung.Name, "end");
            svg.Rectangle(X(low), y, X(result.Measured) - X(low), Bar, "#1a56db");
            svg.Line(X(result.Predicted), y - 4, X(result.Predicted), y + Bar + 4, "#e67e22", 3);
            svg.Text(X(Math.Max(result.Measured, result.Predicted)) + 6, y + 17,
                string.Create(CultureInfo.InvariantCulture, $"{result.Measured:F1} ({result.OfPeak:P0})"), color: "#222");
        }
        svg.Text(Left, height - 10, "bars: measured; orange: predicted; the scale is logarithmic", color: "#555");
        return svg.ToString();

        double X(double rate) => Left + Math.Log10(rate / low) / Math.Log10(high / low) * (Width - Left - Right);
        void Peak(double rate, string name)
        {
            svg.Line(X(rate), Top - 12, X(rate), bottom, "#c0392b", 1, "6 4");
            svg.Text(X(rate) + (name.StartsWith("of", StringComparison.Ordinal) ? 2 : -2), Top - 16, name, name.StartsWith("of", StringComparison.Ordinal) ? "start" : "end", "#c0392b");
        }
    }
}
