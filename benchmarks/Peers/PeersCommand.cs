using System.CommandLine;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;

namespace MiniStack.Benchmarks.Peers;

/// <summary>MiniStack beside PyTorch, row by row in one run: what <c>./bench.sh</c> calls.</summary>
internal static class PeersCommand
{
    private static readonly string[] Sections = ["matmul", "elementwise", "rows", "sort", "pooling", "attention", "convolution", "step", "memory", "startup"];

    private static readonly JsonSerializerOptions Json = new()
    {
        WriteIndented = true,
        Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    public static Command Create()
    {
        Option<string[]> only = new("--only") { Description = $"Run a part: {string.Join(", ", Sections)}.", AllowMultipleArgumentsPerToken = true };
        only.AcceptOnlyFromAmong(Sections);
        Option<int> threads = new("--threads") { Description = "Threads of both sides.", DefaultValueFactory = _ => Environment.ProcessorCount };
        Option<double> seconds = new("--seconds") { Description = "Time for each row and side.", DefaultValueFactory = _ => 1.0 };
        Option<string?> json = new("--json") { Description = "Write the rows to this file." };
        Option<string?> results = new("--results") { Description = "Write the report to this Markdown file." };
        Command command = new("peers", "Measures MiniStack and PyTorch in turns.") { only, threads, seconds, json, results };
        command.SetAction(parsed => Run(
            parsed.GetValue(only) is { Length: > 0 } parts ? parts : Sections,
            parsed.GetValue(threads), parsed.GetValue(seconds), parsed.GetValue(json), parsed.GetValue(results)));
        return command;
    }

    private static int Run(string[] sections, int threads, double seconds, string? json, string? results)
    {
        try
        {
            CpuThreads.Count = threads;
            List<Row> rows = [];
            StringBuilder report = new();
            Limits limits = new(threads);
            Introduce(report, limits, threads);
            bool late = false;
            foreach (string section in Sections.Where(sections.Contains))
            {
                Console.WriteLine($"\n== {section}");
                switch (section)
                {
                    case "memory": Memory(report, threads); break;
                    case "startup": late = !Startup(report, threads); break;
                    default: RunSection(section, rows, report, limits, threads, seconds); break;
                }
            }
            Console.WriteLine($"\n{rows.Count} rows, {rows.Count(row => !row.Reached)} below what is asked of them{(late ? "; the start is too slow" : "")}.");
            if (json is not null) File.WriteAllText(json, JsonSerializer.Serialize(rows, Json) + "\n");
            if (results is not null) File.WriteAllText(results, report.ToString());
            return 0;
        }
        catch (Exception error) when (error is PeerException or MiniStackException or IOException)
        {
            Console.Error.WriteLine($"benchmarks: {error.Message}");
            return 1;
        }
    }

    private static void RunSection(string section, List<Row> rows, StringBuilder report, Limits limits, int threads, double seconds)
    {
        IEnumerable<Row> source = section switch
        {
            "matmul" => OperatorSection.Run(MatMulContests.All(), limits, threads, seconds),
            "elementwise" => OperatorSection.Run(ElementwiseContests.All(), limits, threads, seconds),
            "rows" => OperatorSection.Run(RowContests.All(), limits, threads, seconds),
            "sort" => OperatorSection.Run(SortContests.All(), limits, threads, seconds),
            "pooling" => OperatorSection.Run(PoolingContests.All(), limits, threads, seconds),
            "attention" => OperatorSection.Run(AttentionContests.All(), limits, threads, seconds),
            "convolution" => OperatorSection.Run(ConvolutionContests.All(), limits, threads, seconds),
            "step" => StepSection.Run(limits, threads, seconds),
            _ => throw new PeerException($"The section {section} has a name, but nothing that measures it."),
        };
        List<Row> measured = [];
        Console.WriteLine(Report.Header);
        foreach (Row row in source)
        {
            Console.WriteLine(Report.Line(row));
            measured.Add(row);
        }
        if (measured.Count == 0) throw new PeerException($"The section {section} has no rows. Nothing was written; give it some, or take it out of the sections.");
        rows.AddRange(measured);
        Report.Markdown(report, section, measured);
        if (section == "attention") AttentionMemory(report, threads);
    }

    private static void Introduce(StringBuilder report, Limits limits, int threads)
    {
        using var peer = new Peer("torch_ops.py", threads);
        const long InCache = 1 << 23, InMemory = 1 << 28;
        string text = string.Create(CultureInfo.InvariantCulture, $"""
            | | |
            |---|---|
            | processor | {Platform.Processor}, {Environment.ProcessorCount} cores, {threads} threads used on both sides |
            | ours | MiniStack on .NET {Environment.Version}, {RuntimeInformation.OSDescription.Trim()} |
            | peer | {peer.Hello.GetProperty("peer").GetString()}, BLAS: {Platform.Blas} |
            | date | {DateTime.UtcNow:yyyy-MM-dd} |
            | FMA peak, 1 thread / {threads} | {FmaPeak.Gigaflops(1):F0} / {limits.Peak:F0} GFLOP/s |
            | read / write / copy, {InCache >> 20} MiB | {Rates(limits, InCache)} GB/s |
            | read / write / copy, {InMemory >> 20} MiB | {Rates(limits, InMemory)} GB/s |

            """);
        Console.Write(text);
        report.Append(CultureInfo.InvariantCulture, $"""
            # MiniStack beside PyTorch

            Made by `./bench.sh`; both sides in turns in one run. Times are the best of many calls; ratio = peer's time / our time.
            "Asked" is the least ratio the project asks of itself, and, where there is a percentage, the least share of the limit.

            {text}
            """);
    }

    private static string Rates(Limits limits, long bytes) => string.Join(" / ",
        new[] { BandwidthKind.Read, BandwidthKind.Write, BandwidthKind.Copy }.Select(kind =>
            limits.Bandwidth(kind, bytes).ToString("F0", CultureInfo.InvariantCulture)));

    private static void AttentionMemory(StringBuilder report, int threads)
    {
        report.Append("\nMemory of attention, forward and backward, beyond its inputs:\n\n| context | MiB | bytes per position | ms |\n|---:|---:|---:|---:|\n");
        foreach ((int context, long bytes, double us) in AttentionContests.Memory(threads))
        {
            Line(report, $"| {context} | {bytes / 1048576.0:F2} | {bytes / context} | {us / 1000:F2} |");
        }
    }

    private static void Memory(StringBuilder report, int threads)
    {
        report.Append("\n## memory\n\n| step | peak working set, ours | peer's | managed bytes per layer and step | Gen-2 collections | fresh blocks |\n|---|---:|---:|---:|---:|---:|\n");
        foreach ((string shape, StepMemory ours, long peer) in StepSection.Memory(threads))
        {
            Line(report,
                $"| {shape} | {ours.PeakBytes / 1048576.0:F0} MiB | {peer / 1048576.0:F0} MiB | {ours.ManagedBytesPerLayer:F0} | {ours.Gen2} in {ours.Steps} steps | {ours.FreshBlocks} |");
        }
    }

    /// <summary>Returns whether the start is as quick as asked.</summary>
    private static bool Startup(StringBuilder report, int threads)
    {
        StartupTimes times = StartupSection.Run(threads);
        report.Append("\n## startup\n\nFrom the start of the training example's process to the end of its first step (nano):\n\n");
        Line(report, $"| best s | median s | asked | |");
        Line(report, $"|---:|---:|---:|---|");
        Line(report, $"| {times.Best:F2} | {times.Median:F2} | {StartupTimes.Asked:F1} | {(times.Reached ? "✓" : "missed")} |");
        return times.Reached;
    }

    /// <summary>Writes a line to the console and to the report.</summary>
    private static void Line(StringBuilder report, FormattableString line)
    {
        string text = line.ToString(CultureInfo.InvariantCulture);
        Console.WriteLine(text);
        report.AppendLine(text);
    }
}
