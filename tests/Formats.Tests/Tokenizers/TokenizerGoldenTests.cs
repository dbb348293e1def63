using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text.Json;
using MiniStack.Data;
using MiniStack.Tests;

namespace MiniStack.Formats.Tests;

/// <summary>Files that we write are read by Hugging Face's tokenizers for JavaScript, and both make the same of a thousand strings of all kinds.</summary>
public sealed class TokenizerGoldenTests : TestFolder
{
    private static readonly string[] Strings = JsonSerializer.Deserialize<string[]>(File.ReadAllText(PathIn("strings.json")))!;

    public static TheoryData<string> Names => ["bpe", "wordpiece"];

    [Theory]
    [MemberData(nameof(Names))]
    public void Save_ATrainedTokenizer_GivesTheGoldenFile(string name)
    {
        TokenizerJson.Save(PathOf("tokenizer.json"), Train(name));

        if (Environment.GetEnvironmentVariable("MINISTACK_APPROVE") == "1") File.Copy(PathOf("tokenizer.json"), PathIn($"{name}.json"), overwrite: true);
        Assert.Equal(File.ReadAllText(PathIn($"{name}.json")), File.ReadAllText(PathOf("tokenizer.json")));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Encode_AThousandStrings_IsWhatHuggingFaceSays(string name)
    {
        ITokenizer tokenizer = TokenizerJson.Load(PathIn($"{name}.json"));
        string[] lines = File.ReadAllLines(PathIn($"{name}.expected.jsonl"));

        Assert.Equal((1000, 1000), (Strings.Length, lines.Length));
        foreach ((string text, string line) in Strings.Zip(lines))
        {
            Expected expected = JsonSerializer.Deserialize<Expected>(line, JsonSerializerOptions.Web)!;
            Assert.Equal(expected.Ids, tokenizer.Encode(text));
            Assert.Equal(expected.Text ?? text, tokenizer.Decode(expected.Ids));
            TokenDecoder decoder = tokenizer.StartDecoding();
            Assert.Equal(expected.Text ?? text, string.Concat(expected.Ids.Select(decoder.Add)) + decoder.End());
            // The script mends three faults of the package, and what they do shows only where it can.
            Assert.True(expected.Shipped is null || text.Any(c => name == "bpe" ? c is '\u0085' or '\ufeff' : c == 'Σ' || char.IsSurrogate(c)), text);
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Script_RunAgain_SaysTheSame(string name) =>
        Assert.Equal(File.ReadAllText(PathIn($"{name}.expected.jsonl")), HuggingFace.Run("encode", PathIn($"{name}.json"), PathIn("strings.json")));

    [Fact]
    public void Encode_TinyShakespeare_IsWhatHuggingFaceSaid()
    {
        Assert.SkipWhen(TinyShakespeare.File is null, TinyShakespeare.Missing);

        Assert.Equal(File.ReadAllText(PathIn("shakespeare.digest")), EncodeShakespeare());
    }

    [Fact]
    public void Script_RunOnTinyShakespeare_SaysTheSame()
    {
        Assert.SkipWhen(TinyShakespeare.File is null, TinyShakespeare.Missing);

        string digest = EncodeShakespeare();
        string said = HuggingFace.Run("digest", PathOf("shakespeare.json"), TinyShakespeare.File!);

        if (Environment.GetEnvironmentVariable("MINISTACK_APPROVE") == "1") File.WriteAllText(PathIn("shakespeare.digest"), said);
        Assert.Equal(said, digest);
    }

    /// <summary>Learns 1,000 tokens from the plays, and says how many they take and their digest.</summary>
    private string EncodeShakespeare()
    {
        string text = TextFile.Read(TinyShakespeare.File!);
        ByteLevelBpe tokenizer = new BpeTrainer { VocabularySize = 1000, SpecialTokens = ["<|endoftext|>"] }.Train(text);
        TokenizerJson.Save(PathOf("shakespeare.json"), tokenizer);
        int[] ids = tokenizer.Encode(text);
        Assert.Equal(text, tokenizer.Decode(ids));
        return $"{ids.Length} {Convert.ToHexStringLower(SHA256.HashData(MemoryMarshal.AsBytes(ids.AsSpan())))}\n";
    }

    private static ITokenizer Train(string name)
    {
        string tales = TinyTales.Generate(60_000, new Rng(1)), strings = string.Join('\n', Strings);
        return name == "bpe"
            ? new BpeTrainer { VocabularySize = 1000, SpecialTokens = ["<|endoftext|>", "<|pad|>"] }.Train(tales + strings)
            : new WordPieceTrainer { VocabularySize = 3000 }.Train(tales + strings[..4_000]);
    }

    private static string PathIn(string name) => Path.Combine(HuggingFace.Golden, name);

    private sealed record Expected(int[] Ids, string? Text, int[]? Shipped);
}
