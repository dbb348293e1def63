namespace MiniStack;

internal abstract partial class RelayBackend
{
    public override void Sort(Tensor x, bool descending, Tensor values, Tensor indices) { using Trip trip = Begin(); There.Sort(trip.In(x), descending, trip.Out(values), trip.Out(indices)); }
    public override void TopK(Tensor x, bool largest, Tensor values, Tensor indices) { using Trip trip = Begin(); There.TopK(trip.In(x), largest, trip.Out(values), trip.Out(indices)); }
    public override void CumSum(Tensor x, int axis, bool reverse, Tensor y) { using Trip trip = Begin(); There.CumSum(trip.In(x), axis, reverse, trip.Out(y)); }
    public override void BinCount(Tensor x, Tensor counts) { using Trip trip = Begin(); There.BinCount(trip.In(x), trip.Out(counts)); }
}
