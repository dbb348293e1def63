using System.Text;

namespace MiniStack.Tests;

/// <summary>Texts of every kind of character: all planes, marks, spaces, controls, halves of surrogate pairs.</summary>
internal static class RandomText
{
    private static readonly string[] Fragments =
    [
        "'s", "'t", "'re", "'ve", "'m", "'ll", "'d", "'S", "'", "''", "  ", "   ", "\n", "\r\n", "\t", "\v", "\f", "\u0085", "\u00a0", "\u2028", "\u3000", "\u200b", "\ufeff",
        "the", "and", " a", "I", "ing", "naïve", "e\u0301", "中文", "日本", "한국", "😀", "👩‍👩‍👧", "𝒳", "𐍈", "𝟘", "²", "Ⅷ", "½", "٣", "1234", "...", "#", "—", "\0", "\u001b", "\ufffd", "İ", "Σ",
    ];

    public static string Next(Random random, int parts, bool halves = true)
    {
        StringBuilder text = new();
        for (int i = 0; i < parts; i++)
        {
            switch (random.Next(8))
            {
                case 0: text.Append((char)random.Next(32, 127)); break;
                case 1: text.Append(' '); break;
                case 2: text.Append(RuneBelow(random, 0x3000)); break;
                case 3: text.Append(RuneBelow(random, 0x10000)); break;
                case 4: text.Append(RuneBelow(random, 0x110000)); break;
                case 5 when halves && random.Next(4) == 0: text.Append((char)random.Next(0xD800, 0xE000)); break;
                default: text.Append(Fragments[random.Next(Fragments.Length)]); break;
            }
        }
        return text.ToString();
    }

    private static Rune RuneBelow(Random random, int end)
    {
        while (true)
            if (Rune.TryCreate(random.Next(end), out Rune rune)) return rune;
    }
}
