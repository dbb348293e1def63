using System.Text;
using System.Text.RegularExpressions;
using MiniStack.Data;

namespace MiniStack.Tests;

/// <summary>The splitter by hand cuts where GPT-2's pattern does.</summary>
public sealed partial class Gpt2SplitterTests
{
    [Theory]
    [InlineData("Hello world", "Hello| world")]
    [InlineData("I'll say it's we've've 'tis", "I|'ll| say| it|'s| we|'ve|'ve| '|tis")]
    [InlineData("a  b   c\n\nd ", "a| | b|  | c|\n|\n|d| ")]
    [InlineData("x=12+3.5 ?!", "x|=|12|+|3|.|5| ?!")]
    [InlineData("  \n", "  \n")]
    [InlineData("\n\n  a", "\n\n | a")]
    [InlineData("'S 'LL", "'|S| '|LL")]
    [InlineData("𝒳𝒴 𝟘𝟙😀", "𝒳𝒴| 𝟘𝟙|😀")]
    public void EndOfPiece_Examples_AreCutSo(string text, string pieces) => Assert.Equal(pieces.Split('|'), Pieces(text));

    [Fact]
    public void EndOfPiece_RandomText_IsWhatThePatternSays()
    {
        Random random = new(1);
        for (int i = 0; i < 5_000; i++)
        {
            string text = RandomText.Next(random, random.Next(1, 30));
            // .NET's pattern sees halves of what lies beyond 16 bits: those stand in by a character of their kind that does not.
            string shorter = InSixteenBits(text);
            int[] expected = [.. Pattern().Matches(shorter).Select(match => match.Value.Length)];
            Assert.Equal(expected, Pieces(text).Select(piece => InSixteenBits(piece).Length));
            Assert.Equal(text, string.Concat(Pieces(text)));
        }
    }

    [Fact]
    public void SafeCut_RandomText_LeavesThePiecesAsTheyAre()
    {
        Random random = new(2);
        int cuts = 0;
        for (int i = 0; i < 5_000; i++)
        {
            string text = RandomText.Next(random, random.Next(1, 30));
            int cut = Gpt2Splitter.SafeCut(text, random.Next(text.Length + 1));
            if (cut < text.Length) cuts++;
            Assert.Equal(Pieces(text), [.. Pieces(text[..cut]), .. Pieces(text[cut..])]);
        }
        Assert.InRange(cuts, 1_000, 5_000);
    }

    private static List<string> Pieces(string text)
    {
        List<string> pieces = [];
        for (int start = 0, end; start < text.Length; start = end)
        {
            end = Gpt2Splitter.EndOfPiece(text, start);
            pieces.Add(text[start..end]);
        }
        return pieces;
    }

    private static string InSixteenBits(string text)
    {
        StringBuilder shorter = new();
        for (int i = 0; i < text.Length; i++)
        {
            if (!Rune.TryGetRuneAt(text, i, out Rune rune) || rune.IsBmp)
            {
                shorter.Append(text[i]);
                continue;
            }
            shorter.Append(Rune.IsLetter(rune) ? 'é' : Rune.IsNumber(rune) ? '²' : '#');
            i++;
        }
        return shorter.ToString();
    }

    [GeneratedRegex(@"'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+")]
    private static partial Regex Pattern();
}
