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
}
