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
        Climbed bigram = (Rung.All[0] with { Rate = 0.3 }).Climb(job, steps: 600, search: false);
        Assert.InRange(counted, 2.2, 2.4);
        Assert.InRange(bigram.Loss - counted, -0.02, 0.06);
    }

    /// <summary>On four texts, after as many steps, the MLP was 0.46 to 0.47 below the bigram, the LSTM 0.15 to 0.17 below the MLP, and the transformer, which has to
    /// learn what order is, 0.32 to 0.38 above the LSTM and 0.24 to 0.31 below the bigram.</summary>
    [Fact]
    public void Measure_OfFewSteps_PutsMoreContextBeforeLess()
    {
        IReadOnlyList<Climbed> all = LadderDemo.Measure(LanguageJob.Of(null), steps: 150, search: false);
        (Climbed bigram, Climbed mlp, Climbed lstm, Climbed transformer) = (all[0], all[1], all[2], all[3]);
        Assert.InRange(bigram.Loss - mlp.Loss, 0.4, 0.55);
        Assert.InRange(mlp.Loss - lstm.Loss, 0.08, 0.25);
        Assert.InRange(transformer.Loss - lstm.Loss, 0.2, 0.5);
        Assert.InRange(bigram.Loss - transformer.Loss, 0.15, 0.4);
        // Ideas are compared, not sizes; and who sees one character gains nothing by 32.
        Assert.All(all.Skip(1), one => Assert.InRange(one.Parameters, 100_000, 107_000));
        Assert.True(lstm.BySeen[^1] < lstm.BySeen[0] - 0.5, $"{lstm.BySeen[0]} after one character, {lstm.BySeen[^1]} after all");
        Assert.InRange(bigram.BySeen[^1] - bigram.BySeen[0], -0.4, 0.4);
    }

    /// <summary>What is chosen by a part of the training text owes nothing to the text that is reported.</summary>
    [Fact]
    public void ForChoosing_OfAText_IsItsTrainingPart()
    {
        LanguageJob job = LanguageJob.Of(null), inner = job.ForChoosing();
        (int[] training, int[] held) = inner.Tokens();
        Assert.Equal(job.Tokens().Training, training.Concat(held));
        Assert.Equal(job.Text.VocabularySize, inner.Text.VocabularySize);
    }

    [Fact]
    public void Climb_WithASearch_TakesARateOfTheGridFromTheTrainingPart()
    {
        LanguageJob job = new(TinyTales.Generate(20_000, new Rng(1)));
        Climbed bigram = Rung.All[0].Climb(job, steps: 30, search: true);
        Assert.Contains(bigram.Rate, Rung.Rates);
        Assert.True(bigram.Rate >= 0.1, $"Thirty steps want a large rate, not {bigram.Rate}.");
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
