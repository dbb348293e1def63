using System.CommandLine;
using System.Diagnostics;
using System.Runtime.Intrinsics.Arm;
using System.Runtime.Intrinsics.X86;
using Spectre.Console;

namespace MiniStack.Examples.Hardware;

/// <summary>What a rung reached.</summary>
/// <param name="Rung">Which.</param>
/// <param name="Predicted">GFLOP/s that it should reach.</param>
/// <param name="Measured">The best of its turns.</param>
/// <param name="OfPeak">Measured, as a part of what the multipliers of its threads can do.</param>
/// <param name="Difference">The largest |c − reference| of its product, divided by the largest |reference|.</param>
internal sealed record RungResult(Rung Rung, double Predicted, double Measured, double OfPeak, double Difference);

/// <summary>The demo gemm-ladder: seven ways to the same product, each a step nearer to what the machine can do.</summary>
internal sealed class GemmLadder
{
    private readonly Option<string?> _rung = CommandLine.Choice("--rung", [.. Rung.All.Select(rung => rung.Name), "all"], "One rung (default: all)");
    private readonly Option<long?> _size = CommandLine.Whole("--size", 1, 8192, "Rows and columns of the matrices (default: 960, quick: 480)");
    private readonly Option<long?> _threads = CommandLine.Whole("--threads", 1, 1024, "Threads of the last rung (default: one a core)");
    private readonly DemoOptions _common = new();

    public Command Command()
    {
        Command command = new("gemm-ladder", "Multiplies matrices in seven ways, from three loops to the library, and shows GFLOP/s and the share of the peak.")
        {
            _rung, _size, _threads,
        };
        return _common.AddTo(command, Run);
    }

    /// <summary>Times rungs in turns, so that all see the same machine.</summary>
    public static IReadOnlyList<RungResult> Measure(IReadOnlyList<Rung> rungs, int n, MachineFacts facts, int turns)
    {
        using MemoryScope scope = MemoryScope.Begin();
        Tensor a = Tensor.Uniform([n, n], new Rng(1), -1, 1), b = Tensor.Uniform([n, n], new Rng(2), -1, 1);
        Tensor reference = a.To(DType.F64).MatMul(b.To(DType.F64));
        double[] best = new double[rungs.Count], differences = new double[rungs.Count];
        double peak = facts.Peak, peakOfAll = facts.PeakOfAll;
        int threadsBefore = CpuThreads.Count;
        try
        {
            for (int turn = 0; turn < turns; turn++)
            {
                peak = Math.Max(peak, FmaPeak.Gigaflops(1, rounds: 5));
                peakOfAll = Math.Max(peakOfAll, FmaPeak.Gigaflops(facts.Threads, rounds: 5));
                for (int i = 0; i < rungs.Count; i++)
                {
                    CpuThreads.Count = rungs[i].Threads == 0 ? facts.Threads : rungs[i].Threads;
                    if (turn == 0) differences[i] = Difference(rungs[i].Multiply(a, b), reference); // compiles it too
                    best[i] = Math.Max(best[i], Rate(rungs[i], a, b));
                }
            }
        }
        finally
        {
            CpuThreads.Count = threadsBefore;
        }
        return
        [
            .. rungs.Select((rung, i) => new RungResult(
                rung, rung.Predict(facts), best[i], best[i] / (rung.Threads == 0 ? peakOfAll : peak), differences[i])),
        ];
    }

    private int Run(ParseResult options)
    {
        bool quick = _common.Quick(options);
        int n = (int)(options.GetValue(_size) ?? (quick ? 480 : 960)), threads = (int)(options.GetValue(_threads) ?? Environment.ProcessorCount);
        string name = options.GetValue(_rung) ?? "all";
        Rung[] rungs = [.. Rung.All.Where(rung => name == "all" || rung.Name == name)];
        string folder = _common.Folder(options, "gemm-ladder");
        MachineFacts facts = MachineFacts.Measure(threads, Caches.Read());
        Report.Line($"c = a·b, F32, {n} by {n}. Peak of the multipliers: {facts.Peak:F0} GFLOP/s on one thread, {facts.PeakOfAll:F0} on {facts.Threads}; {facts.Gigahertz:F2} GHz.");
        if (!Fma.IsSupported && !AdvSimd.IsSupported)
            Report.Line($"This processor has no fused multiply-add: the runtime computes it step by step, so that the rungs from simd on are slow.");
        Report.Line($"Predicted, before anything is multiplied:");
        foreach (Rung rung in rungs) Report.Line($"  {rung.Name,-10} {rung.Predict(facts),6:F1} GFLOP/s: {rung.Why}");

        IReadOnlyList<RungResult> results = Measure(rungs, n, facts, quick ? 2 : 3);
        Table table = Report.Table("rung", "threads", "predicted", "measured GFLOP/s", "of peak", "ms", "error");
        foreach (RungResult result in results)
        {
            Report.Row(table, $"{result.Rung.Name}", $"{(result.Rung.Threads == 0 ? facts.Threads : 1)}", $"{result.Predicted:F1}", $"{result.Measured:F1}",
                $"{result.OfPeak:P1}", $"{2e-6 * n * n * n / result.Measured:F2}", $"{result.Difference:0.0E+0}");
        }
        AnsiConsole.Write(table);
        Report.Line($"Error: the largest difference from the product in F64, divided by the largest element.");
        Report.Picture(folder, "gemm-ladder.svg", GemmChart.Draw(results, facts, n));
        Report.Picture(folder, "register-tile.svg", TileChart.Draw(rows: 12, lanes: 16));
        return ExitCode.Done;
    }

    private static double Rate(Rung rung, Tensor a, Tensor b)
    {
        // As many products as fill a fifth of a second; the slow rungs once.
        double n = a.Shape[0], best = 0;
        long start = Stopwatch.GetTimestamp();
        do
        {
            using MemoryScope scope = MemoryScope.Begin();
            long before = Stopwatch.GetTimestamp();
            rung.Multiply(a, b);
            best = Math.Max(best, 2 * n * n * n / Stopwatch.GetElapsedTime(before).TotalSeconds / 1e9);
        }
        while (Stopwatch.GetElapsedTime(start).TotalSeconds < 0.2);
        return best;
    }

    private static double Difference(Tensor c, Tensor reference) =>
        (c.To(DType.F64) - reference).Abs().Max().Item() / reference.Abs().Max().Item();
}
