using System.Collections.Frozen;
using System.Globalization;
using System.Text;

namespace MiniStack.Data;

/// <summary>Takes the accents from characters, as BERT does: canonical decomposition without what is left of category Mn.</summary>
/// <remarks>
/// .NET leaves texts as they are when it runs without ICU (InvariantGlobalization), so the decompositions are a table here,
/// beside the script that made it. Unicode also sorts the marks after a letter; that would show only on rare marks of musical notes,
/// which are not Mn, and is left out.
/// </remarks>
internal static class Accents
{
    private const int FirstSyllable = 0xAC00, LastSyllable = 0xD7A3, Vowels = 21, Trailers = 28;

    private static readonly FrozenDictionary<int, Rune[]> Left = Read();

    /// <summary>Appends what is left of a character.</summary>
    public static void AppendWithout(StringBuilder text, Rune character)
    {
        int code = character.Value;
        if (code < 0x80)
        {
            text.Append((char)code);
        }
        else if (Left.TryGetValue(code, out Rune[]? left))
        {
            foreach (Rune rune in left) text.Append(rune);
        }
        else if (code is >= FirstSyllable and <= LastSyllable)
        {
            // The Unicode Standard, section 3.12: a syllable's number is its letters' numbers in a mixed base.
            int syllable = code - FirstSyllable, trailer = syllable % Trailers;
            text.Append((char)(0x1100 + syllable / (Vowels * Trailers))).Append((char)(0x1161 + syllable / Trailers % Vowels));
            if (trailer > 0) text.Append((char)(0x11A7 + trailer));
        }
        else if (Rune.GetUnicodeCategory(character) != UnicodeCategory.NonSpacingMark)
        {
            text.Append(character);
        }
    }

    private static FrozenDictionary<int, Rune[]> Read()
    {
        using StreamReader lines = new(typeof(Accents).Assembly.GetManifestResourceStream("Accents.txt")!);
        Dictionary<int, Rune[]> left = [];
        while (lines.ReadLine() is { } line)
        {
            int[] codes = [.. line.Split(' ').Select(code => int.Parse(code, NumberStyles.HexNumber, CultureInfo.InvariantCulture))];
            left.Add(codes[0], [.. codes[1..].Select(code => new Rune(code))]);
        }
        return left.ToFrozenDictionary();
    }
}
