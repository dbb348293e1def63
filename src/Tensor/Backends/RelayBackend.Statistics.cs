namespace MiniStack;

internal abstract partial class RelayBackend
{
    public override void LogSumExp(Tensor x, Tensor y) { using Trip trip = Begin(); There.LogSumExp(trip.In(x), trip.Out(y)); }
    public override void Variance(Tensor x, double correction, Tensor y) { using Trip trip = Begin(); There.Variance(trip.In(x), correction, trip.Out(y)); }
}
