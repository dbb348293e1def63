using MiniStack.Data;

namespace MiniStack.Tests;

public class TinyTalesTests
{
    [Fact]
    public void Generate_SameSeed_SameText()
    {
        Assert.Equal(TinyTales.Generate(20_000, new Rng(7)), TinyTales.Generate(20_000, new Rng(7)));
        Assert.NotEqual(TinyTales.Generate(200, new Rng(7)), TinyTales.Generate(200, new Rng(8)));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(63)]
    [InlineData(5_000)]
    public void Generate_AnyLength_IsExactAndAPrefixOfALongerText(int characters)
    {
        string text = TinyTales.Generate(characters, new Rng(1));

        Assert.Equal(characters, text.Length);
        Assert.StartsWith(text, TinyTales.Generate(characters + 1_000, new Rng(1)), StringComparison.Ordinal);
    }

    [Fact]
    public void Generate_Characters_AreFewAndPrintable()
    {
        HashSet<char> seen = [.. TinyTales.Generate(200_000, new Rng(2))];

        Assert.All(seen, c => Assert.True(char.IsAsciiLetterOrDigit(c) || " \n.,:!?'\"".Contains(c), $"'{c}'"));
    }

    [Fact]
    public void Generate_ATale_NamesOneHeroWithOnePronoun()
    {
        string[] boys = ["Tom", "Ben", "Sam", "Finn", "Hugo"], girls = ["Mia", "Ann", "Zoe", "Lily", "Ruby"];
        Assert.Equal(girls.Concat(boys), BodiesOf("hero").Select(b => b.Split(' ')[0]));
        foreach (string[] words in WholeTales(100_000, 4).Select(WordsOf))
        {
            string hero = Assert.Single(words.Where(w => boys.Contains(w) || girls.Contains(w)).Distinct());
            string[] others = boys.Contains(hero) ? ["She", "Her", "her"] : ["He", "His", "his"];
            Assert.DoesNotContain(words, w => others.Contains(w));
        }
    }

    [Theory]
    [InlineData("thing")]
    [InlineData("friend")]
    public void Generate_ATale_KeepsItsThingAndItsFriend(string actor)
    {
        string[] identities = BodiesOf(actor);
        string[][] tales = [.. WholeTales(100_000, 5).Select(WordsOf)];

        Assert.All(tales, words => Assert.Single(words.Where(identities.Contains).Distinct()));
        Assert.Contains(tales, words => words.Count(identities.Contains) >= 2);
        Assert.Equal(identities.Order(), tales.SelectMany(t => t).Where(identities.Contains).Distinct().Order());
    }

    [Fact]
    public void Words_Count_IsAtLeast300()
    {
        Assert.True(TinyTales.Words.Count >= 300, $"{TinyTales.Words.Count}");
        Assert.All(
            WholeTales(100_000, 6).SelectMany(WordsOf).Where(word => !char.IsAsciiDigit(word[0])).Distinct(),
            word => Assert.Contains(word.ToLowerInvariant(), TinyTales.Words));
    }

    [Fact]
    public void EntropyPerCharacter_Grammar_IsInTheRangeOfText() =>
        Assert.InRange(TinyTales.EntropyPerCharacter, 0.4, 1.2);

    [Fact]
    public void EntropyPerCharacter_SampledTales_EqualsTheirMeanSurprise()
    {
        // H(tale)/E[length] is a ratio of means; the error of Σx/Σn is that of x − h·n, over the mean of n.
        string[] tales = [.. WholeTales(250_000, 8)];
        TaleReading[] readings = [.. tales.Select(t => TinyTales.Read(t))];
        double h = TinyTales.EntropyPerCharacter, meanLength = tales.Average(t => t.Length);
        double[] excess = [.. readings.Zip(tales, (r, t) => -r.LogProbability - (h * t.Length))];
        double error = Math.Sqrt(excess.Sum(e => e * e) / excess.Length / excess.Length) / meanLength;

        Assert.All(readings, r => Assert.Equal(1, r.Derivations));
        Assert.InRange(excess.Average() / meanLength, -4 * error, 4 * error);
        Assert.True(error < 0.003, $"{error}");
        Assert.InRange(meanLength, TinyTales.MeanTaleLength * 0.98, TinyTales.MeanTaleLength * 1.02);
    }

