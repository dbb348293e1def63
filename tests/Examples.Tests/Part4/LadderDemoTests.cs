using MiniStack.Data;
using MiniStack.Examples.Models;

namespace MiniStack.Tests.Part4;

/// <summary>What each idea buys, on few steps.</summary>
public sealed class LadderDemoTests
{
    [Fact]
    public void Bigram_Trained_EndsWhereCountingPairsDoes()
    {
        LanguageJob job = LanguageJob.Of(null);
        double counted = Bigram.Counted(job);
        Climbed bigram = (Rung.All[0] with { Rates = [0.3, 0.3, 0.3] }).Climb(job, steps: 600, search: false);
        Assert.InRange(counted, 2.2, 2.4);
        Assert.InRange(bigram.Loss - counted, -0.02, 0.06);
    }

    [Fact]
    public void Measure_OfFewSteps_PutsMoreContextBeforeLess()
    {
        IReadOnlyList<Climbed> all = LadderDemo.Measure(LanguageJob.Of(null), steps: 150, search: false);
        (Climbed bigram, Climbed mlp, Climbed lstm, Climbed transformer) = (all[0], all[1], all[2], all[3]);
        Assert.True(bigram.Loss > mlp.Loss + 0.3 && mlp.Loss > lstm.Loss, $"Bigram {bigram.Loss}, MLP {mlp.Loss}, LSTM {lstm.Loss}");
        Assert.InRange(transformer.Loss, TinyTales.EntropyPerCharacter, bigram.Loss);
        // Ideas are compared, not sizes; and who sees one character gains nothing by 32.
        Assert.All(all.Skip(1), one => Assert.InRange(one.Parameters, 100_000, 107_000));
        Assert.True(lstm.BySeen[^1] < lstm.BySeen[0] - 0.5, $"{lstm.BySeen[0]} after one character, {lstm.BySeen[^1]} after all");
        Assert.InRange(bigram.BySeen[^1] - bigram.BySeen[0], -0.4, 0.4);
    }

    [Fact]
    public void WindowMlp_OfAWindow_SeesThoseCharactersAndNoOthers()
    {
        WindowMlp model = new(vocabularySize: 5, window: 3, channels: 4, hidden: 6, new Rng(1));
        float[] before = Scores(0, 1, 2, 3, 4), farther = Scores(4, 1, 2, 3, 4), within = Scores(0, 1, 0, 3, 4);
        Assert.Equal(before[20..], farther[20..]);
        Assert.NotEqual(before[15..20], within[15..20]);
        Assert.Equal(before[..10], within[..10]); // what comes later changes nothing

        float[] Scores(params long[] tokens) => model.Call(Tensor.CopyOf(tokens, [1, 5])).Value.ToArray<float>();
    }
}
