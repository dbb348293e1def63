namespace MiniStack.Data;

/// <summary>
/// Learns a <see cref="ByteLevelBpe"/> from text: the pair of neighbours that is most frequent becomes a token, again and again.
/// </summary>
/// <remarks>
/// Sennrich et al. 2016, arXiv:1508.07909, algorithm 1, over bytes as in GPT-2. The tokens are, in this order, the special ones, the 256
/// bytes, and the merges. Of equally frequent pairs the one with the smaller numbers goes first, as in Hugging Face's library, so that a
/// text gives one tokenizer, whatever the number of threads.
/// </remarks>
public sealed class BpeTrainer
{
    /// <summary>Tokens that there shall be; fewer when the text has no more pairs that are frequent enough.</summary>
    public required int VocabularySize { get; init; }

    /// <summary>A pair that stands in the text less often is not merged; at least 1.</summary>
    public long MinimumCount { get; init; } = 2;

    /// <summary>Tokens that are cut out of every text whole, such as an end-of-text mark; the first has the number 0.</summary>
    public IReadOnlyList<string> SpecialTokens { get; init; } = [];

    /// <summary>Options of the tokenizer.</summary>
    public ByteLevelBpeOptions Options { get; init; } = new();

    /// <summary>Learns from one text.</summary>
    /// <inheritdoc cref="Train(IEnumerable{string}, IProgress{BpeProgress}?, CancellationToken)"/>
    public ByteLevelBpe Train(string text, IProgress<BpeProgress>? progress = null, CancellationToken cancellation = default) =>
        Train([text], progress, cancellation);

    /// <summary>
    /// Learns from texts; no pair reaches from one into the next. Words are counted by <see cref="CpuThreads.Count"/> threads.
    /// </summary>
    /// <param name="texts">What to learn from.</param>
    /// <param name="progress">Told after the words are counted, and after every merge.</param>
    /// <param name="cancellation">Ends the training early.</param>
    /// <exception cref="ConfigException">The vocabulary is too small for the bytes and special tokens, or the least count is below
    /// 1.</exception>
    /// <exception cref="DataException">A special token is empty, given twice, or what other bytes are called.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    public ByteLevelBpe Train(IEnumerable<string> texts, IProgress<BpeProgress>? progress = null, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(texts);
        AddedToken[] special = AddedTokenFinder.Number(nameof(BpeTrainer), SpecialTokens);
        MergeLearner learner = new(nameof(BpeTrainer), VocabularySize, MinimumCount, continuingPrefix: "");
        foreach (AddedToken token in special)
        {
            if (ByteAlphabet.MeansOtherText(token.Content))
            {
                throw new DataException(
                    $"BpeTrainer: the special token {TokenTable.Show(token.Content)} is what a vocabulary calls other bytes. " +
                    "Give it a text in ASCII.");
            }
            learner.AddToken(token.Content);
        }
        foreach (char letter in ByteAlphabet.InOrder()) learner.AddToken($"{letter}");
        if (learner.Tokens.Count > VocabularySize)
        {
            throw new ConfigException(
                $"BpeTrainer: a vocabulary of {VocabularySize} is too small for 256 bytes and {special.Length} special tokens. " +
                $"Ask for at least {learner.Tokens.Count}.");
        }
        WordCounter counter = new(special, Options.AddPrefixSpace, cancellation);
        foreach ((string word, long count) in counter.Count(texts)) learner.AddWord(word.Select(letter => $"{letter}"), count);
        List<(string, string)> merges = learner.Learn(progress, cancellation);
        return new ByteLevelBpe(learner.Vocabulary(), merges, special, Options);
    }
}
