namespace MiniStack.Nn;

/// <summary>A table of vectors, looked up by index.</summary>
public sealed class Embedding : Layer<Tensor, Variable>
{
    /// <summary>A table with normal start values.</summary>
    /// <param name="rows">How many vectors.</param>
    /// <param name="channels">Their length.</param>
    /// <param name="rng">Source of the start values.</param>
    /// <param name="std">Their deviation.</param>
    public Embedding(int rows, int channels, Rng rng, double std = 1) =>
        Weight = Register("weight", Init.Normal([rows, channels], rng, std));

    /// <summary>[rows, channels].</summary>
    public Parameter Weight { get; }

    /// <param name="indices">Row numbers, I64 or I32, of any shape.</param>
    /// <returns>[…indices, channels].</returns>
    /// <exception cref="IndexException">An index is not a row.</exception>
    public override Variable Forward(Tensor indices) => Weight.Embedding(indices);
}
