namespace MiniStack;

internal sealed partial class ProfilingBackend
{
    public override void Tan(Tensor x, Tensor y) { using (Watch(1.0 * y.Count, [x, y])) inner.Tan(x, y); }
    public override void Asin(Tensor x, Tensor y) { using (Watch(1.0 * y.Count, [x, y])) inner.Asin(x, y); }
    public override void Acos(Tensor x, Tensor y) { using (Watch(1.0 * y.Count, [x, y])) inner.Acos(x, y); }
    public override void Atan(Tensor x, Tensor y) { using (Watch(1.0 * y.Count, [x, y])) inner.Atan(x, y); }
    public override void Sinh(Tensor x, Tensor y) { using (Watch(1.0 * y.Count, [x, y])) inner.Sinh(x, y); }
    public override void Cosh(Tensor x, Tensor y) { using (Watch(1.0 * y.Count, [x, y])) inner.Cosh(x, y); }
    public override void Floor(Tensor x, Tensor y) { using (Watch(1.0 * y.Count, [x, y])) inner.Floor(x, y); }
    public override void Ceiling(Tensor x, Tensor y) { using (Watch(1.0 * y.Count, [x, y])) inner.Ceiling(x, y); }
    public override void Round(Tensor x, Tensor y) { using (Watch(1.0 * y.Count, [x, y])) inner.Round(x, y); }
    public override void Sign(Tensor x, Tensor y) { using (Watch(1.0 * y.Count, [x, y])) inner.Sign(x, y); }
}
