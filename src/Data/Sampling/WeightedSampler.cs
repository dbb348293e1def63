namespace MiniStack.Data;

/// <summary>Draws examples with given chances, with replacement: rare classes can be shown as often as common ones.</summary>
/// <remarks>
/// An alias table: Walker 1977, doi:10.1145/355744.355749, built as by Vose 1991, doi:10.1109/32.92917. A draw looks at one entry.
/// </remarks>
public sealed class WeightedSampler : ISampler
{
    private readonly double[] _threshold;
    private readonly int[] _alias;
    private readonly Rng _streams;

    /// <param name="weights">One for each example, finite and not negative; their sum counts as 1.</param>
    /// <param name="count">Draws an epoch.</param>
    /// <param name="seed">Which draws.</param>
    /// <exception cref="ConfigException">There are no weights, one is negative or not finite, or all are 0; or the count is not
    /// positive.</exception>
    public WeightedSampler(IReadOnlyList<double> weights, long count, ulong seed)
    {
        for (int i = 0; i < weights.Count; i++)
        {
            if (!double.IsFinite(weights[i]) || weights[i] < 0)
            {
                throw new ConfigException(FormattableString.Invariant(
                    $"WeightedSampler: weight {i} is {weights[i]}; weights must be finite and not negative."));
            }
        }
        double sum = weights.Sum();
        if (!(sum > 0 && double.IsFinite(sum)))
        {
            throw new ConfigException(FormattableString.Invariant(
                $"WeightedSampler: the sum of the weights must be positive and finite, but is {sum}."));
        }
        if (count < 1)
            throw new ConfigException(FormattableString.Invariant($"WeightedSampler: the count must be at least 1, but is {count}."));
        Count = count;
        _streams = new Rng(seed);
        (_threshold, _alias) = Table(weights, sum);
    }

    /// <summary>Weights that give each class the same chance.</summary>
    /// <param name="labels">The class of each example.</param>
    /// <returns>One over the size of its class, for each example.</returns>
    public static double[] Balanced(IReadOnlyList<int> labels)
    {
        Dictionary<int, int> sizes = labels.CountBy(label => label).ToDictionary();
        return [.. labels.Select(label => 1.0 / sizes[label])];
    }

    /// <inheritdoc/>
    public long Count { get; }

    /// <inheritdoc/>
    public long? Examples => _alias.Length;

    /// <inheritdoc/>
    public long IndexOf(long epoch, long place)
    {
        Dataset.CheckIndex(place, Count);
        Rng rng = new(new RngState(_streams.Split((ulong)epoch).Key, (ulong)place * 4)); // a block of four words for each draw
        double at = rng.NextDouble() * _alias.Length;
        int entry = Math.Min((int)at, _alias.Length - 1);
        return rng.NextDouble() < _threshold[entry] ? entry : _alias[entry];
    }

    /// <summary>
    /// Every entry holds one n-th of the probability: its own example's up to the threshold, and another's that has more than its share.
    /// </summary>
    private static (double[] Threshold, int[] Alias) Table(IReadOnlyList<double> weights, double sum)
    {
        int count = weights.Count;
        double[] left = [.. weights.Select(weight => weight / sum * count)], threshold = new double[count];
        int[] alias = new int[count];
        Stack<int> small = [], large = [];
        for (int i = count - 1; i >= 0; i--) (left[i] < 1 ? small : large).Push(i);
        while (small.Count > 0 && large.Count > 0)
        {
            int poor = small.Pop(), rich = large.Pop();
            (threshold[poor], alias[poor]) = (left[poor], rich);
            left[rich] -= 1 - left[poor];
            (left[rich] < 1 ? small : large).Push(rich);
        }
        // What is left is 1 but for rounding; an example of weight 0 is never left with more than rounding, and then gives way.
        int heaviest = Enumerable.Range(0, count).MaxBy(i => weights[i]);
        foreach (int i in small.Concat(large)) (threshold[i], alias[i]) = (weights[i] > 0 ? 1 : 0, heaviest);
        return (threshold, alias);
    }
}
