using System.Buffers;
using System.Numerics.Tensors;
using System.Numerics;

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
    public override void GroupNorm(
        Tensor x, int groups, Tensor? weight, Tensor? bias, double epsilon, Tensor y, Tensor mean, Tensor variance)
    {
        if (x.DType.IsHalf()) _widened.GroupNorm(x, groups, weight, bias, epsilon, y, mean, variance);
        else ChannelNorm(NormSets.Groups(x.Shape, groups), x, weight, bias, epsilon, y, mean, variance);
    }

    /// <inheritdoc/>
    public override void GroupNormBackward(
        Tensor x, int groups, Tensor? weight, double epsilon, Tensor mean, Tensor variance, Tensor dy, Tensor dx, Tensor dweight,
        Tensor dbias)
    {
        if (x.DType.IsHalf()) _widened.GroupNormBackward(x, groups, weight, epsilon, mean, variance, dy, dx, dweight, dbias);
        else ChannelNormBackward(NormSets.Groups(x.Shape, groups), x, weight, epsilon, mean, variance, dy, dx, dweight, dbias);
    }

    private static void ChannelNorm(
        NormSets sets, Tensor x, Tensor? weight, Tensor? bias, double epsilon, Tensor y, Tensor mean, Tensor variance)
    {
        if (y.Count == 0) return;
        int pieces = Pieces.Count(sets.Sets, Pieces.Rows(sets.Size));
        if (IsF32(x.DType))
        {
            VectorWork.For<float, ChannelNormKernel<float>>(
                pieces, new(sets, new(x), new(weight, 1), new(bias, 0), epsilon, y, mean, variance));
        }
        else
        {
            VectorWork.For<double, ChannelNormKernel<double>>(
                pieces, new(sets, new(x), new(weight, 1), new(bias, 0), epsilon, y, mean, variance));
        }
    }

    private static void ChannelNormBackward(
        NormSets sets, Tensor x, Tensor? weight, double epsilon, Tensor mean, Tensor variance, Tensor dy, Tensor dx, Tensor dweight,
        Tensor dbias)
    {
        if (IsF32(x.DType)) ChannelNormBackwardKernel<float>.Run(sets, x, weight, epsilon, mean, variance, dy, dx, dweight, dbias);
        else ChannelNormBackwardKernel<double>.Run(sets, x, weight, epsilon, mean, variance, dy, dx, dweight, dbias);
    }

    /// <inheritdoc/>
    public override void LayerNorm(Tensor x, Tensor weight, Tensor? bias, double epsilon, Tensor y, Tensor mean, Tensor rstd)
    {
        if (x.DType.IsHalf()) _widened.LayerNorm(x, weight, bias, epsilon, y, mean, rstd);
        else Norm(x, weight, bias, epsilon, y, mean, rstd);
    }

    /// <inheritdoc/>
    public override void LayerNormBackward(
        Tensor x, Tensor weight, Tensor mean, Tensor rstd, Tensor dy, Tensor dx, Tensor dweight, Tensor? dbias)
    {
        if (x.DType.IsHalf()) _widened.LayerNormBackward(x, weight, mean, rstd, dy, dx, dweight, dbias);
        else NormBackward(x, weight, mean, rstd, dy, dx, dweight, dbias);
    }

    /// <inheritdoc/>
    public override void RmsNorm(Tensor x, Tensor weight, double epsilon, Tensor y, Tensor rstd)
    {
        if (x.DType.IsHalf()) _widened.RmsNorm(x, weight, epsilon, y, rstd);
        else Norm(x, weight, bias: null, epsilon, y, mean: null, rstd);
    }

    /// <inheritdoc/>
    public override void RmsNormBackward(Tensor x, Tensor weight, Tensor rstd, Tensor dy, Tensor dx, Tensor dweight)
    {
        if (x.DType.IsHalf()) _widened.RmsNormBackward(x, weight, rstd, dy, dx, dweight);
        else NormBackward(x, weight, mean: null, rstd, dy, dx, dweight, dbias: null);
    }

    private static void Norm(Tensor x, Tensor weight, Tensor? bias, double epsilon, Tensor y, Tensor? mean, Tensor rstd)
    {
        if (IsF32(x.DType)) Norm<float>(x, weight, bias, epsilon, y, mean, rstd);
        else Norm<double>(x, weight, bias, epsilon, y, mean, rstd);
    }

    private static void Norm<T>(Tensor x, Tensor weight, Tensor? bias, double epsilon, Tensor y, Tensor? mean, Tensor rstd)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        int length = x.Shape[^1], pieces = Pieces.Count(rstd.Count, Pieces.Rows(length));
        Operand<T>? shift = bias is null ? null : new Operand<T>(bias);
        VectorWork.For<T, NormKernel<T>>(pieces, new(new(x), new(weight), shift, epsilon, y, mean, rstd, length));
    }

    private static void NormBackward(
        Tensor x, Tensor weight, Tensor? mean, Tensor rstd, Tensor dy, Tensor dx, Tensor dweight, Tensor? dbias)
    {
        if (IsF32(x.DType)) NormBackward<float>(x, weight, mean, rstd, dy, dx, dweight, dbias);
        else NormBackward<double>(x, weight, mean, rstd, dy, dx, dweight, dbias);
    }

    private static void NormBackward<T>(
        Tensor x, Tensor weight, Tensor? mean, Tensor rstd, Tensor dy, Tensor dx, Tensor dweight, Tensor? dbias)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        int length = x.Shape[^1], pieces = Pieces.Count(rstd.Count, NormBackwardKernel<T>.RowsAtOnce(length));
        if (length == 0) return;
        int sums = dbias is null ? length : 2 * length;
        double[] partial = ArrayPool<double>.Shared.Rent(checked(Math.Max(pieces, 1) * sums));
        partial.AsSpan(0, sums).Clear(); // what no rows give
        Operand<T>? means = mean is null ? null : new Operand<T>(mean);
        VectorWork.For<T, NormBackwardKernel<T>>(
            pieces, new(new(x), new(weight), means, new(rstd), new(dy), dx, partial, dbias is not null, length));
        Span<double> total = partial.AsSpan(0, sums);
        for (int piece = 1; piece < pieces; piece++) TensorPrimitives.Add(total, partial.AsSpan(piece * sums, sums), total);
        TensorPrimitives.ConvertTruncating<double, T>(total[..length], dweight.Raw<T>());
        if (dbias is not null) TensorPrimitives.ConvertTruncating<double, T>(total[length..], dbias.Raw<T>());
        ArrayPool<double>.Shared.Return(partial);
    }
}
