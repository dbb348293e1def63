using MiniStack.Data;
using MiniStack.Formats.Tests;

namespace MiniStack.Tests.Loading;

public sealed class StreamLoaderTests : TestFolder
{
    private IStreamingDataset<string> Lines(int count)
    {
        string path = PathOf("lines.txt");
        File.WriteAllLines(path, Enumerable.Range(0, count).Select(i => $"{i}"));
        return new TextLines(path);
    }

    private static StreamLoader<string, string> Loader(IStreamingDataset<string> lines, int workers, int rank = 0, int worldSize = 1) => new(
        lines, batch => string.Join(' ', batch), new LoaderOptions(4) { Workers = workers, Rank = rank, WorldSize = worldSize },
        Transform.From<string>((line, rng) => $"{line}/{rng.NextUInt32():X}"));

    [Fact]
    public void Start_AnyWorkersAndEveryPosition_SeesTheSame()
    {
        IStreamingDataset<string> lines = Lines(22).ShuffleBlocks(8, seed: 3);
        using LoaderRun<string> whole = Loader(lines, 0).Start();
        List<(string Batch, LoaderPosition Before)> expected = [];
        for (int i = 0; i < 15; i++)
        {
            LoaderPosition before = whole.Position;
            Assert.True(whole.TryNext(out string? batch));
            expected.Add((batch, before));
        }
        Assert.Equal(22, expected.Take(6).SelectMany(e => e.Batch.Split(' ')).Select(e => e.Split('/')[0]).Distinct().Count());
        for (int i = 0; i < 15; i++)
        {
            foreach (int workers in new[] { 0, 1 })
                Assert.Equal(expected.Skip(i).Select(e => e.Batch), Loader(lines, workers).Start(expected[i].Before).Take(15 - i));
        }
    }

    [Fact]
    public void Start_TwoRanks_ShareEachBatch()
    {
        IStreamingDataset<string> lines = Lines(22);
        string[][] ranks = [.. Enumerable.Range(0, 2).Select(rank => Loader(lines, rank, rank, 2).Start().Take(12).ToArray())];
        Assert.Equal(Loader(lines, 0).Start().Take(12), ranks[0].Zip(ranks[1], (a, b) => $"{a} {b}"));
    }

    [Fact]
    public void Epoch_Empty_Says()
    {
        using LoaderRun<string> run = Loader(Lines(0), 1).Epoch();
        Assert.Equal(
            "The stream has no whole batch: it is empty, or shorter than a batch that must be whole.", Assert.Throws<DataException>(() => run.TryNext(out _)).Message);
    }

    [Fact]
    public void Epoch_BadLine_SaysAfterTheGoodOnes()
    {
        string path = PathOf("bad.txt");
        File.WriteAllBytes(path, [.. "a\nb\nc\nd\ne"u8, 0xFF, (byte)'\n']);
        using LoaderRun<string> run = Loader(new TextLines(path), 1).Epoch();
        Assert.True(run.TryNext(out _));
        Assert.Equal($"{path}: line 5 (byte 9): it is not UTF-8 text. Convert the file to UTF-8 first.", Assert.Throws<DataException>(() => run.TryNext(out _)).Message);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public void TryNext_AgainAfterAnError_ThrowsItAgain(int workers)
    {
        string path = PathOf("bad.txt");
        File.WriteAllBytes(path, [.. "a\nb\nc\nd\ne"u8, 0xFF, (byte)'\n']);
        using LoaderRun<string> run = Loader(new TextLines(path), workers).Epoch();
        Assert.True(run.TryNext(out _));
        string message = Assert.Throws<DataException>(() => run.TryNext(out _)).Message;
        for (int i = 0; i < 2; i++) Assert.Equal(message, Assert.Throws<DataException>(() => run.TryNext(out _)).Message);
        Assert.Equal(new LoaderPosition(0, 1, 4), run.Position);
    }

    [Theory]
    [InlineData(0, 20)]
    [InlineData(1, 20)]
    [InlineData(1, 22)]
    public void Epoch_FromWhereTheLastEnded_IsTheNext(int workers, int count)
    {
        StreamLoader<string, string> loader = Loader(Lines(count).ShuffleBlocks(8, seed: 3), workers);
        LoaderPosition position = default;
        List<string> seen = [];
        for (int epoch = 0; epoch < 3; epoch++)
        {
            using LoaderRun<string> run = loader.Epoch(position);
            seen.AddRange(run);
            position = run.Position;
            Assert.Equal(new LoaderPosition(epoch + 1, 0, 4), position);
        }
        Assert.Equal(loader.Start().Take(seen.Count), seen);
        Assert.Equal(3 * ((count + 3) / 4), seen.Count);
    }

    [Fact]
    public void Dispose_MidStream_ClosesTheFile()
    {
        LoaderRun<string> run = Loader(Lines(1000), 1).Start();
        Assert.True(run.TryNext(out _));
        run.Dispose();
        using FileStream exclusive = new(PathOf("lines.txt"), FileMode.Open, FileAccess.ReadWrite, FileShare.None);
        Assert.True(exclusive.CanWrite);
    }

    [Fact]
    public void ShuffleBlocks_EachBlock_IsShuffledInItself()
    {
        IStreamingDataset<int> shuffled = Lines(1000).Select(int.Parse).ShuffleBlocks(100, 1);
        int[] all = [.. shuffled.ReadFrom()];
        foreach ((int i, int[] block) in all.Chunk(100).Index()) Assert.Equal(Enumerable.Range(i * 100, 100), block.Order());
        Assert.NotEqual(Enumerable.Range(0, 1000), all);
        Assert.Equal(all[357..], shuffled.ReadFrom(357));
        Assert.Equal(all, shuffled.ReadEpoch(0));
        // Another order each epoch, of the same examples; through all that stands before the loader.
        int[] next = [.. shuffled.ReadEpoch(1)];
        foreach ((int i, int[] block) in next.Chunk(100).Index())
        {
            Assert.Equal(Enumerable.Range(i * 100, 100), block.Order());
            Assert.NotEqual(all[(i * 100)..((i + 1) * 100)], block);
        }
        Assert.Equal(next[357..], shuffled.ReadEpoch(1, 357));
        Assert.Equal(next.Select(x => x + 1), shuffled.Select(x => x + 1).ReadEpoch(1));
        Assert.Equal(all.Length, shuffled.ToDataset().Count);
        Assert.Throws<ConfigException>(() => shuffled.ShuffleBlocks(0, 1));
    }
}
