namespace MiniStack;

internal sealed partial class ProfilingBackend
{
    public override void Gather(Tensor x, Tensor indices, Tensor y) { using (Watch(None, [y, indices, y])) inner.Gather(x, indices, y); }
    public override void ScatterAdd(Tensor indices, Tensor source, Tensor y, bool accumulate) { using (Watch(1.0 * source.Count, [indices, source, y])) inner.ScatterAdd(indices, source, y, accumulate); }
}
