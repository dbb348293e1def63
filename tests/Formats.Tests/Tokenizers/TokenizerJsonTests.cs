using System.Text;
using MiniStack.Data;

namespace MiniStack.Formats.Tests;

/// <summary>What was saved is read again, and what other programs save is understood.</summary>
public sealed class TokenizerJsonTests : TestFolder
{
    [Fact]
    public void Load_BytePairsOfAnotherProgram_ReadsAllParts()
    {
        ByteLevelBpe bpe = Assert.IsType<ByteLevelBpe>(Load(TokenizerFiles.Bpe));

        Assert.Equal(262, bpe.VocabularySize);
        Assert.Equal([("a", "b"), ("Ġ", "a"), ("ab", "b")], bpe.Merges);
        Assert.Equal([new AddedToken("<s>", 260), new AddedToken("<mask>", 261, IsSpecial: false, TakesSpaceBefore: true)], bpe.AddedTokens);
        Assert.Equal([260, 5, 260], bpe.Frame.Around([5]));
        Assert.Equal(new ByteLevelBpeOptions(), bpe.Options);
        Assert.Equal([258, 257, 260, 65, 261, 65], bpe.Encode("abb a<s>b <mask>b"));
    }

    [Fact]
    public void Load_WordPieceOfAnotherProgram_ReadsAllParts()
    {
        WordPiece wordPiece = Assert.IsType<WordPiece>(Load(TokenizerFiles.WordPiece));

        Assert.Equal(new WordPieceOptions(), wordPiece.Options);
        Assert.Equal([1, 3, 4, 5, 6, 8, 9, 14, 15, 0, 2], wordPiece.Frame.Around(wordPiece.Encode("The cat's naïve中文 dog")));
    }

    public static TheoryData<string, string> Equivalents => new()
    {
        { "\"type\": \"BPE\", ", "" }, // GPT-2's own file
        { "\"dropout\": null", "\"dropout\": 0.0" },
        { "\"continuing_subword_prefix\": null", "\"continuing_subword_prefix\": \"\"" },
        { "\"unk_token\": null", "\"unk_token\": \"<s>\"" },
        { "\"normalizer\": null", "\"normalizer\": {\"type\": \"Sequence\", \"normalizers\": [null]}" },
        { "\"pre_tokenizer\": {\"type\": \"ByteLevel\", \"add_prefix_space\": false, \"trim_offsets\": true, \"use_regex\": true}",
            "\"pre_tokenizer\": {\"type\": \"Sequence\", \"pretokenizers\": [{\"type\": \"ByteLevel\"}]}" },
        { "{\"type\": \"RobertaProcessing\", \"sep\": [\"<s>\", 260], \"cls\": [\"<s>\", 260], \"trim_offsets\": true, \"add_prefix_space\": false}",
            "{\"type\": \"Sequence\", \"processors\": [{\"type\": \"ByteLevel\"}, {\"type\": \"BertProcessing\", \"sep\": [\"<s>\", 260], \"cls\": [\"<s>\", 260]}]}" },
    };

    [Theory]
    [MemberData(nameof(Equivalents))]
    public void Load_OtherWordsForTheSame_GivesTheSame(string usual, string other)
    {
        Assert.Contains(usual, TokenizerFiles.Bpe);

        TokenizerJson.Save(PathOf("a"), Load(TokenizerFiles.Bpe));
        TokenizerJson.Save(PathOf("b"), Load(TokenizerFiles.Bpe.Replace(usual, other)));

        Assert.Equal(File.ReadAllBytes(PathOf("a")), File.ReadAllBytes(PathOf("b")));
    }

    [Fact]
    public void Load_ASequenceOfProcessors_PutsTheLaterOnesOutside()
    {
        const string Both = "{\"type\": \"Sequence\", \"processors\": [{\"type\": \"BertProcessing\", \"sep\": [\"\", 2], \"cls\": [\"\", 1]}, {\"type\": \"BertProcessing\", \"sep\": [\"\", 4], \"cls\": [\"\", 3]}]}";
        string file = TokenizerFiles.Bpe.Replace("{\"type\": \"RobertaProcessing\", \"sep\": [\"<s>\", 260], \"cls\": [\"<s>\", 260], \"trim_offsets\": true, \"add_prefix_space\": false}", Both);

        Assert.Equal([3, 1, 9, 2, 4], Load(file).Frame.Around([9]));
    }

