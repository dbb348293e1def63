using System.Text;
using System.Text.Unicode;

namespace MiniStack.Data;

/// <summary>GPT-2's letters for bytes: with them a token of any bytes is a text that can be printed and stored in JSON.</summary>
/// <remarks>
/// A byte that is a printable character of Latin-1 is written as that character; the 68 others (controls, the space, the
/// no-break space and the soft hyphen) are written, in their order, as U+0100 and those after it: a space is Ġ.
/// Radford et al. 2019, "Language models are unsupervised multitask learners", in the code that came with it.
/// </remarks>
internal static class ByteAlphabet
{
    private static readonly char[] Letters = MakeLetters();
    private static readonly short[] Bytes = MakeBytes();

    /// <summary>The letter of a byte.</summary>
    public static char LetterOf(byte value) => Letters[value];

    /// <summary>The byte of a letter; -1 when no byte is written so.</summary>
    public static int ByteOf(char letter) => letter < Bytes.Length ? Bytes[letter] : -1;

    /// <summary>All letters in the order of their code points, which is the order of the first tokens of a trained vocabulary.</summary>
    public static IEnumerable<char> InOrder() => Letters.Order();

    /// <summary>Bytes as letters.</summary>
    public static string Write(ReadOnlySpan<byte> bytes) => string.Create(bytes.Length, bytes, (letters, values) =>
    {
        for (int i = 0; i < letters.Length; i++) letters[i] = Letters[values[i]];
    });

    /// <summary>Letters as bytes; null when one is no letter of the alphabet.</summary>
    public static byte[]? Read(string letters)
    {
        byte[] bytes = new byte[letters.Length];
        for (int i = 0; i < bytes.Length; i++)
        {
            if (ByteOf(letters[i]) is not (>= 0 and int value)) return null;
            bytes[i] = (byte)value;
        }
        return bytes;
    }

    /// <summary>
    /// Whether a text, read as letters, is a byte or a whole text of another meaning: Ġ is a space, Ã© is é. No token of its own may be
    /// called so.
    /// </summary>
    public static bool MeansOtherText(string text)
    {
        if (Ascii.IsValid(text) || Read(text) is not { } bytes) return false;
        return bytes.Length == 1 || Utf8.IsValid(bytes);
    }

    private static char[] MakeLetters()
    {
        char[] letters = new char[256];
        char next = '\u0100';
        for (int value = 0; value < 256; value++)
        {
            bool printable = value is >= '!' and <= '~' or >= 0xA1 and <= 0xFF and not 0xAD;
            letters[value] = printable ? (char)value : next++;
        }
        return letters;
    }

    private static short[] MakeBytes()
    {
        short[] bytes = new short[Letters.Max() + 1];
        Array.Fill(bytes, (short)-1);
        for (int value = 0; value < 256; value++) bytes[Letters[value]] = (short)value;
        return bytes;
    }
}
