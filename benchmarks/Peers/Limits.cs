namespace MiniStack.Benchmarks.Peers;

/// <summary>What the machine can do at most, measured in the same run: the roofs that rows are compared with.</summary>
internal sealed class Limits(int threads)
{
    private readonly Dictionary<(BandwidthKind, long), double> _bandwidths = [];

    /// <summary>F32 GFLOP/s of multiply-adds that nothing else limits, best so far.</summary>
    public double Peak { get; private set; } = FmaPeak.Gigaflops(threads);

    /// <summary>GB/s of all threads over a buffer of this size, rounded to MiB: whether it fits a cache decides.</summary>
    public double Bandwidth(BandwidthKind kind, long bytes)
    {
        long size = (bytes + (1 << 20) - 1) >> 20 << 20;
        if (!_bandwidths.TryGetValue((kind, size), out double rate))
            _bandwidths.Add((kind, size), rate = MiniStack.Machine.Bandwidth.Gigabytes(kind, size / threads, threads));
        return rate;
    }

    /// <summary>Measures the peak once more: clocks change during a run, and a row must not beat its own limit.</summary>
    public void Refresh() => Peak = Math.Max(Peak, FmaPeak.Gigaflops(threads, rounds: 5));
}

/// <summary>What limits an operator, and how far it is from there.</summary>
/// <param name="Name">As the table says it.</param>
/// <param name="Percent">Share of the limit for a time in microseconds.</param>
internal sealed record Limit(string Name, Func<Limits, double, double> Percent)
{
    /// <summary>Nothing to compare with.</summary>
    public static Limit? None => null;

    /// <summary>Multiply-adds: two operations each.</summary>
    public static Limit Flops(double flops) => new("FMA peak", (limits, us) => 100 * flops / us / 1e3 / limits.Peak);

    /// <summary>Reading bytes once.</summary>
    public static Limit Read(long bytes) =>
        new("read bandwidth", (limits, us) => 100 * bytes / us / 1e3 / limits.Bandwidth(BandwidthKind.Read, bytes));

    /// <summary>Reading some bytes and writing others, every one once.</summary>
    public static Limit Copy(long bytes) =>
        new("copy bandwidth", (limits, us) => 100 * bytes / us / 1e3 / limits.Bandwidth(BandwidthKind.Copy, bytes));
}
