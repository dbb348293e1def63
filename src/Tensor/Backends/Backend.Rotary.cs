namespace MiniStack;

internal abstract partial class Backend
{
    /// <summary>
    /// Turns the channel pairs of x […, time, d] by angles whose cos and sin are [time, pairs], contiguous: (a, b) becomes (a·cos − b·sin, b·cos + a·sin),
    /// or back (sin negated). Pair i is (i, i + pairs), or (2i, 2i + 1) interleaved; channels from 2·pairs on are copied.
    /// </summary>
    public abstract void RotaryEmbedding(Tensor x, Tensor cos, Tensor sin, bool interleaved, bool back, Tensor y);
}
