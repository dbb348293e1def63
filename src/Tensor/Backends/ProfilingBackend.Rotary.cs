namespace MiniStack;

internal sealed partial class ProfilingBackend
{
    // Of each pair, four products and two sums.
    public override void RotaryEmbedding(Tensor x, Tensor cos, Tensor sin, bool interleaved, bool back, Tensor y) { using (Watch(x.Shape[^1] == 0 ? 0 : 6.0 * cos.Shape[^1] * x.Count / x.Shape[^1], [x, cos, sin, y])) inner.RotaryEmbedding(x, cos, sin, interleaved, back, y); }
}
