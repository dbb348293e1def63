namespace MiniStack;

/// <summary>Convolutions.</summary>
internal abstract partial class RelayBackend
{
    public override void Conv2d(Tensor x, Tensor weight, Tensor? bias, Tensor y, in ConvOptions options) { using Trip trip = Begin(); There.Conv2d(trip.In(x), trip.In(weight), trip.InIf(bias), trip.Out(y), options); }
    public override void ConvTranspose2d(Tensor x, Tensor weight, Tensor? bias, Tensor y, in ConvOptions options) { using Trip trip = Begin(); There.ConvTranspose2d(trip.In(x), trip.In(weight), trip.InIf(bias), trip.Out(y), options); }
    public override void Conv2dWeightGradient(Tensor x, Tensor dy, Tensor dweight, in ConvOptions options) { using Trip trip = Begin(); There.Conv2dWeightGradient(trip.In(x), trip.In(dy), trip.Out(dweight), options); }
}
