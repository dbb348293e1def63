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
    /// <param name="training">Loss of each step's batch; drawn as means over about 200 pieces. Losses that are no finite numbers are left
    /// out.</param>
    /// <param name="validation">Loss at each evaluation.</param>
    /// <param name="floor">A loss to draw as a dashed line, in nats, or null.</param>
    /// <param name="floorName">What that loss is.</param>
    public static string Draw(
        string title, IReadOnlyList<(long Step, double Loss)> training, IReadOnlyList<(long Step, double Loss)> validation,
        double? floor = null, string floorName = "")
    {
        List<(double X, double Y)> means =
            Means([.. training.Where(p => double.IsFinite(p.Loss)).Select(p => (p.Step, ChartAxis.Clamp(p.Loss)))], 200);
        List<(double X, double Y)> points = [.. validation.Where(p => double.IsFinite(p.Loss)).Select(p => ((double)p.Step, p.Loss))];
        if (floor is { } given && !double.IsFinite(given)) floor = null;
        double lastStep = means.Concat(points).Select(p => p.X).Append(1).Max();
        ChartAxis x = new([0, lastStep], 1, 8, Left, Width - Right, whole: false);
        ChartAxis y = new(
            [.. means.Concat(points).Select(p => p.Y), .. floor is { } f ? [f] : Array.Empty<double>()], 0.1, 6, Height - Bottom, Top,
            whole: true);

        StringBuilder svg = new();
        svg.Append(CultureInfo.InvariantCulture,
            $"<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {Width} {Height}\" font-family=\"sans-serif\" font-size=\"12\">\n");
        svg.Append(CultureInfo.InvariantCulture, $"<rect width=\"{Width}\" height=\"{Height}\" fill=\"white\"/>\n");
        Text(Width / 2.0, 22, title, "middle", "#222", "font-size=\"15\"");
        foreach (double line in y.Lines)
        {
            Line(X(0), Y(line), X(lastStep), Y(line), "#e5e5e5");
            Text(Left - 8, Y(line) + 4, ChartAxis.Label(line), "end", "#555");
        }
        foreach (double line in x.Lines) Text(X(line), Height - Bottom + 18, ChartAxis.Label(line), "middle", "#555");
        Text(Width / 2.0, Height - 10, "step", "middle", "#555");
        Text(Left - 8, Top - 8, "nats per character", "start", "#555");
        Path(means, "#9aa0a6", "1.2");
        Path(points, "#1a56db", "2");
        foreach ((double step, double loss) in points)
            svg.Append(CultureInfo.InvariantCulture, $"<circle cx=\"{X(step):F1}\" cy=\"{Y(loss):F1}\" r=\"3\" fill=\"#1a56db\"/>\n");
        if (floor is { } bound)
        {
            svg.Append(CultureInfo.InvariantCulture,
                $"<line class=\"floor\" x1=\"{X(0):F1}\" y1=\"{Y(bound):F1}\" x2=\"{X(lastStep):F1}\" y2=\"{Y(bound):F1}\" " +
                $"stroke=\"#c0392b\" stroke-dasharray=\"6 4\"/>\n");
            Text(X(lastStep), Y(bound) + 16, $"{floorName} {bound.ToString("0.0000", CultureInfo.InvariantCulture)}", "end", "#c0392b");
        }
        Text(X(lastStep), Top + 4, "training (means)", "end", "#777");
        Text(X(lastStep), Top + 20, "validation", "end", "#1a56db");
        return svg.Append("</svg>\n").ToString();

        double X(double step) => x.At(step);
        double Y(double loss) => y.At(loss);
        void Line(double x1, double y1, double x2, double y2, string color) => svg.Append(CultureInfo.InvariantCulture,
            $"<line x1=\"{x1:F1}\" y1=\"{y1:F1}\" x2=\"{x2:F1}\" y2=\"{y2:F1}\" stroke=\"{color}\"/>\n");
        void Text(double x, double y, string text, string anchor, string color, string more = "") => svg.Append(
            CultureInfo.InvariantCulture,
            $"<text x=\"{x:F1}\" y=\"{y:F1}\" text-anchor=\"{anchor}\" fill=\"{color}\" {more}>{WebUtility.HtmlEncode(text)}</text>\n");
        void Path(List<(double X, double Y)> line, string color, string width)
        {
            if (line.Count < 2) return;
            string data = string.Join(" ", line.Select(p => string.Create(CultureInfo.InvariantCulture, $"{X(p.X):F1},{Y(p.Y):F1}")));
            svg.Append(CultureInfo.InvariantCulture,
                $"<polyline points=\"{data}\" fill=\"none\" stroke=\"{color}\" stroke-width=\"{width}\"/>\n");
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
}
