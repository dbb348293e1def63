namespace MiniStack.Data;

/// <summary>
/// Each example once an epoch, shuffled within its class, and the classes spread evenly: every stretch of places has of each its share,
/// give or take two.
/// </summary>
/// <remarks>
/// The j-th of a class with n of all N examples must stand from place ⌊j·N/n⌋ to before ⌈(j + 1)·N/n⌉, and each place takes of those that
/// may stand there the one that must be placed soonest. All find room (Baruah et al. 1996, doi:10.1007/BF01940883, for one processor):
/// places that were shared among the classes by fractions would keep these bounds, so whole ones can. The places before p then have of each
/// class n·p/N, give or take less than one. Classes that a batch has less than one of come when there is room, not evenly among each other.
/// The order of the classes is the same in each epoch; which example stands for its class is not.
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
        _members =
        [
            .. Enumerable.Range(0, labels.Count).GroupBy(i => labels[i]).OrderBy(group => group.Key).Select(group => group.ToArray())
        ];
        (_class, _rank) = (new int[labels.Count], new int[labels.Count]);
        Spread();
    }

    private void Spread()
    {
        long count = Count;
        PriorityQueue<int, (long First, int Class)> waiting = new(); // classes, by the first place that their next may take
        PriorityQueue<int, (long End, int Class)> ready = new(); // classes whose next may stand here, by the place before which it must
        int[] placed = new int[_members.Length];
        for (int i = 0; i < placed.Length; i++) waiting.Enqueue(i, (0, i));
        for (long place = 0; place < count; place++)
        {
            while (waiting.TryPeek(out int next, out (long First, int) at) && at.First <= place)
            {
                waiting.Dequeue();
                long size = _members[next].Length;
                ready.Enqueue(next, ((((placed[next] + 1) * count) + size - 1) / size, next));
            }
            int stratum = ready.Dequeue();
            (_class[place], _rank[place]) = (stratum, placed[stratum]++);
            if (placed[stratum] < _members[stratum].Length)
                waiting.Enqueue(stratum, (placed[stratum] * count / _members[stratum].Length, stratum));
        }
    }

    /// <inheritdoc/>
    public long Count => _class.Length;

    /// <inheritdoc/>
    public long? Examples => Count;

    /// <inheritdoc/>
    public long IndexOf(long epoch, long place)
    {
        Dataset.CheckIndex(place, Count);
        int stratum = _class[place];
        int[] members = _members[stratum];
        return members[new KeyedPermutation(members.Length, new Rng(_seed).Split((ulong)epoch).Key, (ulong)stratum)[_rank[place]]];
    }
}
