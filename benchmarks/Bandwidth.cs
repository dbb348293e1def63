using System.Diagnostics;
namespace MiniStack.Benchmarks;
internal enum BandwidthKind { Read, Write, Copy }
internal static class Bandwidth
{
    public static double Gigabytes(BandwidthKind kind, long bytes, int threads, int rounds)
    {
        var t = Tensor.Ones([(int)(bytes / 8)]);
        double best = double.MaxValue;
        for (int i = 0; i < rounds; i++)
        {
            long s = Stopwatch.GetTimestamp();
            using MemoryScope scope = MemoryScope.Begin();
            if (kind == BandwidthKind.Read) t.Sum(); else if (kind == BandwidthKind.Copy) t.Clone(); else Tensor.Ones([(int)(bytes / 8)]);
            best = Math.Min(best, Stopwatch.GetElapsedTime(s).TotalSeconds);
        }
        return bytes / (kind == BandwidthKind.Copy ? 1 : 2.0) / best / 1e9;
    }
}
