namespace MiniStack;

internal abstract partial class RelayBackend
{
    public override void Tan(Tensor x, Tensor y) { using Trip trip = Begin(); There.Tan(trip.In(x), trip.Out(y)); }
    public override void Asin(Tensor x, Tensor y) { using Trip trip = Begin(); There.Asin(trip.In(x), trip.Out(y)); }
    public override void Acos(Tensor x, Tensor y) { using Trip trip = Begin(); There.Acos(trip.In(x), trip.Out(y)); }
    public override void Atan(Tensor x, Tensor y) { using Trip trip = Begin(); There.Atan(trip.In(x), trip.Out(y)); }
    public override void Sinh(Tensor x, Tensor y) { using Trip trip = Begin(); There.Sinh(trip.In(x), trip.Out(y)); }
    public override void Cosh(Tensor x, Tensor y) { using Trip trip = Begin(); There.Cosh(trip.In(x), trip.Out(y)); }
    public override void Floor(Tensor x, Tensor y) { using Trip trip = Begin(); There.Floor(trip.In(x), trip.Out(y)); }
    public override void Ceiling(Tensor x, Tensor y) { using Trip trip = Begin(); There.Ceiling(trip.In(x), trip.Out(y)); }
    public override void Round(Tensor x, Tensor y) { using Trip trip = Begin(); There.Round(trip.In(x), trip.Out(y)); }
    public override void Sign(Tensor x, Tensor y) { using Trip trip = Begin(); There.Sign(trip.In(x), trip.Out(y)); }
}
