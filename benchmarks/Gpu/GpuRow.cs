namespace MiniStack.Benchmarks.Gpu;

/// <summary>One line of the report.</summary>
/// <param name="Op">What is computed.</param>
/// <param name="Shape">On which sizes.</param>
/// <param name="Flops">Floating-point operations of one call.</param>
/// <param name="Ours">Microseconds of one call, sorted.</param>
/// <param name="Peer">The peer's; empty without a peer.</param>
internal sealed record GpuRow(string Op, string Shape, double Flops, double[] Ours, double[] Peer)
{
    public static double Best(double[] times) => times.Length > 0 ? times[0] : double.NaN;

    public static double Median(double[] times) => times.Length > 0 ? times[times.Length / 2] : double.NaN;

    /// <summary>GFLOP/s at a time in microseconds.</summary>
    public double Rate(double us) => Flops / us / 1e3;

    /// <summary>Peer's best time over ours: above 1 we are faster.</summary>
    public double Ratio => Best(Peer) / Best(Ours);

    /// <summary>The same of the medians.</summary>
    public double MedianRatio => Median(Peer) / Median(Ours);
}
