using System.Runtime.InteropServices;

namespace MiniStack.Data;

/// <summary>
/// Finds the merges: the counts of all pairs are kept, and each merge changes only those around the places where it merges.
/// </summary>
/// <remarks>
/// Counting everything anew for each merge gives the same and is the specification (a test does so). Here a queue holds every pair
/// with the count that it had when it went in; a count that has fallen since is found out when the pair comes to its turn, and one that has
/// risen was queued again.
/// </remarks>
/// <param name="owner">For messages.</param>
/// <param name="vocabularySize">Tokens that there shall be.</param>
/// <param name="minimumCount">A pair that is rarer is not merged.</param>
/// <param name="continuingPrefix">Stands before tokens that go on a word, and falls away when they are merged: ## in WordPiece, nothing in
/// byte-level BPE.</param>
internal sealed class MergeLearner(string owner, int vocabularySize, long minimumCount, string continuingPrefix)
{
    private readonly long _minimumCount = minimumCount >= 1
        ? minimumCount
        : throw new ConfigException($"{owner}: MinimumCount must be at least 1, not {minimumCount}.");
    private readonly List<string> _tokens = [];
    private readonly Dictionary<string, int> _ids = new(StringComparer.Ordinal);
    private readonly List<Word> _words = [];
    private readonly Dictionary<ulong, long> _counts = [];
    private readonly Dictionary<ulong, List<int>> _wordsWith = [];
    private readonly PriorityQueue<ulong, (long Count, ulong Pair)> _queue = new(
        Comparer<(long Count, ulong Pair)>.Create((a, b) => a.Count != b.Count ? b.Count.CompareTo(a.Count) : a.Pair.CompareTo(b.Pair)));

    public IReadOnlyList<string> Tokens => _tokens;

    public Dictionary<string, int> Vocabulary() => new(_ids, StringComparer.Ordinal);

    /// <summary>Gives a text a number; one that has one keeps it.</summary>
    public int AddToken(string text)
    {
        if (_ids.TryGetValue(text, out int id)) return id;
        _ids.Add(text, _tokens.Count);
        _tokens.Add(text);
        return _tokens.Count - 1;
    }

    /// <summary>A word as tokens, which become part of the vocabulary, and how often it stands in the text.</summary>
    public void AddWord(IEnumerable<string> tokens, long count) => _words.Add(new Word([.. tokens.Select(AddToken)], count));

    /// <summary>The pairs that were merged, in their order; the vocabulary has grown by what they made.</summary>
    public List<(string Left, string Right)> Learn(IProgress<BpeProgress>? progress, CancellationToken cancellation)
    {
        HashSet<ulong> risen = [], merged = [];
        for (int word = 0; word < _words.Count; word++)
            for (int i = 1; i < _words[word].Length; i++)
                Change(Pair(_words[word].Ids[i - 1], _words[word].Ids[i]), _words[word].Count, word, risen);
        List<(string, string)> merges = [];
        progress?.Report(new BpeProgress(_words.Count, _tokens.Count, vocabularySize, 0));
        while (_tokens.Count < vocabularySize)
        {
            cancellation.ThrowIfCancellationRequested();
            foreach (ulong pair in risen) _queue.Enqueue(pair, (_counts[pair], pair));
            risen.Clear();
            if (!TakeMostFrequent(out ulong best, out long count)) break;
            (int left, int right) = ((int)(best >> 32), (int)(uint)best);
            // In runs of one letter a token can be made in two ways, and so a pair that was merged can arise again: its place is the first.
            if (merged.Add(best)) merges.Add((_tokens[left], _tokens[right]));
            int result = AddToken(
                _tokens[left] +
                _tokens[right][(_tokens[right].StartsWith(continuingPrefix, StringComparison.Ordinal) ? continuingPrefix.Length : 0)..]);
            foreach (int word in _wordsWith[best]) Merge(word, left, right, result, risen);
            // No pair is left that could be counted; what is not forgotten would fill the memory.
            _wordsWith.Remove(best);
            _counts.Remove(best);
            progress?.Report(new BpeProgress(_words.Count, _tokens.Count, vocabularySize, count));
        }
        return merges;
    }

    private static ulong Pair(int left, int right) => (ulong)(uint)left << 32 | (uint)right;

    private bool TakeMostFrequent(out ulong pair, out long count)
    {
        while (_queue.TryDequeue(out pair, out (long Count, ulong Pair) queued))
        {
            if (!_counts.TryGetValue(pair, out count)) continue;
            if (count == queued.Count) return count >= _minimumCount;
            if (count > 0) _queue.Enqueue(pair, (count, pair));
        }
        count = 0;
        return false;
    }

    /// <summary>
    /// Merges a pair wherever it stands in a word, from left to right. The counts are at every moment those of the word as it is then.
    /// </summary>
    private void Merge(int index, int left, int right, int result, HashSet<ulong> risen)
    {
        Word word = _words[index];
        int[] ids = word.Ids;
        int length = 0;
        for (int at = 0; at < word.Length; at++)
        {
            bool merges = ids[at] == left && at + 1 < word.Length && ids[at + 1] == right;
            if (merges)
            {
                Change(Pair(left, right), -word.Count);
                if (length > 0)
                {
                    Change(Pair(ids[length - 1], left), -word.Count);
                    Change(Pair(ids[length - 1], result), word.Count, index, risen);
                }
                if (at + 2 < word.Length)
                {
                    Change(Pair(right, ids[at + 2]), -word.Count);
                    Change(Pair(result, ids[at + 2]), word.Count, index, risen);
                }
                at++;
            }
            ids[length++] = merges ? result : ids[at];
        }
        word.Length = length;
    }

    private void Change(ulong pair, long by) => CollectionsMarshal.GetValueRefOrAddDefault(_counts, pair, out _) += by;

    private void Change(ulong pair, long by, int word, HashSet<ulong> risen)
    {
        Change(pair, by);
        risen.Add(pair);
        ref List<int>? words = ref CollectionsMarshal.GetValueRefOrAddDefault(_wordsWith, pair, out _);
        words ??= [];
        if (words.Count == 0 || words[^1] != word) words.Add(word);
    }

    private sealed class Word(int[] ids, long count)
    {
        public int[] Ids { get; } = ids;

        public int Length { get; set; } = ids.Length;

        public long Count { get; } = count;
    }
}