    [Fact]
    public void FindAmbiguity_Grammar_HasNone() => Assert.Null(TinyTales.FindAmbiguity());

    [Fact]
    public void Read_SeveralTales_HasOneDerivationAndAddsUp()
    {
        string[] tales = [.. WholeTales(3_000, 9)];

        TaleReading all = TinyTales.Read(string.Concat(tales));

        Assert.Equal(1, all.Derivations);
        Assert.Equal(tales.Sum(t => TinyTales.Read(t).LogProbability), all.LogProbability, 1e-8);
    }

    [Fact]
    public void Read_ForeignText_IsImpossible()
    {
        TaleReading reading = TinyTales.Read("Mia compiled a kernel.");

        Assert.Equal(0, reading.Derivations);
        Assert.Equal(double.NegativeInfinity, reading.LogProbability);
    }

    [Fact]
    public void WindowEntropy_LongerWindows_FallsTowardsTheEntropy()
    {
        double[] losses = [.. new[] { 8, 64, 512 }.Select(n => TinyTales.WindowEntropy(n, 100, new Rng(10)).Mean)];

        Assert.True(losses[0] > losses[1] && losses[1] > losses[2], string.Join(" > ", losses));
        Assert.InRange(losses[2], TinyTales.EntropyPerCharacter * 0.98, TinyTales.EntropyPerCharacter * 1.05);
    }

    [Fact]
    public void AgreementGap_LongerWindows_Vanishes()
    {
        TaleEstimate narrow = TinyTales.AgreementGap(64, 2_000, new Rng(11));
        TaleEstimate wide = TinyTales.AgreementGap(4_096, 100, new Rng(11));
        TaleEstimate bound = TinyTales.WindowEntropy(64, 200, new Rng(12));

        Assert.InRange(narrow.Mean, 10 * narrow.StandardError, bound.Mean - TinyTales.EntropyPerCharacter);
        Assert.InRange(wide.Mean, 0, narrow.Mean / 10);
    }

    [Fact]
    public void Arguments_OutOfRange_NameTheRemedy()
    {
        Rng rng = new(1);

        AssertTeaches("TinyTales.Generate: characters must hold at least 1", () => TinyTales.Generate(0, rng));
        AssertTeaches("TinyTales.Read: text must hold at least 1", () => TinyTales.Read(""));
        AssertTeaches("TinyTales.WindowEntropy: context must", () => TinyTales.WindowEntropy(0, 10, rng));
        AssertTeaches("TinyTales.WindowEntropy: a standard error", () => TinyTales.WindowEntropy(64, 1, rng));
        AssertTeaches("TinyTales.AgreementGap: context must", () => TinyTales.AgreementGap(-1, 10, rng));
        AssertTeaches("TinyTales.AgreementGap: a standard error", () => TinyTales.AgreementGap(64, 0, rng));
    }

    private static void AssertTeaches(string expected, Action act) =>
        Assert.StartsWith(expected, Assert.Throws<ArgumentOutOfRangeException>(act).Message, StringComparison.Ordinal);

    // Each with its blank line; the last, cut one is dropped.
    private static IEnumerable<string> WholeTales(int characters, ulong seed) =>
        TinyTales.Generate(characters, new Rng(seed)).Split("\n\n").SkipLast(1).Select(t => t + "\n\n");

    private static string[] BodiesOf(string rule) =>
        [.. TinyTales.Rules.Single(r => r.Name == rule).Alternatives.Select(a => a.Body)];

    private static string[] WordsOf(string text) =>
        text.Split([' ', '\n', '.', ',', '!', '?', '"'], StringSplitOptions.RemoveEmptyEntries);
}
