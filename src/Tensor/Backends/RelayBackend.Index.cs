namespace MiniStack;

internal abstract partial class RelayBackend
{
    public override void Gather(Tensor x, Tensor indices, Tensor y) { using Trip trip = Begin(); There.Gather(trip.In(x), trip.In(indices), trip.Out(y)); }
    public override void ScatterAdd(Tensor indices, Tensor source, Tensor y, bool accumulate)
    {
        using Trip trip = Begin();
        There.ScatterAdd(trip.In(indices), trip.In(source), accumulate ? trip.Change(y) : trip.Out(y), accumulate);
    }
}
