using System.Globalization;
using System.Text;

namespace MiniStack.Data;

/// <summary>
/// What BERT does to a text before it looks for tokens: cleaning, lower case without accents, and a cut at spaces and punctuation.
/// </summary>
/// <remarks>
/// Devlin et al. 2018, arXiv:1810.04805, in the code that came with it (BasicTokenizer), and Hugging Face's BertNormalizer and
/// BertPreTokenizer. Where these differ, Hugging Face's Rust library is followed, which defines the file format: a sigma at the end of
/// a word becomes σ, since letters become small one by one. But ideographs from U+2B820 to U+2B91F are words of their own, as in BERT's
/// code: Rust's list begins at 2B920, one digit off.
/// </remarks>
internal static class BertText
{
    /// <summary>The text as tokens are looked for in it.</summary>
    public static string Normalize(ReadOnlySpan<char> text, WordPieceOptions options)
    {
        StringBuilder normal = new(text.Length);
        StringBuilder one = new();
        bool strips = options.StripAccents ?? options.Lowercase;
        foreach (Rune rune in text.EnumerateRunes())
        {
            Rune read = rune;
            if (options.CleanText)
            {
                if (rune.Value is 0 or 0xFFFD || IsControl(rune)) continue;
                if (Rune.IsWhiteSpace(rune)) read = new Rune(' ');
            }
            bool alone = options.SeparateChinese && IsChinese(read.Value);
            if (alone) normal.Append(' ');
            if (strips) Accents.AppendWithout(one, read);
            else one.Append(read);
            if (options.Lowercase) AppendLower(normal, one);
            else normal.Append(one);
            one.Clear();
            if (alone) normal.Append(' ');
        }
        return normal.ToString();
    }

    /// <summary>
    /// The next word at or after <paramref name="start"/>: a punctuation mark, or all that lies between marks and spaces.
    /// </summary>
    /// <returns>False when there is none.</returns>
    public static bool NextWord(ReadOnlySpan<char> text, int start, out int from, out int to)
    {
        from = start;
        while (from < text.Length && char.IsWhiteSpace(text[from])) from++; // none lies beyond 16 bits
        to = from;
        while (to < text.Length && !char.IsWhiteSpace(text[to]))
        {
            _ = Rune.DecodeFromUtf16(text[to..], out Rune rune, out int width);
            if (!IsPunctuation(rune)) to += width;
            else if (to > from) break;
            else return (to += width) > 0;
        }
        return to > from;
    }

    private static void AppendLower(StringBuilder text, StringBuilder one)
    {
        foreach (Rune rune in one.ToString().EnumerateRunes())
        {
            // The only letter that becomes two; .NET leaves it as it is.
            if (rune.Value == 'İ') text.Append("i\u0307");
            else text.Append(Rune.ToLowerInvariant(rune));
        }
    }

    /// <summary>Unassigned code points, which depend on the version of Unicode, stay.</summary>
    private static bool IsControl(Rune rune) => rune.Value is not ('\t' or '\n' or '\r') &&
        Rune.GetUnicodeCategory(rune) is UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.PrivateUse;

    private static bool IsPunctuation(Rune rune) =>
        rune.Value is >= '!' and <= '/' or >= ':' and <= '@' or >= '[' and <= '`' or >= '{' and <= '~' || Rune.IsPunctuation(rune);

    /// <summary>The blocks of CJK ideographs that BERT knew; kana and Hangul are words as elsewhere.</summary>
    private static bool IsChinese(int code) => code is >= 0x4E00 and <= 0x9FFF or >= 0x3400 and <= 0x4DBF or >= 0x20000 and <= 0x2A6DF
        or >= 0x2A700 and <= 0x2B73F or >= 0x2B740 and <= 0x2B81F or >= 0x2B820 and <= 0x2CEAF or >= 0xF900 and <= 0xFAFF
        or >= 0x2F800 and <= 0x2FA1F;
}
