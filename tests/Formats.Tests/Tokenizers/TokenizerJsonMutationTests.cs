using System.Text;
using MiniStack.Data;

namespace MiniStack.Formats.Tests;

/// <summary>Valid files, damaged at random with a fixed seed: each loads and encodes, or is refused with a sentence, at once.</summary>
public sealed class TokenizerJsonMutationTests(ITestOutputHelper output) : TestFolder(manyFiles: true)
{
    private static readonly string[] Fragments =
    [
        "{", "}", "[", "]", ",", ":", "\"", "0", "1", "-1", "8", "2147483648", "1e9", "null", "true", "false", "\\u0000", "\\ud800", "\"type\"", "\"model\"", "\"vocab\"", "\"merges\"",
        "\"added_tokens\"", "\"Sequence\"", "\"ByteLevel\"", "\"WordPiece\"", "\"id\"", "\"content\"", "\"a b\"", "Ġ", "##", "[UNK]", "a", " ", "\n", "é", "中",
    ];

    [Fact]
    public void Load_MutatedFiles_LoadOrAreRefused()
    {
        string[] files = [TokenizerFiles.Bpe, TokenizerFiles.WordPiece];
        byte[][] seeds = [.. files.Select(Encoding.UTF8.GetBytes)];
        output.WriteLine(Mutants.Try(PathOf("mutant.json"), LoadAndUse, (i, random) =>
        {
            List<byte> bytes = [.. seeds[i % seeds.Length]];
            for (int changes = random.Next(3) == 0 ? random.Next(2, 4) : 1; changes > 0; changes--) Mutants.Change(bytes, bytes.Count, Fragments, random);
            return [.. bytes];
        }));
    }

    private static void LoadAndUse(string path)
    {
        ITokenizer tokenizer = TokenizerJson.Load(path);
        tokenizer.Decode(tokenizer.Frame.Around(tokenizer.Encode("The cat's naïve 中文 <s>[CLS] aabb abab 😀\ud800")));
    }
}
