namespace MiniStack;

internal sealed partial class CpuBackend
{
    /// <inheritdoc/>
    public override void AdamW(ReadOnlySpan<AdamWTensors> all, in AdamWStep step)
    {
        AdamWKernel<float>.Run(all, DType.F32, step);
        AdamWKernel<double>.Run(all, DType.F64, step);
    }

    /// <inheritdoc/>
    public override void Sgd(Tensor parameter, Tensor gradient, Tensor? velocity, in SgdStep step)
    {
        int pieces = Pieces.Count(parameter.Count);
        if (IsF32(parameter.DType))
            VectorWork.For<float, SgdKernel<float>>(pieces, new SgdKernel<float>(parameter, gradient, velocity, step));
        else
            VectorWork.For<double, SgdKernel<double>>(pieces, new SgdKernel<double>(parameter, gradient, velocity, step));
    }
}
