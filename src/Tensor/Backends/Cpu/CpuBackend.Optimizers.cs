namespace MiniStack;

internal sealed partial class CpuBackend
{
    /// <inheritdoc/>
    public override void AdamW(ReadOnlySpan<AdamWTensors> all, in AdamWStep step)
    {
        switch (all[0].Parameter.DType)
        {
            case DType.F32: AdamWKernel<float>.Run(all, step); break;
            case DType.F64: AdamWKernel<double>.Run(all, step); break;
            case DType.F16 or DType.BF16: _widened.AdamW(all, step); break;
            default: throw Unknown(all[0].Parameter.DType);
        }
    }

    /// <inheritdoc/>
    public override void Sgd(Tensor parameter, Tensor gradient, Tensor? velocity, in SgdStep step)
    {
        if (parameter.DType.IsHalf())
        {
            _widened.Sgd(parameter, gradient, velocity, step);
            return;
        }
        int pieces = Pieces.Count(parameter.Count);
        if (IsF32(parameter.DType))
            VectorWork.For<float, SgdKernel<float>>(pieces, new SgdKernel<float>(parameter, gradient, velocity, step));
        else
            VectorWork.For<double, SgdKernel<double>>(pieces, new SgdKernel<double>(parameter, gradient, velocity, step));
    }
}
