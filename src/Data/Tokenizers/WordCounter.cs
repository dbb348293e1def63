using System.Runtime.InteropServices;
using System.Text;

namespace MiniStack.Data;

/// <summary>Counts the words of texts, in parallel: pieces are cut where words end, counted each by one thread, and added up.</summary>
/// <param name="added">Cut out first, and not counted.</param>
/// <param name="addPrefixSpace">A space is put before every section that has none.</param>
/// <param name="cancellation">Ends the counting early.</param>
internal sealed class WordCounter(IReadOnlyList<AddedToken> added, bool addPrefixSpace, CancellationToken cancellation)
{
    private const int ChunkLength = 1 << 18, MostChunks = 1 << 16, MostCharacters = 1 << 24;

    private readonly Dictionary<string, long> _counts = new(StringComparer.Ordinal);
    private readonly AddedTokenFinder _finder = new(added);
    private readonly List<ReadOnlyMemory<char>> _chunks = [];
    private long _characters;

    /// <summary>
    /// Each word, its bytes in GPT-2's letters, with its count; in the order of the letters, so that nothing depends on who counted what.
    /// </summary>
    public IEnumerable<(string Word, long Count)> Count(IEnumerable<string> texts)
    {
        foreach (string text in texts)
            foreach ((int from, int to, _) in _finder.Cut(text)) AddSection(text.AsMemory(from, to - from));
        CountChunks();
        return _counts.Select(pair => (Word: ByteAlphabet.Write(Encoding.UTF8.GetBytes(pair.Key)), Count: pair.Value))
            .OrderBy(pair => pair.Word, StringComparer.Ordinal);
    }

    /// <summary>Texts may be long or short: enough of them to share are gathered before any is counted.</summary>
    private void AddSection(ReadOnlyMemory<char> section)
    {
        if (section.IsEmpty) return;
        if (addPrefixSpace && section.Span[0] != ' ') section = $" {section}".AsMemory();
        for (int start = 0, end; start < section.Length; start = end)
        {
            end = Gpt2Splitter.SafeCut(section.Span, (int)Math.Min(section.Length, (long)start + ChunkLength));
            _chunks.Add(section[start..end]);
            _characters += end - start;
            if (_chunks.Count >= MostChunks || _characters >= MostCharacters) CountChunks();
        }
    }

    private void CountChunks()
    {
        ParallelOptions options = new() { MaxDegreeOfParallelism = CpuThreads.Count, CancellationToken = cancellation };
        Parallel.ForEach(_chunks, options, () => new Dictionary<string, long>(StringComparer.Ordinal), (chunk, _, counts) =>
        {
            CountChunk(chunk.Span, counts);
            return counts;
        }, AddUp);
        _chunks.Clear();
        _characters = 0;
    }

    private static void CountChunk(ReadOnlySpan<char> chunk, Dictionary<string, long> counts)
    {
        Dictionary<string, long>.AlternateLookup<ReadOnlySpan<char>> spans = counts.GetAlternateLookup<ReadOnlySpan<char>>();
        for (int start = 0, end; start < chunk.Length; start = end)
        {
            end = Gpt2Splitter.EndOfPiece(chunk, start);
            CollectionsMarshal.GetValueRefOrAddDefault(spans, chunk[start..end], out _)++;
        }
    }

    private void AddUp(Dictionary<string, long> counts)
    {
        lock (_counts)
        {
            foreach ((string word, long count) in counts) CollectionsMarshal.GetValueRefOrAddDefault(_counts, word, out _) += count;
        }
    }
}
