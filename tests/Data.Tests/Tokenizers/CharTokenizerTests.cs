using MiniStack.Data;

namespace MiniStack.Tests;

/// <summary>Characters are tokens like others.</summary>
public sealed class CharTokenizerTests
{
    [Fact]
    public void StartDecoding_ASurrogatePair_IsKeptBackUntilItIsWhole()
    {
        ITokenizer tokenizer = CharTokenizer.FromText("a😀");
        TokenDecoder decoder = tokenizer.StartDecoding();
        int[] ids = tokenizer.Encode("😀a😀");

        Assert.Equal(["", "😀", "a", "", "😀", ""], [.. ids.Select(decoder.Add), decoder.End()]);
        Assert.Equal(["", "a", "", "\ud83d"], [decoder.Add(ids[0]), decoder.Add(ids[2])[1..], decoder.Add(ids[0]), decoder.End()]);
        Assert.Equal("😀a😀", tokenizer.Decode(ids));
        Assert.Empty(tokenizer.AddedTokens);
        Assert.Equal(ids, tokenizer.Frame.Around(ids));
    }

    /// <summary>Halves of characters beyond U+FFFF stand alone in an alphabet, and no text file can hold them as they are.</summary>
    [Theory]
    [InlineData("abc")]
    [InlineData("a😀😁😂🚀𝒳 é\0\"")]
    public void ToJson_AndBack_IsTheSame(string text)
    {
        CharTokenizer tokenizer = CharTokenizer.FromText(text);
        CharTokenizer read = CharTokenizer.FromJson(tokenizer.ToJson());
        Assert.Equal(tokenizer.Alphabet, read.Alphabet);
        Assert.Equal(text, read.Decode(tokenizer.Encode(text)));
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("[")]
    [InlineData("""{"type": "character"}""")]
    [InlineData("""{"type": "character", "alphabet": "aa"}""")]
    [InlineData("""{"type": "character", "alphabet": ""}""")]
    [InlineData("""{"type": "character", "units": [65536]}""")]
    [InlineData("""{"type": "byte", "alphabet": "ab"}""")]
    public void FromJson_OfWhatIsNone_NamesTheFile(string json)
    {
        const string What = "the JSON is damaged or of another kind of tokenizer: expected {\"type\": \"character\", \"alphabet\": \"...\"}, each character once. Restore the file from a copy.";
        Assert.Equal($"a/tokenizer.json: {What}", Assert.Throws<DataException>(() => CharTokenizer.FromJson(json, "a/tokenizer.json")).Message);
        Assert.Equal($"CharTokenizer: {What}", Assert.Throws<DataException>(() => CharTokenizer.FromJson(json)).Message);
    }

    [Fact]
    public void Batches_OfATextInBytePairs_HoldItsTokens()
    {
        string text = TinyTales.Generate(5_000, new Rng(1));
        ByteLevelBpe tokenizer = new BpeTrainer { VocabularySize = 300 }.Train(text);
        TextDataset dataset = new(text, tokenizer);

        Batch batch = dataset.Batches(2, 8, new Rng(2)).First();

        Assert.Equal(300, dataset.VocabularySize);
        Assert.Equal(tokenizer.Encode(text).Length, dataset.TrainingCount + dataset.ValidationCount);
        int[] first = [.. batch.Inputs.Select(0, 0).ToArray<long>().Select(id => (int)id)];
        Assert.Contains(tokenizer.Decode(first), text);
        Assert.Equal("The text is too short: its validation part has 1 tokens, but a context of 8 needs at least 9. Use a longer text or a smaller context.",
            Assert.Throws<DataException>(() => new TextDataset("abcdefghij", tokenizer).CheckContext(8)).Message);
    }
}
