using MiniStack.Data;

namespace MiniStack.Tests;

public class TinyDiariesTests
{
    [Fact]
    public void Generate_AnyText_IsInTheCharactersOfTinyTales()
    {
        CharTokenizer tales = CharTokenizer.FromText(TinyTales.Generate(200_000, new Rng(1)));
        string diaries = TinyDiaries.Generate(200_000, new Rng(1));
        Assert.Equal(200_000, tales.Encode(diaries).Length);
        Assert.StartsWith(TinyDiaries.Generate(100, new Rng(1)), diaries);
        Assert.NotEqual(TinyDiaries.Generate(100, new Rng(2)), diaries[..100]);
    }

    [Fact]
    public void Grammar_IsUnambiguous() => Assert.Null(TinyDiaries.FindAmbiguity());

    [Fact]
    public void Entropy_IsWhatTheProbabilityOfALongTextSays()
    {
        string text = TinyDiaries.Generate(400_000, new Rng(3));
        text = text[..(text.LastIndexOf("\n\n", StringComparison.Ordinal) + 2)]; // whole diaries: the end of a cut one can be read in several ways
        TaleReading reading = TinyDiaries.Read(text);
        Assert.Equal(1, reading.Derivations);
        // 4,000 diaries, whose surprises differ by a tenth of their mean: a deviation of the mean of 0.2 %.
        Assert.Equal(TinyDiaries.EntropyPerCharacter, -reading.LogProbability / text.Length, TinyDiaries.EntropyPerCharacter * 0.01);
        Assert.Equal(0, TinyDiaries.Read("At 9:20 Tom hid").Derivations);
    }

    [Fact]
    public void Read_NoText_SaysSo() => Assert.StartsWith(
        "TinyDiaries.Read: text must hold at least 1 character.", Assert.Throws<ArgumentOutOfRangeException>(() => TinyDiaries.Read("")).Message);

    [Fact]
    public void Generate_NoCharacters_SaysSo() => Assert.StartsWith(
        "TinyDiaries.Generate: characters must hold at least 1 character. Ask for a positive number.",
        Assert.Throws<ArgumentOutOfRangeException>(() => TinyDiaries.Generate(0, new Rng(1))).Message);
}