    [Fact]
    public void Save_ThenLoad_KeepsEverything()
    {
        ByteLevelBpe bpe = new(
            Assert.IsType<ByteLevelBpe>(Load(TokenizerFiles.Bpe)).Vocabulary, [("a", "b"), ("ab", "b")],
            [new("<a \"\\\u0007>", 260, IsSpecial: false, TakesSpaceAfter: true), new("中😀", 261)],
            new() { AddPrefixSpace = true, IgnoreMerges = true }, new TokenFrame([260, 261], [261]));
        WordPiece wordPiece = new(
            new Dictionary<string, int> { ["?"] = 0, ["a"] = 1, ["@@b"] = 2, ["<x>"] = 3 }, [new("<x>", 3)],
            new() { UnknownToken = "?", ContinuingPrefix = "@@", MaxCharactersPerWord = 7, CleanText = false, SeparateChinese = false, StripAccents = true, Lowercase = false, CleanUpDecoded = false });

        ByteLevelBpe sameBpe = Assert.IsType<ByteLevelBpe>(SaveAndLoad(bpe));
        WordPiece sameWordPiece = Assert.IsType<WordPiece>(SaveAndLoad(wordPiece));

        Assert.Equal(bpe.Vocabulary.OrderBy(pair => pair.Value), sameBpe.Vocabulary);
        Assert.Equal(bpe.Merges, sameBpe.Merges);
        Assert.Equal(bpe.AddedTokens, sameBpe.AddedTokens);
        Assert.Equal(bpe.Options, sameBpe.Options);
        Assert.Equal([260, 261, 5, 261], sameBpe.Frame.Around([5]));
        Assert.Equal(wordPiece.Vocabulary.OrderBy(pair => pair.Value), sameWordPiece.Vocabulary);
        Assert.Equal(wordPiece.AddedTokens, sameWordPiece.AddedTokens);
        Assert.Equal(wordPiece.Options, sameWordPiece.Options);
        Assert.Empty(sameWordPiece.Frame.Around([]));
    }

    [Fact]
    public void Save_WhatCannotBeWritten_SaysWhyAndLeavesTheOldFile()
    {
        string path = FileOf([1, 2, 3], "tokenizer.json");

        Assert.Equal($"{path}: cannot be written: tokenizer.json has no form for CharTokenizer. It takes ByteLevelBpe and WordPiece; a CharTokenizer has ToJson.",
            Assert.Throws<CheckpointException>(() => TokenizerJson.Save(path, new CharTokenizer("ab"))).Message);
        Assert.Equal($"{path}: cannot be written: the token '\\ud800' is not valid Unicode. Leave it out.",
            Assert.Throws<CheckpointException>(() => TokenizerJson.Save(path, new WordPiece(new Dictionary<string, int> { ["[UNK]"] = 0, ["\ud800"] = 1 }))).Message);
        Assert.Equal([1, 2, 3], File.ReadAllBytes(path));
    }

    [Fact]
    public void Load_AVocabularyOfMegabytes_AllocatesASmallMultiple()
    {
        StringBuilder vocab = new(TokenizerFiles.Letters()), merges = new();
        string[] letters = [.. Enumerable.Range('a', 26).Select(code => $"{(char)code}")];
        int id = 256;
        List<string> parts = [.. letters];
        for (int i = 0; id < 150_000; i++)
        {
            string left = parts[i];
            foreach (string right in letters)
            {
                vocab.Append($", \"{left + right}\": {id++}");
                merges.Append($"{(merges.Length > 0 ? ", " : "")}\"{left} {right}\"");
                parts.Add(left + right);
            }
        }
        string file = $$$"""
            {"added_tokens": [], "normalizer": null, "pre_tokenizer": {"type": "ByteLevel"}, "post_processor": null, "decoder": {"type": "ByteLevel"},
             "model": {"type": "BPE", "vocab": {{{{vocab}}}}, "merges": [{{{merges}}}]}}
            """;
        Assert.InRange(MemoryToLoad(file, id), 1, 16);
    }

    [Fact]
    public void Load_MegabytesOfAddedTokens_AllocatesASmallMultiple()
    {
        IEnumerable<string> tokens = Enumerable.Range(256, 30_000).Select(id => $$"""{"id": {{id}}, "content": "<{{new Rng((ulong)id).NextUInt32()}}|{{id}}>", "special": true}""");
        string file = $$$"""
            {"added_tokens": [{{{string.Join(",", tokens)}}}], "normalizer": null, "pre_tokenizer": {"type": "ByteLevel"}, "post_processor": null, "decoder": {"type": "ByteLevel"},
             "model": {"type": "BPE", "vocab": {{{{TokenizerFiles.Letters()}}}}, "merges": []}}
            """;
        Assert.InRange(MemoryToLoad(file, 30_256), 1, 16);
    }

    /// <summary>Bytes that loading allocates for each byte of the file.</summary>
    private double MemoryToLoad(string file, int tokens)
    {
        string path = FileOf(Encoding.UTF8.GetBytes(file), "large.json");
        TokenizerJson.Load(path); // compiled now

        long before = GC.GetAllocatedBytesForCurrentThread();
        ITokenizer tokenizer = TokenizerJson.Load(path);
        long allocated = GC.GetAllocatedBytesForCurrentThread() - before;

        Assert.Equal(tokens, tokenizer.VocabularySize);
        return (double)allocated / file.Length;
    }

    private ITokenizer Load(string json) => TokenizerJson.Load(FileOf(Encoding.UTF8.GetBytes(json), "tokenizer.json"));

    private ITokenizer SaveAndLoad(ITokenizer tokenizer)
    {
        TokenizerJson.Save(PathOf("saved.json"), tokenizer);
        ITokenizer loaded = TokenizerJson.Load(PathOf("saved.json"));
        TokenizerJson.Save(PathOf("again.json"), loaded);
        Assert.Equal(File.ReadAllBytes(PathOf("saved.json")), File.ReadAllBytes(PathOf("again.json")));
        return loaded;
    }
}
