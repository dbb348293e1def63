using System.Text;
using MiniStack.Data;

namespace MiniStack.Tests;

/// <summary>Any text comes back whole, its tokens are those of the specification, and tokens that arrive one by one make the same text.</summary>
public sealed class ByteLevelBpeTests
{
    private const string End = "<|endoftext|>";

    private static readonly ByteLevelBpe Trained = new BpeTrainer { VocabularySize = 700, SpecialTokens = [End, "<|end|>"] }
        .Train(TinyTales.Generate(60_000, new Rng(1)) + RandomText.Next(new Random(1), 3_000));

    [Fact]
    public void LetterOf_AllBytes_IsGpt2sTable()
    {
        string letters = string.Concat(Enumerable.Range(0, 256).Select(value => ByteAlphabet.LetterOf((byte)value)));

        Assert.Equal(256, letters.Distinct().Count());
        Assert.Equal(188, letters.Select((letter, value) => letter == value).Count(same => same));
        Assert.All(letters, letter => Assert.False(char.IsControl(letter) || char.IsWhiteSpace(letter)));
        Assert.Equal("ĠĊĀġŃ", ByteAlphabet.Write([(byte)' ', (byte)'\n', 0, 0x7F, 0xAD]));
        Assert.All(Enumerable.Range(0, 256), value => Assert.Equal(value, ByteAlphabet.ByteOf(ByteAlphabet.LetterOf((byte)value))));
        Assert.Equal([-1, -1, -1], ((char[])[' ', '\u0144', '中']).Select(ByteAlphabet.ByteOf));
        Assert.Null(ByteAlphabet.Read("a b"));
    }

    [Fact]
    public void Encode_RandomWords_MergesAsTheSpecification()
    {
        (string, string)[] merges = [.. Trained.Merges];
        Random random = new(5);
        for (int i = 0; i < 300; i++)
        {
            string text = RandomText.Next(random, random.Next(1, 12));
            List<int> expected = [];
            for (int start = 0, end; start < text.Length; start = end)
            {
                end = Gpt2Splitter.EndOfPiece(text, start);
                expected.AddRange(BpeSpecification.Merge(BpeSpecification.Letters(text[start..end]), merges).Select(token => Trained.Vocabulary[token]));
            }
            Assert.Equal(expected, Trained.Encode(text));
            Assert.Equal(expected, Trained.Encode(text)); // now from memory
        }
    }

    [Fact]
    public void Encode_MergesInAnyOrder_MergesAsTheSpecification()
    {
        // In a trained table a merge follows those that make its parts; a file need not be so.
        Random random = new(6);
        for (int i = 0; i < 300; i++)
        {
            HashSet<string> tokens = ["a", "b", "c"];
            HashSet<(string, string)> merges = [];
            for (int m = 0; m < 12; m++)
            {
                (string left, string right) = (tokens.ElementAt(random.Next(tokens.Count)), tokens.ElementAt(random.Next(tokens.Count)));
                if (left.Length + right.Length > 6) continue;
                tokens.Add(left + right);
                merges.Add((left, right));
            }
            (string, string)[] order = [.. merges];
            random.Shuffle(order);
            ByteLevelBpe tokenizer = Of([.. tokens.Where(token => token.Length > 1)], order);
            string word = string.Concat(Enumerable.Range(0, random.Next(1, 20)).Select(_ => (char)('a' + random.Next(3))));

            Assert.Equal(BpeSpecification.Merge(word.Select(letter => $"{letter}"), order), tokenizer.Encode(word).Select(id => tokenizer.Decode([id])));
        }
    }

    [Fact]
    public void Decode_OfEncodedText_IsTheText()
    {
        Random random = new(7);
        for (int i = 0; i < 2_000; i++)
        {
            string text = RandomText.Next(random, random.Next(40), halves: false) + (i % 3 == 0 ? End + RandomText.Next(random, 3, halves: false) : "");
            Assert.Equal(text, Trained.Decode(Trained.Encode(text)));
        }
        Assert.Empty(Trained.Encode(""));
        Assert.Equal("", Trained.Decode([]));
    }

