using System.Globalization;

namespace MiniStack.Examples.Hardware;

/// <summary>Draws the largest relative error of each format over the magnitude of the number.</summary>
internal static class BitsChart
{
    private const int Width = 800, Height = 460, Left = 72, Right = 110, Top = 40, Bottom = 52;
    private const int LeastX = -12, MostX = 12, LeastY = -9, MostY = 1, Bins = 240, Samples = 400;

    private static readonly string[] Colors = ["#222222", "#1a56db", "#0e9f6e", "#c0392b", "#e67e22", "#8e44ad"];

    public static string Draw(NumberFormat[] formats, double value)
    {
        Svg svg = new(Width, Height);
        svg.Text(Width / 2.0, 22, "Largest relative error of rounding, by magnitude", "middle", size: 15);
        for (int power = LeastY; power <= MostY; power++)
        {
            svg.Line(X(LeastX), Y(power), X(MostX), Y(power), "#e5e5e5");
            svg.Text(Left - 8, Y(power) + 4, $"1e{power}", "end", "#555");
        }
        for (int power = LeastX; power <= MostX; power += 2)
        {
            svg.Line(X(power), Y(LeastY), X(power), Y(MostY), "#f0f0f0");
            svg.Text(X(power), Height - Bottom + 18, $"1e{power}", "middle", "#555");
        }
        svg.Text((Left + Width - Right) / 2.0, Height - 10, "magnitude of the number; a line ends where the format overflows", "middle", "#555");
        if (value != 0 && Math.Abs(Math.Log10(Math.Abs(value))) < MostX)
            svg.Line(X(Math.Log10(Math.Abs(value))), Y(LeastY), X(Math.Log10(Math.Abs(value))), Y(MostY), "#999", 1, "3 3");
        foreach ((int i, NumberFormat format) in formats.Index())
        {
            svg.Path(Envelope(format).Select(point => (X(point.X), Y(point.Y))), Colors[i % Colors.Length]);
            svg.Line(Width - Right + 12, Top + 20 + 22 * i, Width - Right + 32, Top + 20 + 22 * i, Colors[i % Colors.Length], 3);
            svg.Text(Width - Right + 38, Top + 24 + 22 * i, format.Name);
        }
        return svg.ToString();

        static double X(double power) => Left + (power - LeastX) / (MostX - LeastX) * (Width - Left - Right);
        static double Y(double power) => Height - Bottom - (power - LeastY) / (MostY - LeastY) * (Height - Top - Bottom);
    }

    /// <summary>Largest error in each piece of the axis, as powers of ten, as long as all of it can be stored.</summary>
    public static IReadOnlyList<(double X, double Y)> Envelope(NumberFormat format)
    {
        List<(double, double)> points = [];
        Rng rng = new(1);
        for (int bin = 0; bin < Bins; bin++)
        {
            double worst = 0;
            for (int sample = 0; sample < Samples; sample++)
            {
                double x = Math.Pow(10, LeastX + (MostX - LeastX) * (bin + rng.NextDouble()) / Bins);
                worst = x > format.Largest ? double.PositiveInfinity : Math.Max(worst, format.RelativeError(x));
            }
            if (!double.IsFinite(worst)) break;
            points.Add((LeastX + (MostX - LeastX) * (bin + 0.5) / Bins, Math.Max(LeastY, Math.Log10(worst))));
        }
        return points;
    }
}
