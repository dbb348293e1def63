using MiniStack.Data;

namespace MiniStack.Tests;

/// <summary>Words are cut as BERT cuts them.</summary>
public sealed class WordPieceTests
{
    private static readonly string[] Tokens =
        ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "un", "##aff", "##able", "want", "##want", "##ed", "wa", "run", "##ning", ",", ".", "'", "s", "中", "国", "hotel", "##s", "i", "don", "t", "##𝒳", "𝒳", "#"];

    private static readonly WordPiece Bert = Of(Tokens);

    [Theory]
    [InlineData("UNwanted running", "un ##want ##ed run ##ning")]
    [InlineData("unaffable.", "un ##aff ##able .")]
    [InlineData("unwantedX running", "[UNK] run ##ning")]
    [InlineData("Hôtels,\thotel's", "hotel ##s , hotel ' s")]
    [InlineData("中国s", "中 国 s")]
    [InlineData("[CLS] un[SEP][MASK]", "[CLS] un [SEP] [MASK]")]
    [InlineData("[cls]", "[UNK] [UNK] [UNK]")]
    [InlineData("run\0\u200bning", "run ##ning")]
    [InlineData("𝒳𝒳", "𝒳 ##𝒳")]
    [InlineData("##s", "# # s")]
    [InlineData("  \u0301 ", "")]
    [InlineData("İ", "i")]
    public void Encode_Examples_AreCutSo(string text, string tokens) =>
        Assert.Equal(tokens, string.Join(' ', Bert.Encode(text).Select(id => Tokens[id])));

    [Theory]
    [InlineData("Hôtel", "[UNK]")]
    [InlineData("hotel中国", "[UNK]")]
    [InlineData("中 国", "中 国")]
    [InlineData("run\u200bning", "[UNK]")]
    public void Encode_WithNothingChanged_TakesTheTextAsItIs(string text, string tokens)
    {
        WordPiece plain = Of(Tokens, new() { Lowercase = false, CleanText = false, SeparateChinese = false });
        Assert.Equal(tokens, string.Join(' ', plain.Encode(text).Select(id => Tokens[id])));
    }

    [Theory]
    [InlineData(true, null, "ÀİΣ각", "aiσ각")]
    [InlineData(true, false, "ÀİΣ각", "ài\u0307σ각")]
    [InlineData(false, null, "ÀİΣ", "ÀİΣ")]
    [InlineData(false, true, "ÀİΣǖ\u0301ο\u0344", "AIΣuο")]
    public void Normalize_CaseAndAccents_AreAsAskedFor(bool lowercase, bool? strip, string text, string expected)
    {
        // A syllable of Hangul is decomposed with the accents, as by Unicode's NFD.
        if (strip ?? lowercase) expected = expected.Replace("각", "\u1100\u1161\u11a8");
        Assert.Equal(expected, BertText.Normalize(text, new WordPieceOptions { Lowercase = lowercase, StripAccents = strip }));
    }

    [Fact]
    public void Encode_ALongWord_IsUnknown()
    {
        WordPiece tokenizer = Of(["[UNK]", "a", "##a", "##😀"], new() { MaxCharactersPerWord = 5 });

        Assert.Equal([1, 2, 2, 2, 2], tokenizer.Encode("aaaaa"));
        Assert.Equal([0], tokenizer.Encode("aaaaaa"));
        Assert.Equal([1, 3, 3, 3, 3], tokenizer.Encode("a😀😀😀😀")); // five code points, nine halves
        Assert.Equal([0], Of(["[UNK]", "a", "##a"]).Encode(new string('a', 101)));
    }

    [Theory]
    [InlineData("Unwanted running, hotel's.", true, "unwanted running, hotel ' s.")]
    [InlineData("Unwanted running, hotel's.", false, "unwanted running , hotel ' s .")]
    [InlineData("[CLS] I x [SEP]", true, "[CLS] i [UNK] [SEP]")]
    public void Decode_Tokens_JoinsThem(string text, bool cleanUp, string expected)
    {
        WordPiece tokenizer = Of(Tokens, new() { CleanUpDecoded = cleanUp });
        int[] ids = tokenizer.Encode(text);
        Assert.Equal(expected, tokenizer.Decode(ids));
        TokenDecoder decoder = tokenizer.StartDecoding();
        Assert.Equal(expected, string.Concat(ids.Select(decoder.Add)) + decoder.End());
    }

    [Fact]
    public void Decode_AfterTheEnd_BeginsAnew()
    {
        TokenDecoder decoder = Bert.StartDecoding();
        Assert.Equal(["un", "want", " un", "", "un"], [decoder.Add(5), decoder.Add(9), decoder.Add(5), decoder.End(), decoder.Add(5)]);
    }

    [Fact]
    public void Accents_TakenBeforeOrAfterCase_LeaveTheSame()
    {
        // BERT lowers first, Hugging Face last: for every single character that is the same.
        WordPieceOptions both = new() { CleanText = false, SeparateChinese = false }, lower = both with { StripAccents = false }, strip = both with { Lowercase = false, StripAccents = true };
        for (int block = 0; block < 0x110000; block += 0x800)
        {
            if (block is 0xD800 or > 0x30000 and < 0xE0000 or > 0xE1000) continue; // halves of pairs; nothing is there
            string text = string.Concat(Enumerable.Range(block, 0x800).Select(char.ConvertFromUtf32));
            Assert.Equal(BertText.Normalize(text, both), BertText.Normalize(BertText.Normalize(text, lower), strip));
        }
    }

    [Fact]
    public void Train_Words_MergesWithoutThePrefix()
    {
        WordPiece tokenizer = new WordPieceTrainer { VocabularySize = 1_000 }.Train("low low low lower lower newest newest widest #");
        string[] tokens = [.. tokenizer.Vocabulary.OrderBy(pair => pair.Value).Select(pair => pair.Key)];

        (List<string> expected, _) = BpeSpecification.Train(
            ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "#", "d", "e", "i", "l", "n", "o", "r", "s", "t", "w", "##d", "##e", "##i", "##o", "##r", "##s", "##t", "##w"],
            new (string Word, long Count)[] { ("low", 3), ("lower", 2), ("newest", 2), ("widest", 1), ("#", 1) }
                .Select(pair => (pair.Word.Select((c, i) => i == 0 ? $"{c}" : $"##{c}").ToArray(), pair.Count)), 1_000, 2, "##");
        Assert.Equal(expected, tokens);
        Assert.Contains("low", tokens);
        Assert.Contains("##est", tokens);
        Assert.Equal(["low", "##est"], tokenizer.Encode("LOWEST").Select(id => tokens[id]));
    }

    [Fact]
    public void Special_SwitchedOff_IsLettersAndLeftOut()
    {
        Assert.Equal(["[CLS]", "un", "[SEP]"], Bert.Encode("[CLS] un[SEP]").Select(id => Tokens[id]));
        Assert.DoesNotContain(Bert.Encode("[CLS] un", special: false), id => Tokens[id] == "[CLS]");
        Assert.Equal("un", Bert.Decode(Bert.Encode("[CLS] un[SEP]"), special: false));
    }

    [Fact]
    public void Train_OnTexts_EndsWordsWithThem_AndCanBeCancelled()
    {
        WordPieceTrainer trainer = new() { VocabularySize = 60 };
        Assert.Equal(trainer.Train("low low lower lower").Vocabulary, trainer.Train(["low low", "lower lower"]).Vocabulary);
        using CancellationTokenSource source = new();
        source.Cancel();
        Assert.Throws<OperationCanceledException>(() => trainer.Train(["low"], cancellation: source.Token));
    }

    /// <summary>Without a prefix nothing tells what goes on a word from what begins one: Hugging Face joins all.</summary>
    [Fact]
    public void Decode_WithoutAPrefix_JoinsAll() => Assert.Equal("ab", Of(["[UNK]", "a", "b"], new() { ContinuingPrefix = "" }).Decode([1, 2]));

    [Fact]
    public void Constructor_PartsThatDoNotFit_SaysWhich()
    {
        Assert.Equal("WordPiece: the unknown token '[UNK]' is not in the vocabulary. Add it, or name another.", Assert.Throws<DataException>(() => Of(["a"])).Message);
        Assert.Equal("WordPiece: the vocabulary is empty. Give it tokens.", Assert.Throws<DataException>(() => Of([])).Message);
        Assert.Equal("WordPiece: MaxCharactersPerWord must be from 1 to 1000, not 0.",
            Assert.Throws<ConfigException>(() => Of(["[UNK]"], new() { MaxCharactersPerWord = 0 })).Message);
        Assert.Throws<ConfigException>(() => Of(["[UNK]"], new() { MaxCharactersPerWord = 1001 }));
        Assert.Equal("WordPieceTrainer: the unknown token '?' is no special token. Add it to SpecialTokens, or name another in the options.",
            Assert.Throws<DataException>(() => new WordPieceTrainer { VocabularySize = 100, Options = new() { UnknownToken = "?" } }.Train("abc ab")).Message);
        Assert.Equal("WordPieceTrainer: MinimumCount must be at least 1, not 0.",
            Assert.Throws<ConfigException>(() => new WordPieceTrainer { VocabularySize = 100, MinimumCount = 0 }.Train("abc ab")).Message);
        Assert.Equal("WordPieceTrainer: a vocabulary of 7 is too small for the characters of the text and 5 special tokens. Ask for at least 10.",
            Assert.Throws<ConfigException>(() => new WordPieceTrainer { VocabularySize = 7 }.Train("abc ab")).Message);
    }

    private static WordPiece Of(string[] tokens, WordPieceOptions? options = null) => new(
        tokens.Select((token, id) => (token, id)).ToDictionary(pair => pair.token, pair => pair.id),
        [.. tokens.Index().Where(pair => pair.Item.StartsWith('[')).Select(pair => new AddedToken(pair.Item, pair.Index))], options);
}
