using System.Globalization;
using MiniStack.Formats;
using Spectre.Console;

namespace MiniStack.Examples;

/// <summary>Writes what a demo found, in the same words everywhere in the world.</summary>
public static class Report
{
    public static void Line(FormattableString text) => Console.WriteLine(text.ToString(CultureInfo.InvariantCulture));

    /// <summary>A table whose first column is words and whose others are numbers.</summary>
    public static Table Table(params string[] columns)
    {
        if (Console.IsOutputRedirected) AnsiConsole.Profile.Width = 160; // a file has no edge
        Table table = new() { Border = TableBorder.Markdown };
        foreach ((int i, string column) in columns.Index())
            table.AddColumn(new TableColumn(column.EscapeMarkup()) { Alignment = i == 0 ? Justify.Left : Justify.Right, NoWrap = true });
        return table;
    }

    public static void Row(Table table, params FormattableString[] cells) =>
        table.AddRow([.. cells.Select(cell => cell.ToString(CultureInfo.InvariantCulture).EscapeMarkup())]);

    /// <summary>Saves a picture and says where.</summary>
    public static void Picture(string folder, string name, string svg)
    {
        string file = Path.Combine(folder, name);
        AtomicFile.WriteText(file, svg);
        Line($"picture: {file}");
    }
}
