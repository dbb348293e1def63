using System.Runtime.InteropServices;
using System.Text;

namespace MiniStack.Data;

/// <summary>Counts the words of texts, in parallel: pieces are cut where words end, counted each by one thread, and added up.</summary>
/// <param name="added">Cut out first, and not counted.</param>
/// <param name="addPrefixSpace">A space is put before every section that has none.</param>
/// <param name="cancellation">Ends the counting early.</param>
internal sealed class WordCounter(IReadOnlyList<AddedToken> added, bool addPrefixSpace, CancellationToken cancellation)
{
    private const int ChunkLength = 1 << 18;

    private readonly Dictionary<string, long> _counts = new(StringComparer.Ordinal);
    private readonly AddedTokenFinder _finder = new(added);

    /// <summary>Each word, its bytes in GPT-2's letters, with its count; in the order of the letters, so that nothing depends on who counted what.</summary>
    public IEnumerable<(string Word, long Count)> Count(IEnumerable<string> texts)
    {
        foreach (string text in texts)
        {
            int start = 0;
            while (_finder.Next(text, start, out int from, out int to, out _))
            {
                CountSection(text.AsMemory(start, from - start));
                start = to;
            }
            CountSection(text.AsMemory(start));
        }
        return _counts.Select(pair => (Word: ByteAlphabet.Write(Encoding.UTF8.GetBytes(pair.Key)), Count: pair.Value))
            .OrderBy(pair => pair.Word, StringComparer.Ordinal);
    }

    private void CountSection(ReadOnlyMemory<char> section)
    {
        if (section.IsEmpty) return;
        if (addPrefixSpace && section.Span[0] != ' ') section = $" {section}".AsMemory();
        List<ReadOnlyMemory<char>> chunks = [];
        for (int start = 0, end; start < section.Length; start = end)
        {
            end = Gpt2Splitter.SafeCut(section.Span, (int)Math.Min(section.Length, (long)start + ChunkLength));
            chunks.Add(section[start..end]);
        }
        ParallelOptions options = new() { MaxDegreeOfParallelism = CpuThreads.Count, CancellationToken = cancellation };
        Parallel.ForEach(chunks, options, () => new Dictionary<string, long>(StringComparer.Ordinal), (chunk, _, counts) =>
        {
            CountChunk(chunk.Span, counts);
            return counts;
        }, AddUp);
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
