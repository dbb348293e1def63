using MiniStack.Data;

namespace MiniStack.Tests.Sampling;

public sealed class SamplerTests
{
    [Fact]
    public void WeightedSampler_ManyDraws_HaveTheirChances()
    {
        double[] weights = [1, 0, 3, 0.5, 5.5, 0];
        WeightedSampler sampler = new(weights, 100_000, seed: 1);
        int[] counts = new int[weights.Length];
        for (long place = 0; place < sampler.Count; place++) counts[sampler.IndexOf(0, place)]++;
        for (int i = 0; i < weights.Length; i++)
        {
            double expected = weights[i] / 10 * sampler.Count;
            Assert.InRange(counts[i], expected - (5 * Math.Sqrt(expected)), expected + (5 * Math.Sqrt(expected)));
        }
    }

    [Fact]
    public void WeightedSampler_PlaceAndEpoch_NameTheDraw()
    {
        WeightedSampler sampler = new([1, 1, 1, 1], 64, seed: 1);
        long[] Epoch(long epoch) => [.. Enumerable.Range(0, 64).Select(place => sampler.IndexOf(epoch, place))];
        Assert.Equal(Epoch(3), Epoch(3));
        Assert.NotEqual(Epoch(3), Epoch(4));
    }

    [Fact]
    public void Balanced_UnequalClasses_HaveEqualChances()
    {
        double[] weights = WeightedSampler.Balanced([0, 0, 0, 1]);
        Assert.Equal([1 / 3.0, 1 / 3.0, 1 / 3.0, 1], weights);
    }

    [Theory]
    [InlineData(new double[0], "the sum of the weights must be positive and finite, but is 0")]
    [InlineData(new[] { 0.0, 0 }, "the sum of the weights must be positive and finite, but is 0")]
    [InlineData(new[] { 1, -0.5 }, "weight 1 is -0.5; weights must be finite and not negative")]
    [InlineData(new[] { double.NaN }, "weight 0 is NaN; weights must be finite and not negative")]
    [InlineData(new[] { double.MaxValue, double.MaxValue }, "the sum of the weights must be positive and finite, but is Infinity")]
    public void WeightedSampler_WrongWeights_Says(double[] weights, string message) =>
        Assert.Equal($"WeightedSampler: {message}.", Assert.Throws<ConfigException>(() => new WeightedSampler(weights, 1, 0)).Message);

    [Fact]
    public void WeightedSampler_NoDraws_Says() =>
        Assert.Equal("WeightedSampler: the count must be at least 1, but is 0.", Assert.Throws<ConfigException>(() => new WeightedSampler([1], 0, 0)).Message);

    [Fact]
    public void StratifiedSampler_EveryBatch_HasTheClassesInProportion()
    {
        int[] labels = [.. Enumerable.Range(0, 1000).Select(i => i % 10 < 6 ? 0 : i % 10 < 9 ? 1 : 2)];
        StratifiedSampler sampler = new(labels, seed: 2);
        long[] order = [.. Enumerable.Range(0, 1000).Select(place => sampler.IndexOf(5, place))];
        Assert.Equal(Enumerable.Range(0, 1000).Select(i => (long)i), order.Order());
        foreach (long[] batch in order.Chunk(50))
        {
            Assert.InRange(batch.Count(i => labels[i] == 0), 28, 32);
            Assert.InRange(batch.Count(i => labels[i] == 1), 13, 17);
            Assert.InRange(batch.Count(i => labels[i] == 2), 3, 7);
        }
        Assert.NotEqual(order, Enumerable.Range(0, 1000).Select(place => sampler.IndexOf(6, place)));
    }

    [Fact]
    public void StratifiedSampler_NoLabels_Says() =>
        Assert.Equal("StratifiedSampler: there are no labels; give one for each example.", Assert.Throws<ConfigException>(() => new StratifiedSampler([], 0)).Message);
}
