using System.Globalization;
using System.Text;
using System.Text.Json;

namespace MiniStack;

public sealed partial class Profiler
{
    /// <summary>The operators, the longest first, what lies outside them, and the sections, as text.</summary>
    public string Table()
    {
        TimeSpan elapsed = Elapsed, outside = elapsed - OperatorTime;
        IReadOnlyList<OperatorProfile> operators = Operators;
        int width = Math.Max(24, operators.Select(one => Label(one).Length).DefaultIfEmpty().Max());
        StringBuilder text = new();
        Line($"{"operator".PadRight(width)} {"calls",9} {"total ms",11} {"share",7} {"mean µs",10} {"GB/s",8} {"GFLOP/s",8}");
        foreach (OperatorProfile one in operators) Operator(Label(one), one);
        Operator("all operators", Describe("", "", _all));
        Line($"{"outside operators".PadRight(width)} {"",9} {outside.TotalMilliseconds,11:F3} {Share(outside),7:P1}");
        Line($"{"wall".PadRight(width)} {"",9} {elapsed.TotalMilliseconds,11:F3} {Share(elapsed),7:P1}");
        if (_root.Children.Count > 0)
        {
            Line($"");
            Line($"{"section".PadRight(width)} {"calls",9} {"total ms",11} {"share",7} {"mean µs",10} {"outside operators ms",22}");
            foreach (SectionProfile section in Sections)
            {
                string name = new string(' ', 2 * section.Depth) + section.Name;
                double total = section.Time.TotalMilliseconds, share = Share(section.Time), perCall = Mean(section.Time, section.Calls);
                double other = total - section.OperatorTime.TotalMilliseconds;
                Line($"{name.PadRight(width)} {section.Calls,9} {total,11:F3} {share,7:P1} {perCall,10:F2} {other,22:F3}");
            }
        }
        Line($"");
        text.Append("Bytes: every input read once, every output written once. FLOPs: those of the formula; ")
            .Append("a product of [m, k] and [k, n] has 2·m·n·k.\n");
        if (_seen > _events.Count) Line($"The trace holds the first {_events.Count} of {_seen} events; the sums hold all.");
        return text.ToString();

        void Line(FormattableString line) => text.Append(line.ToString(CultureInfo.InvariantCulture).TrimEnd()).Append('\n');

        void Operator(string name, OperatorProfile one) => Line(
            $"{name.PadRight(width)} {one.Calls,9} {one.Time.TotalMilliseconds,11:F3} {Share(one.Time),7:P1} {Mean(
                one.Time, one.Calls),10:F2} {Number(one.GigabytesPerSecond),8} {Number(one.GigaflopsPerSecond),8}");

        double Share(TimeSpan time) => elapsed > TimeSpan.Zero ? time / elapsed : 0;

        static double Mean(TimeSpan time, long calls) => calls > 0 ? time.TotalMicroseconds / calls : 0;

        static string Number(double? value) =>
            value is { } number && double.IsFinite(number) ? number.ToString("F1", CultureInfo.InvariantCulture) : "-";

        static string Label(OperatorProfile one) => one.Shapes.Length == 0 ? one.Name : $"{one.Name} {one.Shapes}";
    }

    /// <summary>Writes the calls and sections as a Chrome trace, for ui.perfetto.dev or chrome://tracing.</summary>
    /// <param name="path">The file; it is replaced.</param>
    public void WriteChromeTrace(string path)
    {
        using FileStream stream = File.Create(path);
        WriteChromeTrace(stream);
    }

    /// <summary>Writes the calls and sections as a Chrome trace.</summary>
    /// <remarks>The Trace Event Format, "complete" events: times are in microseconds since the session began.</remarks>
    public void WriteChromeTrace(Stream stream)
    {
        using Utf8JsonWriter json = new(stream);
        json.WriteStartObject();
        json.WriteString("displayTimeUnit", "ns");
        json.WriteStartObject("otherData");
        json.WriteNumber("events", _seen);
        json.WriteNumber("eventsInTrace", _events.Count);
        json.WriteEndObject();
        json.WriteStartArray("traceEvents");
        foreach (Event entry in _events) Write(json, entry);
        json.WriteEndArray();
        json.WriteEndObject();
    }

    private void Write(Utf8JsonWriter json, Event entry)
    {
        json.WriteStartObject();
        json.WriteString("name", entry.Name);
        json.WriteString("cat", entry.Shapes is null ? "section" : "operator");
        json.WriteString("ph", "X");
        json.WriteNumber("ts", Time(entry.Start - _start).TotalMicroseconds);
        json.WriteNumber("dur", Time(entry.End - entry.Start).TotalMicroseconds);
        json.WriteNumber("pid", 1);
        json.WriteNumber("tid", 1);
        if (entry.Shapes is not null)
        {
            json.WriteStartObject("args");
            json.WriteNumber("bytes", entry.Bytes);
            if (!double.IsNaN(entry.Flops)) json.WriteNumber("flops", entry.Flops);
            if (entry.Shapes.Length > 0) json.WriteString("shapes", entry.Shapes);
            json.WriteEndObject();
        }
        json.WriteEndObject();
    }
}
