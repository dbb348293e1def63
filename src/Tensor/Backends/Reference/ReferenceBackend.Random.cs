namespace MiniStack;

internal partial class ReferenceBackend
{
    /// <inheritdoc/>
    public override void Uniform(Tensor y, double low, double high, ulong key, ulong block)
    {
        Cells to = new(y);
        (double least, double most) = UniformEnds(low, high, y.DType);
        for (long i = 0; i < to.Count; i++) to[i] = Math.Clamp(low + (high - low) * Rng.ToUnit(Word(key, block, i)), least, most);
    }

    /// <inheritdoc/>
    public override void Normal(Tensor y, double mean, double std, ulong key, ulong block)
    {
        Cells to = new(y);
        for (long i = 0; i < to.Count; i++)
        {
            double u = (Word(key, block, 2 * i) + 1.0) / 4294967296.0; // (0, 1]: its logarithm is finite
            double v = Word(key, block, 2 * i + 1) / 4294967296.0;
            to[i] = mean + std * Math.Sqrt(-2 * Math.Log(u)) * Math.Cos(2 * Math.PI * v);
        }
    }

    /// <inheritdoc/>
    public override void Dropout(Tensor x, Tensor y, double p, ulong key, ulong block)
    {
        Cells from = new(x), to = new(y);
        float scale = (float)(1 / (1 - p));
        for (long i = 0; i < to.Count; i++) to[i] = Rng.ToUnit(Word(key, block, i)) >= (float)p ? from[i] * scale : 0;
    }

    /// <summary>Word <paramref name="index"/> of a stream, counted from a block of four.</summary>
    private protected static uint Word(ulong key, ulong block, long index)
    {
        (uint a, uint b, uint c, uint d) = Rng.Block(key, block + (ulong)index / 4);
        return (index % 4) switch { 0 => a, 1 => b, 2 => c, _ => d };
    }
}
