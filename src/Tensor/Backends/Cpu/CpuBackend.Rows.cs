using System.Buffers;
using System.Numerics;

namespace MiniStack;

public sealed partial class CpuBackend
{
    /// <inheritdoc/>
    public override void Softmax(Tensor x, Tensor y) => Softmax(x, y, logarithm: false);

    /// <inheritdoc/>
    public override void LogSoftmax(Tensor x, Tensor y) => Softmax(x, y, logarithm: true);

    private static void Softmax(Tensor x, Tensor y, bool logarithm)
    {
        if (y.Count == 0) return;
        int length = x.Rank == 0 ? 1 : x.Shape[^1], pieces = Pieces.Count(y.Count / length, Pieces.Rows(length));
        if (x.DType == DType.F32) VectorWork.For<float, SoftmaxKernel<float>>(pieces, new(new(x), y, length, logarithm));
        else VectorWork.For<double, SoftmaxKernel<double>>(pieces, new(new(x), y, length, logarithm));
    }

    /// <inheritdoc/>
    public override void SoftmaxBackward(Tensor y, Tensor dy, Tensor dx)
    {
        if (dx.Count == 0) return;
        int length = y.Rank == 0 ? 1 : y.Shape[^1], pieces = Pieces.Count(dx.Count / length, Pieces.Rows(length));
        if (y.DType == DType.F32) VectorWork.For<float, SoftmaxBackwardKernel<float>>(pieces, new(new(y), new(dy), dx, length));
        else VectorWork.For<double, SoftmaxBackwardKernel<double>>(pieces, new(new(y), new(dy), dx, length));
    }

    /// <inheritdoc/>
    public override void LayerNorm(Tensor x, Tensor weight, Tensor? bias, double epsilon, Tensor y, Tensor mean, Tensor rstd)
    {
        if (x.DType == DType.F32) LayerNorm<float>(x, weight, bias, epsilon, y, mean, rstd);
        else LayerNorm<double>(x, weight, bias, epsilon, y, mean, rstd);
    }

    /// <inheritdoc/>
    public override void LayerNormBackward(
        Tensor x, Tensor weight, Tensor mean, Tensor rstd, Tensor dy, Tensor dx, Tensor dweight, Tensor? dbias)
    {
        if (x.DType == DType.F32) LayerNormBackward<float>(x, weight, mean, rstd, dy, dx, dweight, dbias);
        else LayerNormBackward<double>(x, weight, mean, rstd, dy, dx, dweight, dbias);
    }

    /// <inheritdoc/>
    public override void CrossEntropy(Tensor logits, Tensor targets, Tensor losses, Tensor logSumExp)
    {
        if (losses.Count == 0) return;
        int classes = logits.Shape[^1], pieces = Pieces.Count(losses.Count, Pieces.Rows(classes));
        if (logits.DType == DType.F32)
            VectorWork.For<float, CrossEntropyKernel<float>>(pieces, new(new(logits), new(targets), losses, logSumExp, classes));
        else
            VectorWork.For<double, CrossEntropyKernel<double>>(pieces, new(new(logits), new(targets), losses, logSumExp, classes));
    }

    /// <inheritdoc/>
    public override void CrossEntropyBackward(Tensor logits, Tensor targets, Tensor logSumExp, Tensor dlosses, Tensor dlogits)
    {
        if (dlogits.Count == 0) return;
        int classes = logits.Shape[^1], pieces = Pieces.Count(dlogits.Count / classes, Pieces.Rows(classes));
        if (logits.DType == DType.F32)
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

    private static void LayerNorm<T>(Tensor x, Tensor weight, Tensor? bias, double epsilon, Tensor y, Tensor mean, Tensor rstd)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        int length = x.Shape[^1], pieces = Pieces.Count(mean.Count, Pieces.Rows(length));
        Operand<T>? shift = bias is null ? null : new Operand<T>(bias);
        VectorWork.For<T, LayerNormKernel<T>>(pieces, new(new(x), new(weight), shift, epsilon, y, mean, rstd, length));
    }

    private static void LayerNormBackward<T>(
        Tensor x, Tensor weight, Tensor mean, Tensor rstd, Tensor dy, Tensor dx, Tensor dweight, Tensor? dbias)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        int length = x.Shape[^1], pieces = Pieces.Count(mean.Count, LayerNormBackwardKernel<T>.RowsAtOnce(length));
        if (length == 0) return;
        double[] partial = ArrayPool<double>.Shared.Rent(checked(Math.Max(2 * pieces * length, 1)));
        VectorWork.For<T, LayerNormBackwardKernel<T>>(pieces, new(new(x), new(weight), new(mean), new(rstd), new(dy), dx, partial, length));
        AddPieces(partial, 0, dweight.Raw<T>());
        if (dbias is not null) AddPieces(partial, length, dbias.Raw<T>());
        ArrayPool<double>.Shared.Return(partial);

        void AddPieces(double[] partial, int offset, Span<T> to)
        {
            for (int i = 0; i < length; i++)
            {
                double sum = 0;
                for (int piece = 0; piece < pieces; piece++) sum += partial[2 * piece * length + offset + i];
                to[i] = T.CreateTruncating(sum);
            }
        }
    }
}
