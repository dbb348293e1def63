using MiniStack.Data;

namespace MiniStack.Tests.Loading;

/// <summary>What a run sees depends on seed and position alone.</summary>
public sealed class DataLoaderOrderTests
{
    private static readonly string[] TwoEpochs = [.. LoggedRun.Loader(0).Start().Take(202)];

    [Fact]
    public void Start_OneEpoch_ShowsEachExampleOnce()
    {
        IEnumerable<long> indices = TwoEpochs.Take(101).SelectMany(Indices);
        Assert.Equal(Enumerable.Range(0, LoggedRun.Count).Select(i => (long)i), indices.Order());
        Assert.NotEqual(TwoEpochs.Take(101).SelectMany(Indices), TwoEpochs.Skip(101).SelectMany(Indices));
        Assert.NotEqual(indices.Order(), indices);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(8)]
    public void Start_AnyNumberOfWorkers_SeesTheSame(int workers) =>
        Assert.Equal(TwoEpochs, LoggedRun.Loader(workers).Start().Take(202));

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(3)]
    public void Start_FromEveryPosition_ContinuesThere(int workers)
    {
        LoaderPosition position = default;
        for (int batch = 0; batch < TwoEpochs.Length - 3; batch++)
        {
            using LoaderRun<string> run = LoggedRun.Loader(workers).Start(LoaderPosition.Parse(position.ToString()));
            for (int i = 0; i < 3; i++)
            {
                Assert.True(run.TryNext(out string? found));
                Assert.Equal(TwoEpochs[batch + i], found);
                if (i == 0) position = run.Position;
            }
        }
        Assert.Equal(new LoaderPosition(1, 98, LoggedRun.BatchSize), position);
    }

    [Theory]
    [InlineData(2, 1)]
    [InlineData(2, 0)]
    [InlineData(5, 2)]
    public void Start_AnyWorldSize_PartsPutTogetherAreTheSame(int worldSize, int workers)
    {
        // 1003 examples: the last batch has three, too few for five ranks.
        int batches = worldSize == 5 ? 100 : 202;
        DataLoader<(long, double), string> Of(int rank) => worldSize == 5
            ? new(Dataset.From<(long, double)>(1000, index => (index, 0)), Join, Options(rank), transform: Chance)
            : LoggedRun.Loader(workers, rank, worldSize);
        string[] expected = worldSize == 5
            ? [.. new DataLoader<(long, double), string>(Dataset.From<(long, double)>(1000, i => (i, 0)), Join, new LoaderOptions(10) { Seed = 5 }, transform: Chance).Start().Take(batches)]
            : TwoEpochs;
        string[][] ranks = [.. Enumerable.Range(0, worldSize).Select(rank => Of(rank).Start().Take(batches).ToArray())];
        Assert.Equal(expected, Enumerable.Range(0, batches).Select(batch => string.Join(' ', ranks.Select(rank => rank[batch]))));

        LoaderOptions Options(int rank) => new(10) { Seed = 5, Workers = workers, Rank = rank, WorldSize = worldSize };
        static string Join(IReadOnlyList<(long Index, double Chance)> examples) =>
            string.Join(' ', examples.Select(e => $"{e.Index}/{BitConverter.DoubleToInt64Bits(e.Chance):X}"));
    }

    [Fact]
    public void Start_ResumedWithAnotherWorldSizeAndWorkers_SeesTheSame()
    {
        using LoaderRun<string> one = LoggedRun.Loader(2).Start();
        for (int i = 0; i < 57; i++) Assert.True(one.TryNext(out _));
        string saved = one.Position.ToString();
        LoaderRun<string>[] two = [.. Enumerable.Range(0, 2).Select(rank => LoggedRun.Loader(1 - rank, rank, 2).Start(LoaderPosition.Parse(saved)))];
        foreach (string expected in TwoEpochs.Skip(57))
        {
            string[] parts = [.. two.Select(run => run.TryNext(out string? part) ? part : "")];
            Assert.Equal(expected, string.Join(' ', parts));
        }
        Array.ForEach(two, run => run.Dispose());
    }

    [Fact]
    public void Epoch_FromTheMiddle_EndsWithItsEpoch()
    {
        using LoaderRun<string> run = LoggedRun.Loader(2).Epoch(new LoaderPosition(0, 90));
        Assert.Equal(TwoEpochs.Skip(90).Take(11), run);
        Assert.Equal(new LoaderPosition(1, 0, LoggedRun.BatchSize), run.Position);
        using LoaderRun<string> last = LoggedRun.Loader(2).Epoch(new LoaderPosition(0, 100));
        Assert.True(last.TryNext(out _));
        Assert.False(last.TryNext(out _));
        Assert.Equal(new LoaderPosition(1, 0, LoggedRun.BatchSize), last.Position);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(2)]
    public void Start_ListAndTransformsTwice_SeesTheSameImages(int workers)
    {
        // The list gives the same objects in each epoch: a transform that wrote into them would be applied to its own results.
        ImageExample[] images = [.. Enumerable.Range(0, 8).Select(i => new ImageExample(new Image([i, i + 1, i + 2, i + 3], 1, 2, 2), i))];
        DataLoader<ImageExample, float[]> loader = new(
            Dataset.From(images), x => [.. x.SelectMany(example => example.Image.Pixels)], new LoaderOptions(2) { Workers = workers, Shuffle = false },
            transform: Transform.Images(new RandomFlip(1), new Normalize([1], [2])));
        float[][] epochs = [.. Enumerable.Range(0, 2).Select(epoch => loader.Epoch(new LoaderPosition(epoch, 0)).SelectMany(x => x).ToArray())];
        Assert.Equal([0, -0.5f, 1, 0.5f], epochs[0][..4]);
        Assert.Equal(epochs[0], epochs[1]);
        Assert.Equal([0, 1, 2, 3], images[0].Image.Pixels);
    }

    [Fact]
    public void Start_WithoutShuffle_KeepsTheOrderAndCanDropTheLast()
    {
        DataLoader<long, long[]> loader = new(Dataset.From<long>(7, i => i), x => [.. x], new LoaderOptions(3) { Shuffle = false, DropLast = true });
        Assert.Equal(2, loader.BatchesPerEpoch);
        Assert.Equal([[0, 1, 2], [3, 4, 5], [0, 1, 2]], loader.Start().Take(3));
    }

    [Fact]
    public void Start_SamplerThatDrawsTwice_ShowsTheExampleInTwoWays()
    {
        // Two places of one epoch may hold the same example: its chance belongs to the place.
        DataLoader<double, double[]> loader = new(
            Dataset.From<double>(1, _ => 0), x => [.. x], new LoaderOptions(100), new WeightedSampler([1], 100, 3), Transform.From<double>((_, rng) => rng.NextDouble()));
        Assert.Equal(100, loader.Epoch().Single().Distinct().Count());
    }

    private static readonly ITransform<(long Index, double)> Chance = Transform.From<(long Index, double)>((e, rng) => (e.Index, rng.NextDouble()));

    private static IEnumerable<long> Indices(string batch) =>
        batch.Split(' ').Select(e => long.Parse(e.AsSpan(0, e.IndexOf('/')), System.Globalization.CultureInfo.InvariantCulture));
}