    [Fact]
    public void Encode_HalfASurrogatePair_IsReadAsTheReplacementCharacter()
    {
        Assert.Equal(Trained.Encode("a\ufffdb"), Trained.Encode("a\ud800b"));
        Assert.Equal("\ufffd", Trained.Decode(Trained.Encode("\udc00")));
    }

    [Fact]
    public void StartDecoding_AnyTokens_GivesTheTextOfTheirBytesPieceByPiece()
    {
        Random random = new(8);
        for (int i = 0; i < 2_000; i++)
        {
            int[] ids = [.. Enumerable.Range(0, random.Next(20)).Select(_ => random.Next(Trained.VocabularySize))];
            TokenDecoder decoder = Trained.StartDecoding();
            List<string> parts = [.. ids.Select(decoder.Add), decoder.End()];
            // The bytes of what lies between added tokens, read as a whole.
            StringBuilder whole = new();
            List<byte> bytes = [];
            Dictionary<int, string> tokens = Trained.Vocabulary.ToDictionary(pair => pair.Value, pair => pair.Key);
            foreach (int id in ids)
            {
                if (id > 1)
                {
                    bytes.AddRange(ByteAlphabet.Read(tokens[id])!);
                    continue;
                }
                whole.Append(Encoding.UTF8.GetString([.. bytes])).Append(tokens[id]);
                bytes.Clear();
            }
            string expected = whole.Append(Encoding.UTF8.GetString([.. bytes])).ToString();
            Assert.Equal(expected, string.Concat(parts));
            Assert.Equal(expected, Trained.Decode(ids));
        }
    }

    [Fact]
    public void Add_TheBytesOfAnEmoji_KeepsThemBackUntilTheyAreWhole()
    {
        TokenDecoder decoder = Bytes.StartDecoding();
        int[] ids = Bytes.Encode("😀");

        Assert.Equal(["", "", "", "😀", ""], [.. ids.Select(decoder.Add), decoder.End()]);
        Assert.Equal(["", "\ufffd", ""], [decoder.Add(ids[0]), decoder.End(), decoder.End()]);
        Assert.Equal(["", "", "\ufffda"], [decoder.Add(ids[0]), decoder.Add(ids[1]), decoder.Add(Bytes.Encode("a")[0])]);
    }

    [Fact]
    public void Encode_AddedTokens_TakesTheLeftmostAndOfSeveralTheLongest()
    {
        ByteLevelBpe tokenizer = Of([], [], [new("<|end|>", 256), new("<|end|>x", 257), new("end", 258, TakesSpaceBefore: true, TakesSpaceAfter: true)]);

        Assert.Equal("a|<|end|>|b|<|end|>x|<|end|>|c", Shown(tokenizer, "a<|end|>b<|end|>x<|end|>c"));
        Assert.Equal("a|end|b|end", Shown(tokenizer, "a \t\nend  bend"));
        Assert.Equal("<|end|>|end|<|end|>", Shown(tokenizer, "<|end|> end <|end|>"));
    }

    [Fact]
    public void Encode_WithAPrefixSpace_AddsItWhereThereIsNone()
    {
        ByteLevelBpe tokenizer = Of(["Ġa"], [("Ġ", "a")], [new("<s>", 257)], new() { AddPrefixSpace = true });

        Assert.Equal(" a| |\n|a", Shown(tokenizer, "a \na"));
        Assert.Equal(" a|<s>| a|<s>| a", Shown(tokenizer, "a<s>a<s> a"));
        Assert.Equal("", Shown(tokenizer, ""));
    }

