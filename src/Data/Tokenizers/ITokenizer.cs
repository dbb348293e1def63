namespace MiniStack.Data;

/// <summary>Turns text into numbers and back.</summary>
/// <remarks>Every implementation may be used by several threads at once.</remarks>
public interface ITokenizer
{
    /// <summary>How many tokens there are; each is a number from 0 to below it.</summary>
    int VocabularySize { get; }

    /// <summary>The tokens that stand for a text as a whole, such as an end-of-text mark; empty when there are none.</summary>
    IReadOnlyList<AddedToken> AddedTokens { get; }

    /// <summary>
    /// What a model wants before and after every text; <see cref="TokenFrame.None"/> when it wants nothing. <see cref="Encode"/> leaves it
    /// out.
    /// </summary>
    TokenFrame Frame { get; }

    /// <summary>The tokens of a text.</summary>
    /// <param name="text">Any text.</param>
    /// <param name="special">Whether special tokens in it are tokens. False for a text of strangers, who could write an end-of-text mark:
    /// it is then encoded letter by letter.</param>
    /// <exception cref="DataException">The tokenizer has no tokens for a part of the text.</exception>
    int[] Encode(string text, bool special = true);

    /// <summary>The text of tokens.</summary>
    /// <param name="ids">Tokens.</param>
    /// <param name="special">Whether special tokens are written; false leaves them out.</param>
    /// <exception cref="DataException">A token is not from 0 to below <see cref="VocabularySize"/>.</exception>
    string Decode(ReadOnlySpan<int> ids, bool special = true);

    /// <summary>A decoder for tokens that arrive one by one.</summary>
    /// <param name="special">Whether special tokens are written; false leaves them out.</param>
    TokenDecoder StartDecoding(bool special = true);
}
