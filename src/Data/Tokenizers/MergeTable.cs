namespace MiniStack.Data;

/// <summary>The merges of byte pair encoding, in the order in which they were learnt.</summary>
/// <remarks>
/// Sennrich et al. 2016, arXiv:1508.07909: of all pairs of neighbours that stand in the table the one learnt first is merged, at
/// its leftmost place, until none is left. Looking through the whole word for each merge is quadratic; here a heap holds the
/// pairs that may be next, so that a word of n bytes takes O(n·log n), however long.
/// </remarks>
internal sealed class MergeTable
{
    private readonly Dictionary<ulong, int> _ranks;
    private readonly (int Left, int Right, int Result)[] _merges;

    /// <exception cref="DataException">A pair is merged twice.</exception>
    public MergeTable(string owner, (int Left, int Right, int Result)[] merges)
    {
        _merges = merges;
        _ranks = new Dictionary<ulong, int>(merges.Length);
        for (int rank = 0; rank < merges.Length; rank++)
        {
            if (!_ranks.TryAdd(Pair(merges[rank].Left, merges[rank].Right), rank))
                throw new DataException($"{owner}: merge {rank} merges a pair that an earlier one merges too. Give each pair once.");
        }
    }

    /// <summary>In their order.</summary>
    public IReadOnlyList<(int Left, int Right, int Result)> Merges => _merges;

    /// <summary>Merges what can be merged, in place.</summary>
    /// <returns>How many tokens are left, at the beginning of <paramref name="ids"/>.</returns>
    public int Apply(Span<int> ids, MergeQueue queue)
    {
        Span<int> next = queue.Reset(ids.Length), previous = queue.Previous(ids.Length);
        for (int at = 0; at < ids.Length; at++)
        {
            (previous[at], next[at]) = (at - 1, at + 1);
            if (at > 0) Enqueue(ids, at - 1, at, queue);
        }
        while (queue.TryDequeue(out int rank, out int at))
        {
            // A pair whose tokens were merged with others meanwhile is not there any more.
            (int left, int right, int result) = _merges[rank];
            int after = next[at];
            if (ids[at] != left || after >= ids.Length || ids[after] != right) continue;
            ids[at] = result;
            ids[after] = -1;
            next[at] = next[after];
            if (next[at] < ids.Length) previous[next[at]] = at;
            if (previous[at] >= 0) Enqueue(ids, previous[at], at, queue);
            if (next[at] < ids.Length) Enqueue(ids, at, next[at], queue);
        }
        int count = 0;
        for (int at = 0; at < ids.Length; at = next[at]) ids[count++] = ids[at];
        return count;
    }

    private void Enqueue(ReadOnlySpan<int> ids, int left, int right, MergeQueue queue)
    {
        if (_ranks.TryGetValue(Pair(ids[left], ids[right]), out int rank)) queue.Enqueue(rank, left);
    }

    private static ulong Pair(int left, int right) => (ulong)(uint)left << 32 | (uint)right;
}
