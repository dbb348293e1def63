using System.Globalization;
using System.Text;

namespace MiniStack.Benchmarks.Peers;

/// <summary>The comparison as text: lines while it runs, Markdown at the end.</summary>
internal static class Report
{
    public static string Header => $"{"operation",-22}{"shape",-16}{"ours µs",10}{"peer µs",10}{"ratio",7}{"median",7}  asked      of the limit";

    public static string Line(Row row) => string.Create(CultureInfo.InvariantCulture,
        $"{row.Op,-22}{row.Shape,-16}{row.OursUs,10:F1}{row.PeerUs,10:F1}{row.Ratio,7:F2}{row.MedianRatio,7:F2}  {AskedText(row),-11}{LimitText(row)}{(row.Reached ? "" : "  MISSED")}");

    public static void Markdown(StringBuilder text, string title, IEnumerable<Row> rows)
    {
        text.Append(CultureInfo.InvariantCulture, $"\n## {title}\n\n");
        text.Append("| operation | shape | ours µs | peer µs | ratio | ratio of medians | asked | of the limit | |\n");
        text.Append("|---|---|---:|---:|---:|---:|---|---|---|\n");
        foreach (Row row in rows)
        {
            text.Append(CultureInfo.InvariantCulture,
                $"| {row.Op} | {row.Shape.Replace("x", "×", StringComparison.Ordinal)} | {row.OursUs:F1} | {row.PeerUs:F1} | {row.Ratio:F2} | {row.MedianRatio:F2} | {AskedText(row)} | {LimitText(row)} | {(row.Reached ? "✓" : "missed")} |\n");
        }
    }

    private static string AskedText(Row row)
    {
        string percent = row.AskedPct is { } share ? string.Create(CultureInfo.InvariantCulture, $"{share:F0} %") : "";
        string ratio = row.Asked is { } asked ? string.Create(CultureInfo.InvariantCulture, $"{asked:0.0#}") : "";
        return (ratio, percent) switch
        {
            (_, "") => ratio,
            _ when row.EitherIsEnough => $"{ratio} or {percent}",
            _ => $"{ratio}, {percent}",
        };
    }

    private static string LimitText(Row row) =>
        row.LimitPct is { } percent ? string.Create(CultureInfo.InvariantCulture, $"{percent:F0} % {row.LimitName}") : "";
}
