using MiniStack.Models;

namespace MiniStack.Tests;

public class GptGenerateTests
{
    private readonly Gpt _model = new(new GptConfig(VocabularySize: 11, Context: 4, Layers: 1, Heads: 2, Channels: 8), new Rng(1));

    public GptGenerateTests()
    {
        // Larger weights than at the start, so that scores differ enough to see the temperature.
        foreach (Parameter parameter in _model.Parameters().Where(parameter => parameter.Rank == 2)) parameter.Value.ScaleInPlace(20);
    }

    [Fact]
    public void Generate_TemperatureZero_TakesTheLikeliestWhateverTheSeed()
    {
        int[] tokens = [.. _model.Generate([1, 2], 6, new Rng(1), temperature: 0)];
        Assert.Equal(tokens, _model.Generate([1, 2], 6, new Rng(99), temperature: 0));
        long likeliest = (long)_model.Forward(Tensor.CopyOf(new long[,] { { 1, 2 } })).Value.Select(1, 1).ArgMax().Item();
        Assert.Equal(likeliest, tokens[0]);
    }

    [Fact]
    public void Generate_SameSeed_GivesTheSameAndAnotherSeedOthers()
    {
        int[] tokens = [.. _model.Generate([1], 20, new Rng(1))];
        Assert.Equal(tokens, _model.Generate([1], 20, new Rng(1)));
        Assert.NotEqual(tokens, _model.Generate([1], 20, new Rng(2)));
        Assert.All(tokens, token => Assert.InRange(token, 0, 10));
    }

    [Theory]
    [InlineData(0.5)]
    [InlineData(1)]
    [InlineData(2)]
    public void Generate_ManyTimes_FollowsSoftmaxOfScoresOverTemperature(double temperature)
    {
        const int Draws = 2000;
        double[] expected = (_model.Forward(Tensor.CopyOf(new long[,] { { 3 } })).Value.Flatten() / temperature).Softmax().To(DType.F64).ToArray<double>();
        Rng rng = new(7);
        int[] counts = new int[11];
        for (int i = 0; i < Draws; i++) counts[_model.Generate([3], 1, rng, temperature).Single()]++;
        for (int token = 0; token < counts.Length; token++)
        {
            double sigma = Math.Sqrt(expected[token] * (1 - expected[token]) / Draws);
            Assert.Equal(expected[token], counts[token] / (double)Draws, 4.5 * sigma + 1e-9);
        }
    }

    [Fact]
    public void Generate_PromptLongerThanTheContext_SeesItsEnd()
    {
        int[] end = [5, 6, 7, 8];
        Assert.Equal(_model.Generate(end, 1, new Rng(1), 0), _model.Generate([1, 2, 3, .. end], 1, new Rng(1), 0));
        Assert.Equal(10, _model.Generate(end, 10, new Rng(1)).Count());
    }

    [Fact]
    public void Generate_InsideATape_RecordsNothing()
    {
        using Tape tape = Tape.Begin();
        Assert.Equal(3, _model.Generate([1], 3, new Rng(1)).Count());
        Assert.Equal(0, tape.Count);
        Assert.True(Tape.IsRecording);
    }

    [Fact]
    public void Generate_NoTokensWanted_GivesNone() => Assert.Empty(_model.Generate([1], 0, new Rng(1)));

    [Fact]
    public void Generate_EmptyPrompt_ThrowsAtOnce()
    {
        ConfigException error = Assert.Throws<ConfigException>(() => _model.Generate([], 1, new Rng(1)));
        Assert.Equal("Generate: the prompt must have at least one token.", error.Message);
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(double.NaN)]
    public void Generate_TemperatureBelowZero_ThrowsAtOnce(double temperature)
    {
        ConfigException error = Assert.Throws<ConfigException>(() => _model.Generate([1], 1, new Rng(1), temperature));
        Assert.Equal($"Generate: the temperature must be at least 0, not {temperature}.", error.Message);
    }

    [Fact]
    public void Generate_WhileTraining_UsesNoDropoutAndTrainsOn()
    {
        Gpt model = new(new GptConfig(VocabularySize: 11, Context: 8, Layers: 1, Heads: 2, Channels: 8, Dropout: 0.5), new Rng(1));
        int[] training = [.. model.Generate([1], 20, new Rng(1))];
        Assert.True(model.IsTraining);
        model.Eval();
        Assert.Equal(model.Generate([1], 20, new Rng(1)), training);
        Assert.False(model.IsTraining);
    }
}
