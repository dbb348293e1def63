namespace MiniStack.Data;

/// <summary>
/// What a <see cref="WordPiece"/> does to a text before it looks for tokens; the values are those of BERT's uncased models.
/// </summary>
public sealed record WordPieceOptions
{
    /// <summary>Stands for every word that has no tokens.</summary>
    public string UnknownToken { get; init; } = "[UNK]";

    /// <summary>Begins every token that goes on a word.</summary>
    public string ContinuingPrefix { get; init; } = "##";

    /// <summary>A word with more code points is unknown; from 1 to 1,000.</summary>
    public int MaxCharactersPerWord { get; init; } = 100;

    /// <summary>Control characters and U+FFFD are left out, and every white space is read as a space.</summary>
    public bool CleanText { get; init; } = true;

    /// <summary>Every Chinese character is a word.</summary>
    public bool SeparateChinese { get; init; } = true;

    /// <summary>Letters lose their accents; null for what <see cref="Lowercase"/> says.</summary>
    public bool? StripAccents { get; init; }

    /// <summary>Letters become small.</summary>
    public bool Lowercase { get; init; } = true;

    /// <summary>Decoding leaves out the spaces before full stops, commas, question marks and exclamation marks.</summary>
    /// <remarks>
    /// Hugging Face's clean-up names English contractions too, but looks at one token after the other, and words are cut at the apostrophe:
    /// "hotel ' s" stays.
    /// </remarks>
    public bool CleanUpDecoded { get; init; } = true;
}
