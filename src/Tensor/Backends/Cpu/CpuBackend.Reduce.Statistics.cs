namespace MiniStack;

internal sealed partial class CpuBackend
{
    /// <inheritdoc/>
    public override void LogSumExp(Tensor x, Tensor y)
    {
        if (x.DType.IsHalf())
        {
            _widened.LogSumExp(x, y);
            return;
        }
        if (y.Count == 0) return;
        int length = (int)(x.Count / y.Count), pieces = Pieces.Count(y.Count, Pieces.Rows(length));
        if (length == 0) Fill(y, double.NegativeInfinity);
        else if (IsF32(x.DType)) VectorWork.For<float, LogSumExpKernel<float>>(pieces, new(new(x), y, length));
        else VectorWork.For<double, LogSumExpKernel<double>>(pieces, new(new(x), y, length));
    }

    /// <inheritdoc/>
    public override void Variance(Tensor x, double correction, Tensor y)
    {
        if (x.DType.IsHalf())
        {
            _widened.Variance(x, correction, y);
            return;
        }
        if (y.Count == 0) return;
        int length = (int)(x.Count / y.Count), pieces = Pieces.Count(y.Count, Pieces.Rows(length));
        if (length == 0) base.Variance(x, correction, y);
        else if (IsF32(x.DType)) VectorWork.For<float, VarianceKernel<float>>(pieces, new(new(x), correction, y, length));
        else VectorWork.For<double, VarianceKernel<double>>(pieces, new(new(x), correction, y, length));
    }
}
