namespace MiniStack;

internal sealed partial class CpuBackend
{
    /// <inheritdoc/>
    public override void RotaryEmbedding(Tensor x, Tensor cos, Tensor sin, bool interleaved, bool back, Tensor y)
    {
        if (x.DType.IsHalf())
        {
            _widened.RotaryEmbedding(x, cos, sin, interleaved, back, y);
            return;
        }
        if (y.Count == 0) return;
        int pieces = Pieces.Count(y.Count / x.Shape[^1], Pieces.Rows(x.Shape[^1]));
        if (IsF32(x.DType)) VectorWork.For<float, RotaryKernel<float>>(pieces, new(x, cos, sin, interleaved, back, y));
        else VectorWork.For<double, RotaryKernel<double>>(pieces, new(x, cos, sin, interleaved, back, y));
    }
}
