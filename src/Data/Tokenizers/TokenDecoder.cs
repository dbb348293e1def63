using System.Text;

namespace MiniStack.Data;

/// <summary>Turns tokens that arrive one by one into text, and keeps back what is not a whole character yet.</summary>
/// <remarks>
/// All that <see cref="Add"/> and at last <see cref="End"/> return is, put together, what <see cref="ITokenizer.Decode"/> returns.
/// </remarks>
public abstract class TokenDecoder
{
    /// <summary>Takes the next token.</summary>
    /// <returns>The text that is certain now; may be empty.</returns>
    /// <exception cref="DataException">There is no such token.</exception>
    public abstract string Add(int id);

    /// <summary>Ends the text.</summary>
    /// <returns>What was kept back: U+FFFD for bytes that never became a character. The decoder is as new.</returns>
    public abstract string End();

    internal string AddAll(ReadOnlySpan<int> ids)
    {
        StringBuilder text = new();
        foreach (int id in ids) text.Append(Add(id));
        return text.Append(End()).ToString();
    }
}
