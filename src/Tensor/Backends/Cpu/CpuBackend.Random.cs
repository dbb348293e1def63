namespace MiniStack;

internal sealed partial class CpuBackend
{
    /// <inheritdoc/>
    public override void Uniform(Tensor y, double low, double high, ulong key, ulong block)
    {
        if (y.DType.IsHalf())
        {
            _widened.Uniform(y, low, high, key, block);
            return;
        }
        if (IsF32(y.DType)) CpuThreads.For(Pieces.Count(y.Count), new UniformKernel<float>(y, low, high, key, block));
        else CpuThreads.For(Pieces.Count(y.Count), new UniformKernel<double>(y, low, high, key, block));
    }

    /// <inheritdoc/>
    public override void Normal(Tensor y, double mean, double std, ulong key, ulong block)
    {
        if (y.DType.IsHalf())
        {
            _widened.Normal(y, mean, std, key, block);
            return;
        }
        if (IsF32(y.DType)) CpuThreads.For(Pieces.Count(y.Count), new NormalKernel<float>(y, mean, std, key, block));
        else CpuThreads.For(Pieces.Count(y.Count), new NormalKernel<double>(y, mean, std, key, block));
    }

    /// <inheritdoc/>
    public override void Dropout(Tensor x, Tensor y, double p, ulong key, ulong block)
    {
        if (x.DType.IsHalf())
        {
            _widened.Dropout(x, y, p, key, block);
            return;
        }
        float scale = (float)(1 / (1 - p));
        if (IsF32(y.DType))
            VectorWork.For<float, DropoutKernel<float>>(Pieces.Count(y.Count), new(new(x), y, (float)p, scale, key, block));
        else
            VectorWork.For<double, DropoutKernel<double>>(Pieces.Count(y.Count), new(new(x), y, (float)p, scale, key, block));
    }
}
