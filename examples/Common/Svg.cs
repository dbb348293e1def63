using System.Globalization;
using System.Net;
using System.Text;

namespace MiniStack.Examples;

/// <summary>A picture as text: rectangles, lines, words.</summary>
public sealed class Svg
{
    private readonly StringBuilder _text = new();

    /// <summary>A white picture.</summary>
    public Svg(int width, int height)
    {
        Add($"<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {width} {height}\" font-family=\"sans-serif\" font-size=\"12\">");
        Add($"<rect width=\"{width}\" height=\"{height}\" fill=\"white\"/>");
    }

    /// <summary>A filled rectangle; <paramref name="border"/> is a color too.</summary>
    public void Rectangle(double x, double y, double width, double height, string fill, string border = "none") =>
        Add($"<rect x=\"{x:F1}\" y=\"{y:F1}\" width=\"{width:F1}\" height=\"{height:F1}\" fill=\"{fill}\" stroke=\"{border}\"/>");

    /// <summary>A filled area with straight edges.</summary>
    public void Polygon(IEnumerable<(double X, double Y)> corners, string fill, string border = "none") =>
        Add($"<polygon points=\"{Points(corners)}\" fill=\"{fill}\" stroke=\"{border}\"/>");

    /// <summary>A straight line; <paramref name="dash"/> is a pattern such as "6 4".</summary>
    public void Line(double x1, double y1, double x2, double y2, string color, double width = 1, string dash = "none") =>
        Add($"<line x1=\"{x1:F1}\" y1=\"{y1:F1}\" x2=\"{x2:F1}\" y2=\"{y2:F1}\" stroke=\"{color}\" stroke-width=\"{width:F1}\" stroke-dasharray=\"{dash}\"/>");

    /// <summary>A line through points.</summary>
    public void Path(IEnumerable<(double X, double Y)> points, string color, double width = 2) =>
        Add($"<polyline points=\"{Points(points)}\" fill=\"none\" stroke=\"{color}\" stroke-width=\"{width:F1}\"/>");

    /// <summary>A filled circle.</summary>
    public void Dot(double x, double y, double radius, string fill) => Add($"<circle cx=\"{x:F1}\" cy=\"{y:F1}\" r=\"{radius:F1}\" fill=\"{fill}\"/>");

    /// <summary>Words; <paramref name="anchor"/> is start, middle or end.</summary>
    public void Text(double x, double y, string words, string anchor = "start", string color = "#222", int size = 12) =>
        Add($"<text x=\"{x:F1}\" y=\"{y:F1}\" text-anchor=\"{anchor}\" fill=\"{color}\" font-size=\"{size}\">{WebUtility.HtmlEncode(words)}</text>");

    /// <summary>The whole picture.</summary>
    public override string ToString() => $"{_text}</svg>\n";

    private static string Points(IEnumerable<(double X, double Y)> points) =>
        string.Join(' ', points.Select(point => string.Create(CultureInfo.InvariantCulture, $"{point.X:F1},{point.Y:F1}")));

    private void Add(FormattableString element) => _text.Append(element.ToString(CultureInfo.InvariantCulture)).Append('\n');
}
