namespace MiniStack;

internal sealed partial class ProfilingBackend
{
    // LogSumExp is max, −, exp, Σ; the variance Σ for the mean, then − × Σ.
    public override void LogSumExp(Tensor x, Tensor y) { using (Watch(4.0 * x.Count, [x, y])) inner.LogSumExp(x, y); }
    public override void Variance(Tensor x, double correction, Tensor y) { using (Watch(4.0 * x.Count, [x, y])) inner.Variance(x, correction, y); }
}
