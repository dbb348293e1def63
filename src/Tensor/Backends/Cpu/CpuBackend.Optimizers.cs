namespace MiniStack;

public sealed partial class CpuBackend
{
    /// <inheritdoc/>
    public override void AdamW(Tensor parameter, Tensor gradient, Tensor m, Tensor v, in AdamWStep step) =>
        AdamW([new AdamWTensors(parameter, gradient, m, v)], step);

    /// <inheritdoc/>
    public override void AdamW(ReadOnlySpan<AdamWTensors> all, in AdamWStep step)
    {
        if (OfType(all, DType.F32) is { Length: > 0 } floats)
        {
            AdamWKernel<float> work = new(floats, step);
            VectorWork.For<float, AdamWKernel<float>>(work.PieceCount, work);
        }
        if (OfType(all, DType.F64) is { Length: > 0 } doubles)
        {
            AdamWKernel<double> work = new(doubles, step);
            VectorWork.For<double, AdamWKernel<double>>(work.PieceCount, work);
        }
    }

    private static AdamWTensors[] OfType(ReadOnlySpan<AdamWTensors> all, DType dtype)
    {
        int count = 0;
        foreach (AdamWTensors one in all) count += one.Parameter.DType == dtype ? 1 : 0;
        if (count == all.Length) return all.ToArray();
        AdamWTensors[] some = new AdamWTensors[count];
        foreach (AdamWTensors one in all)
            if (one.Parameter.DType == dtype) some[^count--] = one;
        return some;
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
