namespace MiniStack.Nn;

/// <summary>Row numbers of a table in bags of any size, one bag after the other.</summary>
/// <param name="Indices">[count], I64 or I32.</param>
/// <param name="Offsets">[bags], I64 or I32: where each bag starts.</param>
/// <param name="Weights">[count], factors of the rows; only of sums. Null for 1.</param>
public sealed record Bags(Tensor Indices, Tensor Offsets, Variable? Weights = null)
{
    /// <summary>Bags of one size.</summary>
    /// <param name="indices">[bags, size], I64 or I32.</param>
    /// <exception cref="ShapeException">The indices are no matrix.</exception>
    public static Bags OfRows(Tensor indices)
    {
        if (indices.Rank != 2) throw new ShapeException($"Bags: bags of one size are [bags, size], not {indices.Shape}.");
        int bags = indices.Shape[0], size = indices.Shape[1];
        return new Bags(
            indices.Reshape(bags * size),
            Tensor.Arange(bags, DType.I64, indices.Device) * indices.To(DType.I64).ScalarLike(size));
    }
}

/// <summary>A table of vectors; those that a bag names are averaged, summed, or maximised, without being written down one by one.</summary>
public sealed class EmbeddingBag : Layer<Bags, Variable>
{
    private readonly EmbeddingBagMode _mode;

    /// <summary>A table with normal start values.</summary>
    /// <param name="rows">How many vectors.</param>
    /// <param name="channels">Their length.</param>
    /// <param name="rng">Source of the start values.</param>
    /// <param name="mode">What becomes of the vectors of a bag.</param>
    /// <param name="std">Deviation of the start values.</param>
    /// <exception cref="ConfigException">rows or channels are below 1.</exception>
    public EmbeddingBag(int rows, int channels, Rng rng, EmbeddingBagMode mode = EmbeddingBagMode.Mean, double std = 1)
    {
        Require.AtLeast(1, rows, nameof(EmbeddingBag), nameof(rows));
        Require.AtLeast(1, channels, nameof(EmbeddingBag), nameof(channels));
        _mode = mode;
        Weight = Register("weight", Init.Normal([rows, channels], rng, std));
    }

    /// <summary>[rows, channels].</summary>
    public Parameter Weight { get; }

    /// <param name="bags">Which rows lie in which bag.</param>
    /// <returns>[bags, channels]; zeros for empty bags.</returns>
    /// <exception cref="IndexException">An index is not a row.</exception>
    /// <exception cref="ShapeException">Indices, offsets and weights do not fit together.</exception>
    /// <exception cref="ConfigException">There are weights, and the mode is not the sum.</exception>
    public override Variable Forward(Bags bags) => Weight.EmbeddingBag(bags.Indices, bags.Offsets, _mode, bags.Weights);
}
