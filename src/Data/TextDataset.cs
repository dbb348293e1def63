namespace MiniStack.Data;

/// <summary>A text as tokens, cut into a training and a validation part.</summary>
public sealed class TextDataset
{
    private readonly int[] _tokens;

    /// <summary>The first 90 % for training, the rest for validation, unless told otherwise.</summary>
    /// <param name="text">The text.</param>
    /// <param name="tokenizer">Null for the characters of the text itself.</param>
    /// <param name="validationShare">Share of the text at its end that is held out, above 0 and below 1.</param>
    /// <exception cref="DataException">The text has a character that the tokenizer lacks.</exception>
    /// <exception cref="ConfigException">The share is not between 0 and 1.</exception>
    public TextDataset(string text, ITokenizer? tokenizer = null, double validationShare = 0.1)
    {
        ArgumentNullException.ThrowIfNull(text);
        if (!(validationShare > 0 && validationShare < 1))
        {
            throw new ConfigException(FormattableString.Invariant(
                $"TextDataset: the validation share must be above 0 and below 1, not {validationShare}."));
        }
        Tokenizer = tokenizer ?? CharTokenizer.FromText(text);
        _tokens = Tokenizer.Encode(text);
        TrainingCount = (int)(_tokens.Length * (1 - validationShare));
    }

    /// <summary>Turns text into tokens and back.</summary>
    public ITokenizer Tokenizer { get; }

    /// <summary>How many different tokens there are.</summary>
    public int VocabularySize => Tokenizer.VocabularySize;

    /// <summary>Tokens for training.</summary>
    public int TrainingCount { get; }

    /// <summary>Tokens held out.</summary>
    public int ValidationCount => _tokens.Length - TrainingCount;

    /// <summary>Throws unless both parts hold at least one sequence of <paramref name="context"/> tokens and its targets.</summary>
    /// <exception cref="DataException">The text is too short.</exception>
    /// <exception cref="ConfigException">The context is not positive.</exception>
    public void CheckContext(int context)
    {
        if (context < 1)
        {
            throw new ConfigException(FormattableString.Invariant(
                $"TextDataset: a context must have at least 1 token, but has {context}."));
        }
        int shorter = Math.Min(TrainingCount, ValidationCount);
        if (shorter < context + 1)
        {
            throw new DataException(
                $"The text is too short: its {(ValidationCount <= TrainingCount ? "validation" : "training")} part has " +
                $"{shorter} {(Tokenizer is CharTokenizer ? "characters" : "tokens")}, " +
                $"but a context of {context} needs at least {context + 1}. Use a longer text or a smaller context.");
        }
    }

    /// <summary>
    /// Endless batches from random places of the training part, each in tensors of its own that the collector takes back: they may be kept.
    /// </summary>
    /// <param name="size">Sequences a batch.</param>
    /// <param name="context">Tokens a sequence.</param>
    /// <param name="rng">Chooses the places; its state is the position in the data.</param>
    /// <param name="firstStep">Number of the first batch.</param>
    /// <exception cref="DataException">The text is too short.</exception>
    /// <exception cref="ConfigException">The size or the context is not positive.</exception>
    public IEnumerable<Batch> Batches(int size, int context, Rng rng, long firstStep = 0)
    {
        CheckSize(size, context);
        CheckContext(context);
        return Enumerate();

        IEnumerable<Batch> Enumerate()
        {
            for (long step = firstStep; ; step++)
            {
                long[] inputs = new long[size * context], targets = new long[inputs.Length];
                for (int row = 0; row < size; row++) CopyRow(inputs, targets, row * context, context, rng.Next(TrainingCount - context));
                yield return NewBatch(step, inputs, targets, [size, context]);
            }
        }
    }

    /// <summary>
    /// The whole validation part once, in sequences side by side; the last batch may be smaller. Each has tensors of its own.
    /// </summary>
    /// <param name="size">Sequences a batch.</param>
    /// <param name="context">Tokens a sequence; a rest that is shorter is left out.</param>
    /// <exception cref="DataException">The text is too short.</exception>
    /// <exception cref="ConfigException">The size or the context is not positive.</exception>
    public IEnumerable<Batch> Validation(int size, int context)
    {
        CheckSize(size, context);
        CheckContext(context);
        return Enumerate();

        IEnumerable<Batch> Enumerate()
        {
            int rows = (ValidationCount - 1) / context;
            for (int first = 0; first < rows; first += size)
            {
                int count = Math.Min(size, rows - first);
                long[] inputs = new long[count * context], targets = new long[inputs.Length];
                for (int row = 0; row < count; row++)
                    CopyRow(inputs, targets, row * context, context, TrainingCount + (first + row) * context);
                yield return NewBatch(first / size, inputs, targets, [count, context]);
            }
        }
    }

    private static void CheckSize(int size, int context)
    {
        if ((long)size * context > Array.MaxLength)
        {
            throw new ConfigException(FormattableString.Invariant(
                $"TextDataset: {size} sequences of {context} tokens are more than one tensor holds. Make the batch smaller."));
        }
        if (size < 1)
            throw new ConfigException(FormattableString.Invariant($"TextDataset: a batch must have at least 1 sequence, but has {size}."));
    }

    private static Batch NewBatch(long step, long[] inputs, long[] targets, Shape shape)
    {
        using MemoryScope persistent = MemoryScope.Persistent(); // whoever takes the batch may keep it
        return new Batch(step, Tensor.Wrap(inputs, shape), Tensor.Wrap(targets, shape));
    }

    private void CopyRow(long[] inputs, long[] targets, int at, int count, int start)
    {
        for (int i = 0; i < count; i++) (inputs[at + i], targets[at + i]) = (_tokens[start + i], _tokens[start + i + 1]);
    }
}
