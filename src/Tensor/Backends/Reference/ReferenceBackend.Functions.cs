namespace MiniStack;

internal partial class ReferenceBackend
{
    /// <inheritdoc/>
    public override void Tan(Tensor x, Tensor y) => Map(x, y, Math.Tan);

    /// <inheritdoc/>
    public override void Asin(Tensor x, Tensor y) => Map(x, y, Math.Asin);

    /// <inheritdoc/>
    public override void Acos(Tensor x, Tensor y) => Map(x, y, Math.Acos);

    /// <inheritdoc/>
    public override void Atan(Tensor x, Tensor y) => Map(x, y, Math.Atan);

    /// <inheritdoc/>
    public override void Sinh(Tensor x, Tensor y) => Map(x, y, Math.Sinh);

    /// <inheritdoc/>
    public override void Cosh(Tensor x, Tensor y) => Map(x, y, Math.Cosh);

    /// <inheritdoc/>
    public override void Floor(Tensor x, Tensor y) => Map(x, y, Math.Floor);

    /// <inheritdoc/>
    public override void Ceiling(Tensor x, Tensor y) => Map(x, y, Math.Ceiling);

    /// <inheritdoc/>
    public override void Round(Tensor x, Tensor y) => Map(x, y, Math.Round);

    /// <inheritdoc/>
    public override void Sign(Tensor x, Tensor y) => Map(x, y, v => double.IsNaN(v) ? v : Math.Sign(v), i => Math.Sign(i));
}
