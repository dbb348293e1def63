namespace MiniStack;

internal sealed partial class CpuBackend
{
    /// <inheritdoc/>
    public override void Tan(Tensor x, Tensor y)
    {
        if (IsF32(x.DType)) Elementwise.Run<float, float, TanMap<float>>(x, y);
        else Elementwise.Run<double, double, TanMap<double>>(x, y);
    }

    /// <inheritdoc/>
    public override void Asin(Tensor x, Tensor y) => Map<AsinOperator>(x, y);

    /// <inheritdoc/>
    public override void Acos(Tensor x, Tensor y) => Map<AcosOperator>(x, y);

    /// <inheritdoc/>
    public override void Atan(Tensor x, Tensor y) => Map<AtanOperator>(x, y);

    /// <inheritdoc/>
    public override void Sinh(Tensor x, Tensor y) => Map<SinhOperator>(x, y);

    /// <inheritdoc/>
    public override void Cosh(Tensor x, Tensor y) => Map<CoshOperator>(x, y);

    /// <inheritdoc/>
    public override void Floor(Tensor x, Tensor y)
    {
        if (IsF32(x.DType)) Elementwise.Run<float, float, FloorMap<float>>(x, y);
        else Elementwise.Run<double, double, FloorMap<double>>(x, y);
    }

    /// <inheritdoc/>
    public override void Ceiling(Tensor x, Tensor y)
    {
        if (IsF32(x.DType)) Elementwise.Run<float, float, CeilingMap<float>>(x, y);
        else Elementwise.Run<double, double, CeilingMap<double>>(x, y);
    }

    /// <inheritdoc/>
    public override void Round(Tensor x, Tensor y)
    {
        if (IsF32(x.DType)) Elementwise.Run<float, float, RoundMap<float>>(x, y);
        else Elementwise.Run<double, double, RoundMap<double>>(x, y);
    }

    /// <inheritdoc/>
    public override void Sign(Tensor x, Tensor y) => Numbers<SignMap>(x, y);
}
