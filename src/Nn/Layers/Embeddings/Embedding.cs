namespace MiniStack.Nn;

/// <summary>A table of vectors, looked up by index.</summary>
public sealed class Embedding : Layer<Tensor, Variable>, IAdaptable
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
    public override Variable Forward(Tensor indices)
    {
        Variable y = Acting(Weight).Embedding(indices);
        return Parts?.Active is LoraPair pair ? y + pair.OfRows(indices) : y;
    }

    /// <summary>The first rows: what looking up 0, 1, 2, … gives, without the look.</summary>
    /// <returns>[count, channels].</returns>
    /// <exception cref="ShapeException">There are not as many rows.</exception>
    public Variable First(int count)
    {
        Variable y = Acting(Weight).Slice(0, 0, count);
        return Parts?.Active is LoraPair pair ? y + pair.OfColumns(pair.A.Slice(1, 0, count)) : y;
    }

    /// <summary>x's product with every row: the scores of a head that shares this table.</summary>
    /// <param name="x">[…, channels].</param>
    /// <returns>[…, rows].</returns>
    public Variable Against(Variable x)
    {
        Variable y = x.Linear(Acting(Weight));
        return Parts?.Active is LoraPair pair ? y + pair.Against(x) : y;
    }
}
