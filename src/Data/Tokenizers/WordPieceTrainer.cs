namespace MiniStack.Data;

/// <summary>Learns a <see cref="WordPiece"/> from text, as Hugging Face's trainer does: by merging frequent pairs of characters.</summary>
/// <remarks>
/// Wu et al. 2016 choose the pair that raises the likelihood most; their trainer was never published, and BERT-like models trained
/// elsewhere use byte pair encoding's rule, over characters. The tokens are, in this order, the special ones, all characters, those that go
/// on words, and the merges: a character may begin a word that the text did not have.
/// </remarks>
public sealed class WordPieceTrainer
{
    /// <summary>BERT's special tokens: padding, unknown, begin, separator, mask.</summary>
    public static IReadOnlyList<string> BertSpecialTokens { get; } = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"];

    /// <summary>Tokens that there shall be; fewer when the text has no more pairs that are frequent enough.</summary>
    public required int VocabularySize { get; init; }

    /// <summary>A pair that stands in the text less often is not merged; at least 1.</summary>
    public long MinimumCount { get; init; } = 2;

    /// <summary>Tokens that are cut out of every text whole; the unknown token must be one of them.</summary>
    public IReadOnlyList<string> SpecialTokens { get; init; } = BertSpecialTokens;

    /// <summary>Options of the tokenizer.</summary>
    public WordPieceOptions Options { get; init; } = new();

    /// <summary>Learns from one text.</summary>
    /// <inheritdoc cref="Train(IEnumerable{string}, IProgress{BpeProgress}?, CancellationToken)"/>
    public WordPiece Train(string text, IProgress<BpeProgress>? progress = null, CancellationToken cancellation = default) =>
        Train([text], progress, cancellation);

    /// <summary>Learns from texts; no word reaches from one into the next.</summary>
    /// <param name="texts">What to learn from.</param>
    /// <param name="progress">Told after the words are counted, and after every merge.</param>
    /// <param name="cancellation">Ends the training early.</param>
    /// <exception cref="ConfigException">The vocabulary is too small for the characters of the text, or the least count is below
    /// 1.</exception>
    /// <exception cref="DataException">A special token is empty or given twice, or the unknown token is none of them.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    public WordPiece Train(IEnumerable<string> texts, IProgress<BpeProgress>? progress = null, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(texts);
        AddedToken[] special = AddedTokenFinder.Number(nameof(WordPieceTrainer), SpecialTokens);
        if (!SpecialTokens.Contains(Options.UnknownToken))
        {
            throw new DataException(
                $"WordPieceTrainer: the unknown token {TokenTable.Show(Options.UnknownToken)} is no special token. " +
                "Add it to SpecialTokens, or name another in the options.");
        }
        MergeLearner learner = new(nameof(WordPieceTrainer), VocabularySize, MinimumCount, Options.ContinuingPrefix);
        foreach (AddedToken token in special) learner.AddToken(token.Content);
        (string Word, long Count)[] counts = [.. CountWords(texts, special, cancellation).Select(pair => (pair.Key, pair.Value))];
        foreach (string token in
            counts.SelectMany(word => word.Word.EnumerateRunes()).Distinct().Select(rune => $"{rune}").Order(StringComparer.Ordinal))
        {
            learner.AddToken(token);
        }
        (string[] Characters, long Count)[] words = [.. counts.Select(word => (Characters(word.Word), word.Count))];
        foreach (string token in words.SelectMany(word => word.Characters.Skip(1)).Distinct().Order(StringComparer.Ordinal))
            learner.AddToken(token);
        if (learner.Tokens.Count > VocabularySize)
        {
            throw new ConfigException(
                $"WordPieceTrainer: a vocabulary of {VocabularySize} is too small for the characters of the text " +
                $"and {special.Length} special tokens. Ask for at least {learner.Tokens.Count}.");
        }
        foreach ((string[] characters, long count) in words) learner.AddWord(characters, count);
        learner.Learn(progress, cancellation);
        return new WordPiece(learner.Vocabulary(), special, Options);
    }

    private string[] Characters(string word) =>
        [.. word.EnumerateRunes().Select((rune, i) => i == 0 ? $"{rune}" : $"{Options.ContinuingPrefix}{rune}")];

    private SortedDictionary<string, long> CountWords(IEnumerable<string> texts, AddedToken[] special, CancellationToken cancellation)
    {
        SortedDictionary<string, long> counts = new(StringComparer.Ordinal);
        AddedTokenFinder finder = new(special);
        foreach (string text in texts)
            foreach ((int from, int to, _) in finder.Cut(text)) Count(text.AsSpan(from, to - from));
        return counts;

        void Count(ReadOnlySpan<char> section)
        {
            cancellation.ThrowIfCancellationRequested();
            string normal = BertText.Normalize(section, Options);
            for (int at = 0; BertText.NextWord(normal, at, out int first, out int end); at = end)
                counts[normal[first..end]] = counts.GetValueOrDefault(normal[first..end]) + 1;
        }
    }
}
