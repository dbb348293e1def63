using MiniStack.Examples;
using MiniStack.Examples.Data;

namespace MiniStack.Tests.Part3;

/// <summary>The batches are the same for every number of workers, and their order is pinned.</summary>
public sealed class LoaderDemoTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("ministack-loader-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Measure_AnyWorkers_DeliversTheSameDigits() => AssertSame(new DigitSource(), 16309025182392642720);

    [Fact]
    public void Measure_AnyWorkers_DeliversTheSameTokens()
    {
        using ShardSource source = new(Path.Combine(_folder, "tales.tokens"), 20_000);
        AssertSame(source, 7864306050688044289);
    }

    [Fact]
    public void Compare_BatchesThatDiffer_IsABug()
    {
        LoaderRow row = new("a", 0, 1, 1, 1, 0, Inputs: 1, Targets: 2);
        Assert.Equal(ExitCode.Done, LoaderDemo.Compare([row, row, row with { Source = "b", Inputs = 3 }]));
        Assert.Equal(ExitCode.Bug, LoaderDemo.Compare([row, row with { Inputs = 3 }, row with { Source = "b" }]));
        Assert.Equal(ExitCode.Bug, LoaderDemo.Compare([row, row with { Targets = 3 }]));
    }

    /// <summary>The published number for the four bytes of "foob".</summary>
    [Fact]
    public void Checksum_OfFourBytes_IsFnv1a() =>
        Assert.Equal(0xDD120E790C2512AF, LoaderSource.Checksum(LoaderSource.FnvOffset, Tensor.CopyOf([BitConverter.Int32BitsToSingle(0x626F6F66)])));

    private static void AssertSame(LoaderSource source, ulong targets)
    {
        IReadOnlyList<LoaderRow> rows = LoaderDemo.Measure([source], steps: 4, rounds: 1);
        Assert.Equal([0, 1, 2], rows.Select(row => row.Workers));
        Assert.All(rows, row => Assert.Equal((targets, rows[0].Inputs), (row.Targets, row.Inputs)));
        Assert.All(rows, row => Assert.InRange(row.Stall, 0, 1));
        Assert.All(rows, row => Assert.True(row.Alone > 0 && row.Training > 0 && row.StepMilliseconds > 0));
    }
}
