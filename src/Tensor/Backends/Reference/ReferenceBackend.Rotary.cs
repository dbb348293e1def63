namespace MiniStack;

internal partial class ReferenceBackend
{
    /// <inheritdoc/>
    public override void RotaryEmbedding(Tensor x, Tensor cos, Tensor sin, bool interleaved, bool back, Tensor y)
    {
        Cells from = new(x), cosines = new(cos), sines = new(sin), to = new(y);
        int d = x.Shape[^1], time = x.Shape[^2], pairs = cos.Shape[^1];
        for (long row = 0; row * d < to.Count; row++)
        {
            for (int i = 2 * pairs; i < d; i++) to[row * d + i] = from[row * d + i];
            for (int i = 0; i < pairs; i++)
            {
                long a = row * d + (interleaved ? 2 * i : i), b = interleaved ? a + 1 : a + pairs, angle = row % time * pairs + i;
                double c = cosines[angle], s = back ? -sines[angle] : sines[angle];
                (to[a], to[b]) = (from[a] * c - from[b] * s, from[b] * c + from[a] * s);
            }
        }
    }
}
