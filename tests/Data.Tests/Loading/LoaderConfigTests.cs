using MiniStack.Data;

namespace MiniStack.Tests.Loading;

/// <summary>Settings that make no sense are refused at once, with the remedy.</summary>
public sealed class LoaderConfigTests
{
    public static TheoryData<LoaderOptions, string> Wrong => new()
    {
        { new(0), "the batch size must be at least 1, but is 0" },
        { new(4) { Workers = -1 }, "the number of workers must be 0 to 1024, but is -1" },
        { new(4) { WorldSize = 0 }, "the world size must be at least 1, but is 0" },
        { new(4) { WorldSize = 2, Rank = 2 }, "the rank must be 0 to 1, one below the world size, but is 2" },
        { new(4) { Rank = -1 }, "the rank must be 0 to 0, one below the world size, but is -1" },
        { new(4) { WorldSize = 3 }, "the batch size 4 is over all ranks together, and must be a multiple of the world size 3" },
        { new(4) { PrefetchBytes = 0 }, "the bytes to prefetch must be at least 1, but are 0" },
        { new(4) { PrefetchBatches = 0 }, "the batches to prefetch must be at least 1, but are 0" },
        { new(11) { DropLast = true }, "an epoch of 10 examples has no whole batch of 11; make it smaller, or do not drop the last" },
        { new(9) { WorldSize = 3 }, "the last batch of an epoch has 1 examples, too few for 3 ranks; drop the last, or choose another batch size" },
    };

    [Theory]
    [MemberData(nameof(Wrong))]
    public void New_WrongOptions_Says(LoaderOptions options, string message) =>
        AssertSays(message, () => new DataLoader<long, int>(Dataset.From<long>(10, i => i), x => x.Count, options));

    [Fact]
    public void New_EmptyDataset_Says() =>
        AssertSays("the dataset is empty; there is nothing to load", () => new DataLoader<long, int>(Dataset.From<long>([]), x => x.Count, new LoaderOptions(1)));

    [Theory]
    [InlineData(-1, 0)]
    [InlineData(0, -1)]
    [InlineData(0, 3)]
    public void Start_NoSuchPosition_Says(long epoch, long batch) => AssertSays(
        $"there is no position {epoch}:{batch}; an epoch has the batches 0 to 2. Was it saved with another batch size?",
        () => new DataLoader<long, int>(Dataset.From<long>(10, i => i), x => x.Count, new LoaderOptions(4)).Start(new LoaderPosition(epoch, batch)));

    [Fact]
    public void StreamLoader_TwoWorkers_Says() => AssertSays(
        "a stream is read by 0 or 1 worker, not 2", () => new StreamLoader<string, int>(new TextLines("x"), x => x.Count, new LoaderOptions(1) { Workers = 2 }));

    [Theory]
    [InlineData("")]
    [InlineData("3")]
    [InlineData("3:-1")]
    [InlineData("3:1:2:4")]
    [InlineData("3:1:0")]
    [InlineData("3:1:-2")]
    [InlineData("3:1:2147483648")]
    [InlineData("a:b")]
    [InlineData("99999999999999999999:0")]
    public void Parse_NoPosition_Says(string text) => Assert.Equal(
        $"LoaderPosition: '{text}' is no position in the data. Expected epoch:batch:size, whole numbers such as 3:17:64, or epoch:batch.",
        Assert.Throws<ConfigException>(() => LoaderPosition.Parse(text)).Message);

    [Fact]
    public void Parse_ToString_IsTheSame()
    {
        foreach (LoaderPosition position in new LoaderPosition[] { new(3, 17, 64), new(3, 17), default })
            Assert.Equal(position, LoaderPosition.Parse(position.ToString()));
        Assert.Equal("3:17:64", new LoaderPosition(3, 17, 64).ToString());
    }

    [Fact]
    public void Start_PositionOfAnotherBatchSize_Says()
    {
        DataLoader<long, int> map = new(Dataset.From<long>(100, i => i), x => x.Count, new LoaderOptions(4));
        StreamLoader<string, int> stream = new(new TextLines("x"), x => x.Count, new LoaderOptions(4));
        string message = "the position 0:3:8 was saved with batches of 8 examples, but the loader's have 4; continue with the old batch size, or at the start of an epoch";
        AssertSays(message, () => map.Start(new LoaderPosition(0, 3, 8)));
        AssertSays(message, () => map.Epoch(new LoaderPosition(0, 3, 8)));
        AssertSays(message, () => stream.Start(new LoaderPosition(0, 3, 8)));
        Assert.Equal(new LoaderPosition(2, 0, 4), map.Start(new LoaderPosition(2, 0, 8)).Position);
        Assert.Equal(new LoaderPosition(0, 3, 4), map.Start(new LoaderPosition(0, 3)).Position);
    }

    [Fact]
    public void New_SamplerOfAnotherDataset_Says()
    {
        foreach (ISampler sampler in new ISampler[] { new StratifiedSampler([0, 1, 1], 0), new WeightedSampler([1, 2, 3], 10, 0), new ShuffledSampler(3, 0), new SequentialSampler(3) })
        {
            AssertSays(
                "the sampler was made for 3 examples, but the dataset has 10; make it from this dataset's",
                () => new DataLoader<long, int>(Dataset.From<long>(10, i => i), x => x.Count, new LoaderOptions(1), sampler));
        }
    }

    private static void AssertSays(string message, Action action) => Assert.Equal($"DataLoader: {message}.", Assert.Throws<ConfigException>(action).Message);
}
