using MiniStack.Examples.Data;

namespace MiniStack.Tests.Part3;

/// <summary>The batches are the same for every number of workers, and their order is pinned.</summary>
public sealed class LoaderDemoTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("ministack-loader-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Measure_AnyWorkers_DeliversTheSameDigits() => AssertSame(new DigitSource(), 18014378097684178197);

    [Fact]
    public void Measure_AnyWorkers_DeliversTheSameTokens()
    {
        using ShardSource source = new(Path.Combine(_folder, "tales.tokens"), 20_000);
        AssertSame(source, 4991111208291139564);
    }

    private static void AssertSame(LoaderSource source, ulong targets)
    {
        LoaderRow[] rows = [.. new[] { 0, 1, 2 }.Select(workers => LoaderDemo.Measure(source, workers, steps: 4))];
        Assert.All(rows, row => Assert.Equal((targets, rows[0].Inputs), (row.Targets, row.Inputs)));
        Assert.All(rows, row => Assert.InRange(row.Stall, 0, 1));
        Assert.All(rows, row => Assert.True(row.Alone > 0 && row.Training > 0 && row.StepMilliseconds > 0));
    }
}
