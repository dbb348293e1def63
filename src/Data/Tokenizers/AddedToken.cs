namespace MiniStack.Data;

/// <summary>
/// A token that stands for a text as a whole: it is cut out before anything else looks at the text, and never merged or split.
/// </summary>
/// <param name="Content">The text.</param>
/// <param name="Id">Its number.</param>
/// <param name="IsSpecial">True for a mark that carries structure, such as an end of text; false for a word that was added to a
/// vocabulary.</param>
/// <param name="TakesSpaceBefore">White space before it belongs to it and is lost.</param>
/// <param name="TakesSpaceAfter">White space after it belongs to it and is lost.</param>
public sealed record AddedToken(
    string Content, int Id, bool IsSpecial = true, bool TakesSpaceBefore = false, bool TakesSpaceAfter = false);
