namespace MiniStack;

internal sealed partial class CpuBackend
{
    /// <inheritdoc/>
    public override void BatchNorm(Tensor x, Tensor? weight, Tensor? bias, double epsilon, Tensor y, Tensor mean, Tensor variance)
    {
        if (x.DType.IsHalf()) _widened.BatchNorm(x, weight, bias, epsilon, y, mean, variance);
        else ChannelNorm(NormSets.Batch(x.Shape), x, weight, bias, epsilon, y, mean, variance);
    }

    /// <inheritdoc/>
    public override void BatchNormBackward(
        Tensor x, Tensor? weight, double epsilon, Tensor mean, Tensor variance, Tensor dy, Tensor dx, Tensor dweight, Tensor dbias)
    {
        if (x.DType.IsHalf()) _widened.BatchNormBackward(x, weight, epsilon, mean, variance, dy, dx, dweight, dbias);
        else ChannelNormBackward(NormSets.Batch(x.Shape), x, weight, epsilon, mean, variance, dy, dx, dweight, dbias);
    }

    /// <inheritdoc/>
    public override void GroupNorm(Tensor x, int groups, Tensor? weight, Tensor? bias, double epsilon, Tensor y, Tensor mean, Tensor variance)
    {
        if (x.DType.IsHalf()) _widened.GroupNorm(x, groups, weight, bias, epsilon, y, mean, variance);
        else ChannelNorm(NormSets.Groups(x.Shape, groups), x, weight, bias, epsilon, y, mean, variance);
    }

    /// <inheritdoc/>
    public override void GroupNormBackward(
        Tensor x, int groups, Tensor? weight, double epsilon, Tensor mean, Tensor variance, Tensor dy, Tensor dx, Tensor dweight, Tensor dbias)
    {
        if (x.DType.IsHalf()) _widened.GroupNormBackward(x, groups, weight, epsilon, mean, variance, dy, dx, dweight, dbias);
        else ChannelNormBackward(NormSets.Groups(x.Shape, groups), x, weight, epsilon, mean, variance, dy, dx, dweight, dbias);
    }

    private static void ChannelNorm(NormSets sets, Tensor x, Tensor? weight, Tensor? bias, double epsilon, Tensor y, Tensor mean, Tensor variance)
    {
        if (y.Count == 0) return;
        int pieces = Pieces.Count(sets.Sets, Pieces.Rows(sets.Size));
        if (IsF32(x.DType))
            VectorWork.For<float, ChannelNormKernel<float>>(pieces, new(sets, new(x), new(weight, 1), new(bias, 0), epsilon, y, mean, variance));
        else
            VectorWork.For<double, ChannelNormKernel<double>>(pieces, new(sets, new(x), new(weight, 1), new(bias, 0), epsilon, y, mean, variance));
    }

    private static void ChannelNormBackward(
        NormSets sets, Tensor x, Tensor? weight, double epsilon, Tensor mean, Tensor variance, Tensor dy, Tensor dx, Tensor dweight, Tensor dbias)
    {
        if (IsF32(x.DType)) ChannelNormBackwardKernel<float>.Run(sets, x, weight, epsilon, mean, variance, dy, dx, dweight, dbias);
        else ChannelNormBackwardKernel<double>.Run(sets, x, weight, epsilon, mean, variance, dy, dx, dweight, dbias);
    }
}
