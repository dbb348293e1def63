using System.Globalization;

namespace MiniStack.Examples.Data;

/// <summary>Draws a step's time as bars: what is computed, and what is waited.</summary>
internal static class LoaderChart
{
    private const int Width = 760, Left = 190, Right = 190, Top = 86, Bar = 22, Step = 28;

    public static string Draw(IReadOnlyList<LoaderRow> rows)
    {
        Svg svg = new(Width, Top + (Step * rows.Count) + 20);
        svg.Text(Width / 2.0, 24, "Where a training step's time goes", "middle", size: 15);
        svg.Text(Width / 2.0, 46, "blue: the step; red: waiting for its batch", "middle", "#555");
        svg.Text(Width / 2.0, 66, "each source has a scale of its own: its longest step fills the width", "middle", "#555");
        foreach ((int i, LoaderRow row) in rows.Index())
        {
            double most = rows.Where(other => other.Source == row.Source).Max(other => other.StepMilliseconds);
            double width = row.StepMilliseconds / most * (Width - Left - Right), waited = width * row.Stall, y = Top + (Step * i);
            svg.Text(Left - 8, y + 15, string.Create(CultureInfo.InvariantCulture, $"{row.Source}, {row.Workers} worker{(row.Workers == 1 ? "" : "s")}"), "end");
            svg.Rectangle(Left, y, width - waited, Bar, "#1a56db");
            svg.Rectangle(Left + width - waited, y, waited, Bar, "#c0392b");
            svg.Text(Left + width + 6, y + 15, string.Create(CultureInfo.InvariantCulture, $"{row.StepMilliseconds:F1} ms, stall {100 * row.Stall:F1} %"));
        }
        return svg.ToString();
    }
}
