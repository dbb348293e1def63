using System.CommandLine;
using Spectre.Console;

namespace MiniStack.Examples.Hardware;

/// <summary>An operator under the roof.</summary>
/// <param name="Operator">Which, and at what size.</param>
/// <param name="Profile">Its best call.</param>
/// <param name="Level">Where its numbers come from.</param>
/// <param name="Roof">GFLOP/s it cannot exceed: the lower of the peak and intensity × bandwidth; null when it has no arithmetic.</param>
internal sealed record RoofPoint(RoofOperator Operator, OperatorProfile Profile, MemoryLevel Level, double? Roof)
{
    /// <summary>What it reached of what is possible: of the roof, or of the bandwidth when it only moves bytes.</summary>
    public double Share => Roof is { } roof ? Profile.GigaflopsPerSecond!.Value / roof : Profile.GigabytesPerSecond / Level.Of(Operator.Moves);

    public static RoofPoint Of(RoofOperator one, OperatorProfile profile, IReadOnlyList<MemoryLevel> levels, double peak)
    {
        MemoryLevel level = levels.First(level => profile.Bytes / profile.Calls <= level.Most);
        return new RoofPoint(one, profile, level, profile.Intensity is { } intensity ? Math.Min(peak, intensity * level.Of(one.Moves)) : null);
    }
}

/// <summary>The demo roofline: what the machine can do, and how near each operator comes.</summary>
/// <remarks>Williams, Waterman and Patterson 2009, doi:10.1145/1498765.1498785.</remarks>
internal sealed class RooflineDemo
{
    private readonly Option<long?> _threads = CommandLine.Whole("--threads", 1, 1024, "Threads of the operators (default: one a core)");
    private readonly DemoOptions _common = new();

    public Command Command() => _common.AddTo(
        new Command("roofline", "Measures peak FLOP/s and the bandwidth of each level of the memory, and places the library's operators under that roof.") { _threads }, Run);

    private int Run(ParseResult options)
    {
        bool quick = _common.Quick(options);
        int threads = (int)(options.GetValue(_threads) ?? Environment.ProcessorCount), rounds = quick ? 8 : 20;
        string folder = _common.Folder(options, "roofline");
        Caches caches = Caches.Read();
        Report.Line($"{threads} thread(s); caches of a core: {caches.L1 >> 10} KiB, {caches.L2 >> 10} KiB, shared {caches.L3 >> 20} MiB{(caches.Known ? "" : " (not told by this system: common sizes)")}.");

        // Around the operators: memory is shared with whoever else runs, and what it gives changes by the minute.
        double peakOfOne = FmaPeak.Gigaflops(1), peak = threads == 1 ? peakOfOne : FmaPeak.Gigaflops(threads);
        MemoryLevel[] one = threads == 1 ? [] : MemoryLevel.Measure(caches, 1, rounds), before = MemoryLevel.Measure(caches, threads, rounds);
        CpuThreads.Count = threads;
        (RoofOperator, OperatorProfile)[] profiles = [.. RoofOperator.All(quick).Select(one => (one, one.Measure(quick ? 0.1 : 0.4)))];
        MemoryLevel[] levels = [.. before.Zip(MemoryLevel.Measure(caches, threads, rounds), (first, second) => first.Or(second))];
        RoofPoint[] points = [.. profiles.Select(pair => RoofPoint.Of(pair.Item1, pair.Item2, levels, peak))];

        if (threads > 1) Levels(one, 1, peakOfOne);
        Levels(levels, threads, peak);
        Report.Line($"");
        Report.Line($"The roof predicts: no more than the lower of the peak and intensity × bandwidth, where the numbers lie and as they are moved (read, copy, update).");
        Table operators = Report.Table("operator", "size", "KiB moved", "level", "moved by", "FLOP/byte", "GB/s", "roof GFLOP/s", "measured", "of roof", "roof from");
        foreach (RoofPoint point in points)
        {
            OperatorProfile profile = point.Profile;
            Report.Row(operators, $"{profile.Name}", $"{point.Operator.Size}", $"{profile.Bytes / profile.Calls >> 10}", $"{point.Level.Name}", $"{point.Operator.Moves.ToString().ToLowerInvariant()}", $"{Number(profile.Intensity, "F2")}",
                $"{profile.GigabytesPerSecond:F1}", $"{Number(point.Roof, "F1")}", $"{Number(profile.GigaflopsPerSecond, "F1")}", $"{point.Share:P0}",
                $"{(point.Roof < peak || point.Roof is null ? "bytes" : "multipliers")}");
        }
        AnsiConsole.Write(operators);
        Report.Picture(folder, "roofline.svg", RooflineChart.Draw(points, levels, peak, threads));
        Report.Picture(folder, "memory-pyramid.svg", PyramidChart.Draw(levels, caches, threads));
        return ExitCode.Done;
    }

    private static void Levels(MemoryLevel[] levels, int threads, double peak)
    {
        Report.Line($"");
        Report.Line($"Peak of the multipliers, F32, {threads} thread(s): {peak:F0} GFLOP/s");
        Table table = Report.Table($"GB/s, {threads} thread(s)", "KiB per thread", "read", "write", "copy", "update", "FLOP/byte for the peak, copying");
        foreach (MemoryLevel level in levels)
            Report.Row(table, $"{level.Name}", $"{level.Bytes >> 10}", $"{level.Read:F1}", $"{level.Write:F1}", $"{level.Copy:F1}", $"{level.Update:F1}", $"{peak / level.Copy:F1}");
        AnsiConsole.Write(table);
    }

    private static string Number(double? value, string format) =>
        value is { } number ? number.ToString(format, System.Globalization.CultureInfo.InvariantCulture) : "-";
}
