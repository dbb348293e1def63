namespace MiniStack;

public sealed partial class CpuBackend
{
    /// <inheritdoc/>
    public override void AdamW(Tensor parameter, Tensor gradient, Tensor m, Tensor v, in AdamWStep step)
    {
        int pieces = Pieces.Count(parameter.Count);
        if (parameter.DType == DType.F32)
            VectorWork.For<float, AdamWKernel<float>>(pieces, new AdamWKernel<float>(parameter, gradient, m, v, step));
        else
            VectorWork.For<double, AdamWKernel<double>>(pieces, new AdamWKernel<double>(parameter, gradient, m, v, step));
    }

    /// <inheritdoc/>
    public override void Sgd(Tensor parameter, Tensor gradient, Tensor? velocity, in SgdStep step)
    {
        int pieces = Pieces.Count(parameter.Count);
        if (parameter.DType == DType.F32)
            VectorWork.For<float, SgdKernel<float>>(pieces, new SgdKernel<float>(parameter, gradient, velocity, step));
        else
            VectorWork.For<double, SgdKernel<double>>(pieces, new SgdKernel<double>(parameter, gradient, velocity, step));
    }
}
