namespace MiniStack.Data;

/// <summary>How a byte-level tokenizer departs from GPT-2's; the names are those of tokenizer.json.</summary>
public sealed record ByteLevelBpeOptions
{
    /// <summary>
    /// A space is put before a text, and after an added token, where there is none, so that the first word is like all others.
    /// </summary>
    public bool AddPrefixSpace { get; init; }

    /// <summary>A word that is a token is that token, whatever the merges would make of it.</summary>
    public bool IgnoreMerges { get; init; }
}
