namespace MiniStack.Data;

/// <summary>Tokens that a model wants around a text, such as BERT's [CLS] and [SEP].</summary>
/// <param name="Before">Tokens before the text.</param>
/// <param name="After">Tokens after it.</param>
public sealed record TokenFrame(IReadOnlyList<int> Before, IReadOnlyList<int> After)
{
    /// <summary>Nothing before, nothing after.</summary>
    public static TokenFrame None { get; } = new([], []);

    /// <summary>The tokens of a text within the frame.</summary>
    public int[] Around(ReadOnlySpan<int> ids) => [.. Before, .. ids, .. After];
}
