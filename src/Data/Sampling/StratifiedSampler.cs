namespace MiniStack.Data;

/// <summary>Each example once an epoch, shuffled within its class, and the classes spread evenly: every batch has them in about the proportion of the whole.</summary>
/// <remarks>
/// The j-th of a class with n of all N examples wants the place (j + ½)·N/n, and all wishes are sorted. A stretch of B places then has
/// of each class its share of B, give or take two. The order of the classes is the same in each epoch; which example stands for its class is not.
/// </remarks>
public sealed class StratifiedSampler : ISampler
{
    private readonly ulong _seed;
    private readonly int[][] _members; // the examples of each class
    private readonly int[] _class, _rank; // at each place: the class, and the how-manieth of its class

    /// <param name="labels">The class of each example.</param>
    /// <param name="seed">Which family of orders.</param>
    /// <exception cref="ConfigException">There are no labels.</exception>
    public StratifiedSampler(IReadOnlyList<int> labels, ulong seed)
    {
        if (labels.Count == 0) throw new ConfigException("StratifiedSampler: there are no labels; give one for each example.");
        _seed = seed;
        _members = [.. Enumerable.Range(0, labels.Count).GroupBy(i => labels[i]).OrderBy(group => group.Key).Select(group => group.ToArray())];
        (double Wish, int Class, int Rank)[] places =
        [
            .. _members.SelectMany((members, i) => members.Select((_, rank) => ((rank + 0.5) * labels.Count / members.Length, i, rank))).Order(),
        ];
        _class = [.. places.Select(place => place.Class)];
        _rank = [.. places.Select(place => place.Rank)];
    }

    /// <inheritdoc/>
    public long Count => _class.Length;

    /// <inheritdoc/>
    public long IndexOf(long epoch, long place)
    {
        Dataset.CheckIndex(place, Count);
        int stratum = _class[place];
        int[] members = _members[stratum];
        return members[new KeyedPermutation(members.Length, new Rng(_seed).Split((ulong)epoch).Key, (ulong)stratum)[_rank[place]]];
    }
}
