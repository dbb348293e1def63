namespace MiniStack;

internal sealed partial class ProfilingBackend
{
    public override void Sort(Tensor x, bool descending, Tensor values, Tensor indices) { using (Watch(None, [x, values, indices])) inner.Sort(x, descending, values, indices); }
    public override void TopK(Tensor x, bool largest, Tensor values, Tensor indices) { using (Watch(None, [x, values, indices])) inner.TopK(x, largest, values, indices); }
    public override void CumSum(Tensor x, int axis, bool reverse, Tensor y) { using (Watch(1.0 * y.Count, [x, y])) inner.CumSum(x, axis, reverse, y); }
    public override void BinCount(Tensor x, Tensor counts) { using (Watch(None, [x, counts])) inner.BinCount(x, counts); }
}
