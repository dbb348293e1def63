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

    public static TheoryData<string, int[]> ClassSizes => new()
    {
        { "one and many single ones", [900, .. Enumerable.Repeat(1, 100)] },
        { "single ones alone", [.. Enumerable.Repeat(1, 300)] },
        { "a long tail", [.. Enumerable.Range(1, 200).Select(i => 400 / i)] },
        { "two sizes", [.. Enumerable.Repeat(5, 60), .. Enumerable.Repeat(1, 300)] },
        { "nearly equal", [101, 100, 99, 7, 3] },
    };

    [Theory]
    [MemberData(nameof(ClassSizes))]
    public void StratifiedSampler_LongTail_EveryStretchHasItsShare(string what, int[] sizes)
    {
        int[] labels = [.. sizes.SelectMany((size, label) => Enumerable.Repeat(label, size))];
        StratifiedSampler sampler = new(labels, seed: 2);
        int[] order = [.. Enumerable.Range(0, labels.Length).Select(place => (int)sampler.IndexOf(3, place))];
        Assert.Equal(Enumerable.Range(0, labels.Length), order.Order());
        int[] before = new int[sizes.Length];
        for (int place = 0; place < order.Length; place++)
        {
            before[labels[order[place]]]++;
            // Less than one from its share at every place: between two places, less than two.
            for (int label = 0; label < sizes.Length; label++)
                Assert.True(Math.Abs(before[label] - ((place + 1.0) * sizes[label] / order.Length)) < 1, $"{what}: {before[label]} of class {label} before place {place + 1}");
        }
    }

    [Fact]
    public void StratifiedSampler_NoLabels_Says() =>
        Assert.Equal("StratifiedSampler: there are no labels; give one for each example.", Assert.Throws<ConfigException>(() => new StratifiedSampler([], 0)).Message);
}
