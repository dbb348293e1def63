namespace MiniStack;

internal sealed partial class ProfilingBackend
{
    // As a layer norm: Σ for the mean, − × Σ for the variance, − × + for the result; backward three sums of two and the combination of them.
    public override void BatchNorm(Tensor x, Tensor? weight, Tensor? bias, double epsilon, Tensor y, Tensor mean, Tensor variance) { using (Watch(7.0 * y.Count, [x, weight, bias, y, mean, variance])) inner.BatchNorm(x, weight, bias, epsilon, y, mean, variance); }
    public override void BatchNormBackward(Tensor x, Tensor? weight, double epsilon, Tensor mean, Tensor variance, Tensor dy, Tensor dx, Tensor dweight, Tensor dbias) { using (Watch(9.0 * dx.Count, [x, weight, mean, variance, dy, dx, dweight, dbias])) inner.BatchNormBackward(x, weight, epsilon, mean, variance, dy, dx, dweight, dbias); }
    public override void GroupNorm(Tensor x, int groups, Tensor? weight, Tensor? bias, double epsilon, Tensor y, Tensor mean, Tensor variance) { using (Watch(7.0 * y.Count, [x, weight, bias, y, mean, variance])) inner.GroupNorm(x, groups, weight, bias, epsilon, y, mean, variance); }
    public override void GroupNormBackward(Tensor x, int groups, Tensor? weight, double epsilon, Tensor mean, Tensor variance, Tensor dy, Tensor dx, Tensor dweight, Tensor dbias) { using (Watch(9.0 * dx.Count, [x, weight, mean, variance, dy, dx, dweight, dbias])) inner.GroupNormBackward(x, groups, weight, epsilon, mean, variance, dy, dx, dweight, dbias); }
}