    [Fact]
    public void Encode_IgnoringMerges_TakesAWordThatIsAToken()
    {
        string[] tokens = ["ab", "abc", "bc"];
        (string, string)[] merges = [("b", "c"), ("a", "b"), ("ab", "c")];

        Assert.Equal("a|bc", Shown(Of(tokens, merges), "abc"));
        Assert.Equal("abc", Shown(Of(tokens, merges, options: new() { IgnoreMerges = true }), "abc"));
    }

    [Fact]
    public void Around_WithAFrame_PutsItsTokensAround()
    {
        ByteLevelBpe tokenizer = new(Vocabulary([]), [], [new("<s>", 256)], frame: new TokenFrame([256], [256, 256]));

        Assert.Equal([256, 1, 2, 256, 256], tokenizer.Frame.Around([1, 2]));
        Assert.Equal(["frame has the token 300"], [Problem(() => new ByteLevelBpe(Vocabulary([]), [], frame: new TokenFrame([300], [])))[18..41]]);
    }

    [Fact]
    public void Encode_AWordOfMegabytes_TakesSeconds()
    {
        // Quadratic merging would need hours.
        string word = string.Concat(Enumerable.Repeat("thecatandthehat", 100_000));

        int[] ids = Trained.Encode(word);

        Assert.Equal(word, Trained.Decode(ids));
    }

    /// <summary>A stranger's text may hold an end-of-text mark: it is a token only where one asks for that.</summary>
    [Fact]
    public void Special_SwitchedOff_IsLettersAndLeftOut()
    {
        ByteLevelBpe tokenizer = new BpeTrainer { VocabularySize = 270, SpecialTokens = ["<|end|>"] }.Train("a text<|end|>another");
        const string Text = "é<|end|>b";
        int[] ids = tokenizer.Encode(Text), letters = tokenizer.Encode(Text, special: false);
        Assert.Contains(0, ids);
        Assert.DoesNotContain(0, letters);
        Assert.Equal(Text, tokenizer.Decode(ids));
        Assert.Equal(Text, tokenizer.Decode(letters));
        Assert.Equal(Text, tokenizer.Decode(letters, special: false));
        Assert.Equal("éb", tokenizer.Decode(ids, special: false));
        // A word that was added, and is no mark, stays one token.
        ByteLevelBpe added = new(tokenizer.Vocabulary, [.. tokenizer.Merges], [new AddedToken("<|end|>", 0), new AddedToken("xyz", tokenizer.VocabularySize, IsSpecial: false)]);
        Assert.Equal([tokenizer.VocabularySize], added.Encode("xyz", special: false));
        Assert.Equal("xyz", added.Decode([0, tokenizer.VocabularySize], special: false));
    }

    /// <summary>Ġ is how a vocabulary writes a space, and Ã© how it writes é: a token of its own of that name would be both.</summary>
    [Theory]
    [InlineData("Ġ")]
    [InlineData("é")]
    [InlineData("Ã©")]
    public void SpecialToken_NamedLikeOtherBytes_IsRefused(string token)
    {
        Assert.Equal(
            $"BpeTrainer: the special token '{token}' is what a vocabulary calls other bytes. Give it a text in ASCII.",
            Assert.Throws<DataException>(() => new BpeTrainer { VocabularySize = 300, SpecialTokens = [token] }.Train("a b")).Message);
        Dictionary<string, int> vocabulary = Vocabulary(["Ã©"]);
        Assert.Equal(
            $"ByteLevelBpe: the added token '{token}' is what the vocabulary calls other bytes, and both would have one number. Give it a text in ASCII.",
            Assert.Throws<DataException>(() => new ByteLevelBpe(vocabulary, [], [new AddedToken(token, vocabulary[token])])).Message);
    }

    /// <summary>Letters of bytes that make no text cannot stand in one: such a name is nobody else's.</summary>
    [Fact]
    public void SpecialToken_WithAnAccent_ComesBackWhole()
    {
        ByteLevelBpe tokenizer = new BpeTrainer { VocabularySize = 300, SpecialTokens = ["<|début|>"] }.Train("a b");
        Assert.Equal("é <|début|>é début", tokenizer.Decode(tokenizer.Encode("é <|début|>é début")));
    }

