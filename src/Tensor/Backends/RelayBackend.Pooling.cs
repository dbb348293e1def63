namespace MiniStack;

internal abstract partial class RelayBackend
{
    public override void Resample2d(Tensor x, Resampling rows, Resampling columns, Tensor y) { using Trip trip = Begin(); There.Resample2d(trip.In(x), rows, columns, trip.Out(y)); }
    public override void MaxPool2d(Tensor x, Resampling rows, Resampling columns, Tensor y, Tensor? indices) { using Trip trip = Begin(); There.MaxPool2d(trip.In(x), rows, columns, trip.Out(y), indices is null ? null : trip.Out(indices)); }
}
