using System.Diagnostics;
using System.Globalization;

namespace MiniStack.Benchmarks;

/// <summary>GFLOP/s of each shape beside what the multipliers can do, measured in turns so that both see the same machine.</summary>
internal static class QuickMatMul
{
    private const double SecondsPerShape = 0.6;

    public static void Run(int[] threadCounts, string[] names)
    {
        MatMulShape[] shapes = [.. MatMulShape.All.Where(shape => names.Length == 0 || names.Any(shape.Name.Contains))];
        if (threadCounts.Length == 0) threadCounts = [1, 2];
        foreach (int threads in threadCounts)
        {
            CpuThreads.Count = threads;
            double peak = FmaPeak.Gigaflops(threads);
            Print($"\n{threads} thread(s), F32 peak {peak:F0} GFLOP/s");
            Print($"{"shape",-22}{"m",6}{"k",6}{"n",6}  {"best",7} {"median",7}  of peak in turn (best, median)");
            foreach (MatMulShape shape in shapes) Measure(shape, threads);
        }
    }

    private static void Measure(MatMulShape shape, int threads)
    {
        (Tensor a, Tensor b) = shape.Operands();
        int repeats = (int)Math.Clamp(2e7 / shape.Flops, 1, 1000);
        var rates = new List<double>();
        var peaks = new List<double>();
        long start = Stopwatch.GetTimestamp();
        while (rates.Count < 5 || Stopwatch.GetElapsedTime(start).TotalSeconds < SecondsPerShape)
        {
            peaks.Add(FmaPeak.Gigaflops(threads, rounds: 1) * (shape.DType == DType.F64 ? 0.5 : 1));
            long before = Stopwatch.GetTimestamp();
            for (int repeat = 0; repeat < repeats; repeat++)
            {
                using MemoryScope scope = MemoryScope.Begin();
                a.MatMul(b);
            }
            rates.Add(repeats * shape.Flops / Stopwatch.GetElapsedTime(before).TotalSeconds / 1e9);
        }
        rates.Sort();
        peaks.Sort();
        double best = rates[^1], median = rates[rates.Count / 2], bestPeak = peaks[^1], medianPeak = peaks[peaks.Count / 2];
        string name = shape.Batch > 1 ? $"{shape.Batch}× {shape.Name}" : shape.Name;
        Print($"{name,-22}{shape.M,6}{shape.K,6}{shape.N,6}  {best,7:F1} {median,7:F1}  {best / bestPeak,5:P0} {median / medianPeak,5:P0}");
    }

    private static void Print(FormattableString text) => Console.WriteLine(text.ToString(CultureInfo.InvariantCulture));
}
