namespace MiniStack;

/// <summary>What becomes of the rows in a bag.</summary>
public enum EmbeddingBagMode
{
    /// <summary>Their mean.</summary>
    Mean,

    /// <summary>Their sum.</summary>
    Sum,

    /// <summary>The largest of each channel; of equal ones the first.</summary>
    Max,
}

public sealed partial class Tensor
{
    /// <summary>Rows of this table [rows, channels] picked by index and summed, averaged or maximised bag by bag.</summary>
    /// <param name="indices">[count] row numbers, I64 or I32, one bag after the other.</param>
    /// <param name="offsets">[bags], I64 or I32: where each bag starts; the first at 0. A bag may be empty: it gives zeros.</param>
    /// <param name="mode">What becomes of the rows in a bag.</param>
    /// <param name="weights">[count], factors of the rows in a sum; null for 1.</param>
    /// <returns>[bags, channels].</returns>
    /// <exception cref="ShapeException">The shapes do not fit together.</exception>
    /// <exception cref="IndexException">An index is not a row, or the offsets do not rise from 0 to count.</exception>
    /// <exception cref="ConfigException">Weights were given for another mode than the sum.</exception>
    public Tensor EmbeddingBag(Tensor indices, Tensor offsets, EmbeddingBagMode mode = EmbeddingBagMode.Mean, Tensor? weights = null) =>
        EmbeddingBag(indices, offsets, mode, weights, out _, out _);

    /// <summary>As <see cref="EmbeddingBag(Tensor, Tensor, EmbeddingBagMode, Tensor?)"/>, with what its gradient needs.</summary>
    /// <param name="indices">[count] row numbers.</param>
    /// <param name="offsets">[bags].</param>
    /// <param name="mode">What becomes of the rows in a bag.</param>
    /// <param name="weights">[count], factors of the rows in a sum.</param>
    /// <param name="bags">[count], I64: the bag of each row.</param>
    /// <param name="factors">[count, 1] or [count, channels]: what each row counts in its bag; null for 1.</param>
    public Tensor EmbeddingBag(Tensor indices, Tensor offsets, EmbeddingBagMode mode, Tensor? weights, out Tensor bags, out Tensor? factors)
    {
        const string operation = nameof(EmbeddingBag);
        CheckFloat(operation);
        CheckIndices(indices, operation);
        CheckIndices(offsets, operation);
        if (Rank != 2 || indices.Rank != 1 || offsets.Rank != 1)
        {
            throw new ShapeException(
                $"EmbeddingBag: table {Shape}, indices {indices.Shape} and offsets {offsets.Shape} must be [rows, channels], " +
                "[count] and [bags].");
        }
        if (weights is not null && mode != EmbeddingBagMode.Sum)
            throw new ConfigException($"EmbeddingBag: weights go with the sum, not with {mode}. Pass EmbeddingBagMode.Sum.");
        if (weights is not null)
        {
            CheckSame(this, weights, operation);
            if (weights.Shape != indices.Shape)
            {
                throw new ShapeException(
                    $"EmbeddingBag: weights are {weights.Shape} and indices {indices.Shape}: give one weight for each index.");
            }
        }
        if (!Enum.IsDefined(mode)) throw new ConfigException($"EmbeddingBag: there is no mode {mode}. Use Mean, Sum or Max.");
        long[] starts = offsets.To(DType.I64).ToArray<long>(), ends = [.. starts.Skip(1), indices.Shape[0]];
        CheckOffsets(starts, ends);
        bags = Wrap(
            starts.SelectMany((start, bag) => Enumerable.Repeat((long)bag, (int)(ends[bag] - start))).ToArray(),
            [indices.Shape[0]]).To(Device);
        Tensor rows = Embedding(indices);
        factors = mode switch
        {
            EmbeddingBagMode.Mean => Shares(starts, ends).To(DType.Wide()).To(Device).Unsqueeze(1).Embedding(bags),
            EmbeddingBagMode.Max => Largest(rows, starts, ends),
            _ => weights?.Unsqueeze(1),
        };
        if (factors is not null && mode == EmbeddingBagMode.Max) rows = Where(factors.NotEqual(factors.ScalarLike(0)), rows, ScalarLike(0));
        else if (factors is not null) rows = rows.To(DType.Wide()) * factors.To(DType.Wide());
        // The sum by bag is what the gradient of a look-up does: each row is added to the row of its number.
        return Fused.EmbeddingBackward(starts.Length, bags, rows).To(DType);
    }

    private static void CheckOffsets(long[] starts, long[] ends)
    {
        for (int bag = 0; bag < starts.Length; bag++)
        {
            if (starts[bag] < 0 || starts[bag] > ends[bag] || (bag == 0 && starts[bag] != 0))
            {
                throw new IndexException(
                    $"EmbeddingBag: offset {bag} is {starts[bag]}, and the next bag starts at {ends[bag]}: " +
                    "offsets must start with 0 and never fall, up to the number of indices.");
            }
        }
        if (starts.Length == 0 && ends[0] > 0)
            throw new IndexException($"EmbeddingBag: there is no bag for {ends[0]} indices. The first offset is 0.");
    }

    /// <summary>1 / size of each bag.</summary>
    private static Tensor Shares(long[] starts, long[] ends) =>
        Wrap(starts.Select((start, bag) => 1.0 / Math.Max(ends[bag] - start, 1)).ToArray(), [starts.Length]);

    /// <summary>1 where a row has the first largest number of its bag's channel, else 0, [count, channels].</summary>
    private Tensor Largest(Tensor rows, long[] starts, long[] ends)
    {
        if (rows.Count == 0) return rows;
        int channels = rows.Shape[1];
        double[] numbers = rows.To(DType.F64).ToArray<double>(); // exact for every float
        byte[] isFirst = new byte[numbers.Length];
        long[] best = new long[channels];
        for (int bag = 0; bag < starts.Length; bag++)
        {
            if (starts[bag] == ends[bag]) continue;
            Array.Fill(best, starts[bag]);
            for (long row = starts[bag] + 1; row < ends[bag]; row++)
            {
                for (int channel = 0; channel < channels; channel++)
                {
                    double number = numbers[row * channels + channel], most = numbers[best[channel] * channels + channel];
                    if (number > most || (double.IsNaN(number) && !double.IsNaN(most))) best[channel] = row; // a NaN counts as largest
                }
            }
            for (int channel = 0; channel < channels; channel++) isFirst[best[channel] * channels + channel] = 1;
        }
        return Wrap(isFirst, rows.Shape).To(DType).To(Device);
    }
}
