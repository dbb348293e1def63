using System.Globalization;
using System.Net;
using System.Text;

namespace MiniStack.Training;

/// <summary>Draws the losses of a run as SVG: training in grey, validation in blue, and the floor nobody can go below.</summary>
public static class LossChart
{
    private const int Width = 800, Height = 440, Left = 64, Right = 24, Top = 40, Bottom = 48;

    /// <summary>The picture.</summary>
    /// <param name="title">Stands above.</param>
    /// <param name="training">Loss of each step's batch; drawn as means over about 200 pieces.</param>
    /// <param name="validation">Loss at each evaluation.</param>
    /// <param name="floor">A loss to draw as a dashed line, in nats, or null.</param>
    /// <param name="floorName">What that loss is.</param>
    public static string Draw(
        string title, IReadOnlyList<(long Step, double Loss)> training, IReadOnlyList<(long Step, double Loss)> validation,
        double? floor = null, string floorName = "")
    {
        List<(double X, double Y)> means = Means(training, 200);
        List<(double X, double Y)> points = [.. validation.Select(p => ((double)p.Step, p.Loss))];
        double[] losses = [.. means.Select(p => p.Y), .. points.Select(p => p.Y), .. floor is { } f ? [f] : Array.Empty<double>()];
        if (losses.Length == 0) losses = [0];
        double lastStep = Math.Max(1, Math.Max(means.Count > 0 ? training[^1].Step : 1, points.Count > 0 ? points[^1].X : 1));
        double low = Math.Min(losses.Min(), floor ?? double.MaxValue), high = losses.Max();
        double step = NiceStep(Math.Max(high - low, 0.1) / 6);
        (low, high) = (Math.Floor(low / step) * step, Math.Ceiling(high / step + 1e-9) * step);

        StringBuilder svg = new();
        svg.Append(CultureInfo.InvariantCulture, $"<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {Width} {Height}\" font-family=\"sans-serif\" font-size=\"12\">\n");
        svg.Append(CultureInfo.InvariantCulture, $"<rect width=\"{Width}\" height=\"{Height}\" fill=\"white\"/>\n");
        Text(Width / 2.0, 22, title, "middle", "#222", "font-size=\"15\"");
        for (double y = low; y <= high + step / 2; y += step)
        {
            Line(X(0), Y(y), X(lastStep), Y(y), "#e5e5e5");
            Text(Left - 8, Y(y) + 4, y.ToString("0.##", CultureInfo.InvariantCulture), "end", "#555");
        }
        double stride = NiceStep(lastStep / 8);
        for (double x = 0; x <= lastStep + 1e-9; x += stride) Text(X(x), Height - Bottom + 18, x.ToString("0", CultureInfo.InvariantCulture), "middle", "#555");
        Text(Width / 2.0, Height - 10, "step", "middle", "#555");
        Text(Left - 8, Top - 8, "nats per character", "start", "#555");
        Path(means, "#9aa0a6", "1.2");
        Path(points, "#1a56db", "2");
        foreach ((double x, double y) in points)
            svg.Append(CultureInfo.InvariantCulture, $"<circle cx=\"{X(x):F1}\" cy=\"{Y(y):F1}\" r=\"3\" fill=\"#1a56db\"/>\n");
        if (floor is { } bound)
        {
            svg.Append(CultureInfo.InvariantCulture,
                $"<line class=\"floor\" x1=\"{X(0):F1}\" y1=\"{Y(bound):F1}\" x2=\"{X(lastStep):F1}\" y2=\"{Y(bound):F1}\" stroke=\"#c0392b\" stroke-dasharray=\"6 4\"/>\n");
            Text(X(lastStep), Y(bound) + 16, $"{floorName} {bound.ToString("0.0000", CultureInfo.InvariantCulture)}", "end", "#c0392b");
        }
        Text(X(lastStep), Top + 4, "training (means)", "end", "#777");
        Text(X(lastStep), Top + 20, "validation", "end", "#1a56db");
        return svg.Append("</svg>\n").ToString();

        double X(double x) => Left + x / lastStep * (Width - Left - Right);
        double Y(double y) => Height - Bottom - (y - low) / (high - low) * (Height - Top - Bottom);
        void Line(double x1, double y1, double x2, double y2, string color) => svg.Append(CultureInfo.InvariantCulture,
            $"<line x1=\"{x1:F1}\" y1=\"{y1:F1}\" x2=\"{x2:F1}\" y2=\"{y2:F1}\" stroke=\"{color}\"/>\n");
        void Text(double x, double y, string text, string anchor, string color, string more = "") => svg.Append(CultureInfo.InvariantCulture,
            $"<text x=\"{x:F1}\" y=\"{y:F1}\" text-anchor=\"{anchor}\" fill=\"{color}\" {more}>{WebUtility.HtmlEncode(text)}</text>\n");
        void Path(List<(double X, double Y)> line, string color, string width)
        {
            if (line.Count < 2) return;
            string data = string.Join(" ", line.Select(p => string.Create(CultureInfo.InvariantCulture, $"{X(p.X):F1},{Y(p.Y):F1}")));
            svg.Append(CultureInfo.InvariantCulture, $"<polyline points=\"{data}\" fill=\"none\" stroke=\"{color}\" stroke-width=\"{width}\"/>\n");
        }
    }

    /// <summary>Single batches are noisy: means over equal pieces show the course.</summary>
    private static List<(double X, double Y)> Means(IReadOnlyList<(long Step, double Loss)> losses, int pieces)
    {
        int size = Math.Max(1, losses.Count / pieces);
        List<(double X, double Y)> means = [];
        for (int start = 0; start < losses.Count; start += size)
        {
            int count = Math.Min(size, losses.Count - start);
            means.Add((losses[start + count - 1].Step, losses.Skip(start).Take(count).Average(p => p.Loss)));
        }
        return means;
    }

    /// <summary>1, 2 or 5 times a power of ten, at least <paramref name="rough"/>.</summary>
    private static double NiceStep(double rough)
    {
        double power = Math.Pow(10, Math.Floor(Math.Log10(rough)));
        return (rough / power) switch { <= 1 => 1, <= 2 => 2, <= 5 => 5, _ => 10 } * power;
    }
}
