using System.Buffers;
using System.Numerics;
using System.Numerics.Tensors;

namespace MiniStack;

internal sealed partial class CpuBackend
{
    /// <inheritdoc/>
    public override void Softmax(Tensor x, Tensor y)
    {
        if (x.DType.IsHalf()) _widened.Softmax(x, y);
        else Softmax(x, y, logarithm: false);
    }

    /// <inheritdoc/>
    public override void LogSoftmax(Tensor x, Tensor y)
    {
        if (x.DType.IsHalf()) _widened.LogSoftmax(x, y);
        else Softmax(x, y, logarithm: true);
    }

    private static void Softmax(Tensor x, Tensor y, bool logarithm)
    {
        if (y.Count == 0) return;
        int length = x.Rank == 0 ? 1 : x.Shape[^1], pieces = Pieces.Count(y.Count / length, Pieces.Rows(length));
        if (IsF32(x.DType)) VectorWork.For<float, SoftmaxKernel<float>>(pieces, new(new(x), y, length, logarithm));
        else VectorWork.For<double, SoftmaxKernel<double>>(pieces, new(new(x), y, length, logarithm));
    }

    /// <inheritdoc/>
    public override void SoftmaxBackward(Tensor y, Tensor dy, Tensor dx)
    {
        if (y.DType.IsHalf())
        {
            _widened.SoftmaxBackward(y, dy, dx);
            return;
        }
        if (dx.Count == 0) return;
        int length = y.Rank == 0 ? 1 : y.Shape[^1], pieces = Pieces.Count(dx.Count / length, Pieces.Rows(length));
        if (IsF32(y.DType)) VectorWork.For<float, SoftmaxBackwardKernel<float>>(pieces, new(new(y), new(dy), dx, length));
        else VectorWork.For<double, SoftmaxBackwardKernel<double>>(pieces, new(new(y), new(dy), dx, length));
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

    /// <inheritdoc/>
    public override void CrossEntropy(Tensor logits, Tensor targets, Tensor losses, Tensor logSumExp)
    {
        if (logits.DType.IsHalf())
        {
            _widened.CrossEntropy(logits, targets, losses, logSumExp);
            return;
        }
        if (losses.Count == 0) return;
        int classes = logits.Shape[^1], pieces = Pieces.Count(losses.Count, Pieces.Rows(classes));
        if (IsF32(logits.DType))
            VectorWork.For<float, CrossEntropyKernel<float>>(pieces, new(new(logits), new(targets), losses, logSumExp, classes));
        else
            VectorWork.For<double, CrossEntropyKernel<double>>(pieces, new(new(logits), new(targets), losses, logSumExp, classes));
    }

    /// <inheritdoc/>
    public override void CrossEntropyBackward(Tensor logits, Tensor targets, Tensor logSumExp, Tensor dlosses, Tensor dlogits)
    {
        if (logits.DType.IsHalf())
        {
            _widened.CrossEntropyBackward(logits, targets, logSumExp, dlosses, dlogits);
            return;
        }
        if (dlogits.Count == 0) return;
        int classes = logits.Shape[^1], pieces = Pieces.Count(dlogits.Count / classes, Pieces.Rows(classes));
        if (IsF32(logits.DType))
        {
            VectorWork.For<float, CrossEntropyBackwardKernel<float>>(
                pieces, new(new(logits), new(targets), new(logSumExp), new(dlosses), dlogits, classes));
        }
        else
        {
            VectorWork.For<double, CrossEntropyBackwardKernel<double>>(
                pieces, new(new(logits), new(targets), new(logSumExp), new(dlosses), dlogits, classes));
        }
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