    [Fact]
    public void Encode_ManyThreads_GivesWhatOneGives()
    {
        string[] texts = [.. Enumerable.Range(0, 200).Select(i => TinyTales.Generate(2_000, new Rng((ulong)i)))];
        int[][] expected = [.. texts.Select(text => Trained.Encode(text))];

        Parallel.For(0, 1_000, i => Assert.Equal(expected[i % texts.Length], Trained.Encode(texts[i % texts.Length])));
    }

    [Fact]
    public void Constructor_PartsThatDoNotFit_SaysWhich()
    {
        Dictionary<string, int> letters = Vocabulary([]);

        Assert.Equal("ByteLevelBpe: the byte 0x20 has no token ('Ġ'), so that not every text could be encoded. Add it to the vocabulary.",
            Problem(() => Build(letters.Where(pair => pair.Key != "Ġ").Select((pair, id) => (pair.Key, id)))));
        Assert.Equal("ByteLevelBpe: the token 'a b' has a character that stands for no byte. Write its bytes in GPT-2's letters.", Problem(() => Of(["a b"], [])));
        Assert.Equal("ByteLevelBpe: merge 0, of 'a' and 'b', needs the token 'ab', which the vocabulary lacks. Add it, or leave the merge out.", Problem(() => Of([], [("a", "b")])));
        Assert.Equal("ByteLevelBpe: merge 1 merges a pair that an earlier one merges too. Give each pair once.", Problem(() => Of(["ab"], [("a", "b"), ("a", "b")])));
        Assert.Equal("ByteLevelBpe: the tokens 'a' and 'ab' have the same number 64. Give each its own.", Problem(() => Build(letters.Select(pair => (pair.Key, pair.Value)).Append(("ab", 64)))));
        Assert.Equal("ByteLevelBpe: the token 'ab' has the number 300, but 257 tokens have the numbers from 0 to 256. Leave no number out.",
            Problem(() => Build(letters.Select(pair => (pair.Key, pair.Value)).Append(("ab", 300)))));
        Assert.Equal("ByteLevelBpe: the added token 'a' has the number 256, and in the vocabulary 64. Give it one number.", Problem(() => Of([], [], [new("a", 256)])));
        Assert.Equal("ByteLevelBpe: the added token '<s>' is given twice. Give it once.", Problem(() => Of([], [], [new("<s>", 256), new("<s>", 257)])));
        Assert.Equal("ByteLevelBpe: an added token is empty. Give every token a text.", Problem(() => Of([], [], [new("", 256)])));
        Assert.Equal("ByteLevelBpe: there is no token -1; the vocabulary has 256. Decode tokens of this tokenizer only.", Problem(() => Bytes.Decode([-1])));
        Assert.Equal("ByteLevelBpe: there is no token 256; the vocabulary has 256. Decode tokens of this tokenizer only.", Problem(() => Bytes.Decode([256])));
    }

    private static readonly ByteLevelBpe Bytes = Of([], []);

    private static string Problem(Action act) => Assert.Throws<DataException>(act).Message;

    private static string Shown(ByteLevelBpe tokenizer, string text) => string.Join('|', tokenizer.Encode(text).Select(id => tokenizer.Decode([id])));

    private static Dictionary<string, int> Vocabulary(string[] tokens) =>
        ByteAlphabet.InOrder().Select(letter => $"{letter}").Concat(tokens).Select((token, id) => (token, id)).ToDictionary(pair => pair.token, pair => pair.id);

    private static ByteLevelBpe Build(IEnumerable<(string Token, int Id)> vocabulary) => new(vocabulary.ToDictionary(pair => pair.Token, pair => pair.Id), []);

    private static ByteLevelBpe Of(string[] tokens, (string, string)[] merges, AddedToken[]? added = null, ByteLevelBpeOptions? options = null) =>
        new(Vocabulary(tokens), merges, added, options);
}
