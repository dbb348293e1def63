using System.Buffers;
using System.Globalization;
using System.Text;

namespace MiniStack.Data;

/// <summary>Cuts a text into the pieces within which byte pairs merge, as GPT-2 does.</summary>
/// <remarks>
/// It does by hand what this pattern says, whose alternatives cover every character, so that nothing is lost:
/// <c>'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+</c>. Characters are code points, not
/// UTF-16 units, and \s is Unicode's White_Space, as in Hugging Face's Rust library.
/// </remarks>
internal static class Gpt2Splitter
{
    private enum Kind : byte
    {
        Other,
        Letter,
        Number,
        Space,
    }

    private static readonly Kind[] Ascii = [.. Enumerable.Range(0, 128).Select(code => KindOf(new Rune(code)))];

    /// <summary>Where the piece that begins at <paramref name="start"/> ends; the text has a character there.</summary>
    public static int EndOfPiece(ReadOnlySpan<char> text, int start)
    {
        if (text[start] == '\'' && Contraction(text[start..]) is > 0 and int length) return start + length;
        int at = start;
        Kind kind = KindAt(text, at, out int width);
        if (text[at] == ' ' && at + 1 < text.Length && KindAt(text, at + 1, out int widthAfter) is not Kind.Space and Kind after)
            (at, kind, width) = (at + 1, after, widthAfter);
        do at += width;
        while (at < text.Length && KindAt(text, at, out width) == kind);
        // \s+(?!\S): the last space goes with the word after it, unless it is the only one.
        return kind == Kind.Space && at < text.Length && at - start > 1 ? at - 1 : at;
    }

    /// <summary>
    /// A place at or after <paramref name="from"/> where a text can be cut in two whose pieces are those of the whole: before a space after
    /// something else.
    /// </summary>
    public static int SafeCut(ReadOnlySpan<char> text, int from)
    {
        // No piece goes on from something else to a space, and none looks back.
        for (int at = Math.Max(from, 1); at < text.Length; at++)
            if (char.IsWhiteSpace(text[at]) && !char.IsWhiteSpace(text[at - 1])) return at;
        return text.Length;
    }

    private static int Contraction(ReadOnlySpan<char> text) => text switch
    {
        ['\'', 's' or 't' or 'm' or 'd', ..] => 2,
        ['\'', 'r' or 'v', 'e', ..] or ['\'', 'l', 'l', ..] => 3,
        _ => 0,
    };

    private static Kind KindAt(ReadOnlySpan<char> text, int at, out int width)
    {
        width = 1;
        char c = text[at];
        if (c < 128) return Ascii[c];
        // Half a surrogate pair is encoded as U+FFFD, which is neither letter nor number.
        return Rune.DecodeFromUtf16(text[at..], out Rune rune, out width) == OperationStatus.Done ? KindOf(rune) : Kind.Other;
    }

    private static Kind KindOf(Rune rune) => Rune.GetUnicodeCategory(rune) switch
    {
        UnicodeCategory.UppercaseLetter or UnicodeCategory.LowercaseLetter or UnicodeCategory.TitlecaseLetter
            or UnicodeCategory.ModifierLetter or UnicodeCategory.OtherLetter => Kind.Letter,
        UnicodeCategory.DecimalDigitNumber or UnicodeCategory.LetterNumber or UnicodeCategory.OtherNumber => Kind.Number,
        _ => Rune.IsWhiteSpace(rune) ? Kind.Space : Kind.Other,
    };
}
