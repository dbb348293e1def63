using System.Diagnostics;
using MiniStack.Data;

namespace MiniStack.Tests.Loading;

/// <summary>Bounds, errors, ends and figures of a run.</summary>
public sealed class DataLoaderTests
{
    private sealed record Sized(long Bytes) : ISizedBatch;

    [Theory]
    [InlineData(0)]
    [InlineData(3)]
    public void TryNext_ExampleFails_SaysWhichInItsTurn(int workers)
    {
        DataLoader<long, long[]> loader = new(
            Dataset.From<long>(100, i => i == 42 ? throw new FormatException("no number") : i), x => [.. x],
            new LoaderOptions(5) { Workers = workers, Shuffle = false });
        using LoaderRun<long[]> run = loader.Start();
        for (int i = 0; i < 8; i++) Assert.True(run.TryNext(out _));
        DataException error = Assert.Throws<DataException>(() => run.TryNext(out _));
        Assert.Equal("Example 42 (place 42 of epoch 0) could not be made: no number", error.Message);
        Assert.IsType<FormatException>(error.InnerException);
        Assert.Equal(new LoaderPosition(0, 8, 5), run.Position);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(3)]
    public async Task TryNext_AgainAfterAnError_ThrowsItAgain(int workers)
    {
        DataLoader<long, long[]> loader = new(
            Dataset.From<long>(100, i => i == 12 ? throw new FormatException("no number") : i), x => [.. x],
            new LoaderOptions(5) { Workers = workers, Shuffle = false });
        using LoaderRun<long[]> run = loader.Start();
        for (int i = 0; i < 2; i++) Assert.True(run.TryNext(out _));
        string expected = "Example 12 (place 12 of epoch 0) could not be made: no number";
        for (int i = 0; i < 3; i++)
        {
            // On another thread, so that a wait without end fails here.
            Task<string> again = Task.Run(() => Assert.Throws<DataException>(() => run.TryNext(out _)).Message, TestContext.Current.CancellationToken);
            Assert.Equal(expected, await again.WaitAsync(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken));
        }
        Assert.Equal(new LoaderPosition(0, 2, 5), run.Position);
    }

    [Fact]
    public async Task TryTake_StoppedAndNobodyMakesIt_Says()
    {
        using Prefetcher<long> prefetcher = new(Make, new LoaderOptions(1) { PrefetchBatches = 2 }, workers: 1);
        prefetcher.Dispose();
        Task<string> taken = Task.Run(
            () => Assert.Throws<ConfigException>(() => prefetcher.TryTake(5, out _, out _, CancellationToken.None)).Message, TestContext.Current.CancellationToken);
        Assert.Equal(
            "DataLoader: the run was stopped while a batch was waited for; start another from its Position.",
            await taken.WaitAsync(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken));

        static bool Make(long ticket, out long batch, out LoaderPosition after)
        {
            (batch, after) = (ticket, default);
            return true;
        }
    }

    [Fact]
    public void Start_BeforeTheFirstBatchIsAskedFor_MakesNone()
    {
        long reads = 0;
        DataLoader<long, long> loader = new(Dataset.From<long>(100, i => Interlocked.Increment(ref reads)), x => x.Count, new LoaderOptions(4) { Workers = 3 });
        LoaderRun<long> run = loader.Start();
        using (IEnumerator<long> batches = run.GetEnumerator())
        {
            Thread.Sleep(50);
            Assert.Equal(0, Interlocked.Read(ref reads));
        }
        Assert.Equal(TimeSpan.Zero, run.Statistics.Elapsed);
        using LoaderRun<long> other = loader.Start();
        Assert.True(other.TryNext(out _));
        Assert.InRange(Interlocked.Read(ref reads), 4, 100 * 16);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(2)]
    public void Statistics_AfterTheEndAndDispose_StandStill(int workers)
    {
        DataLoader<long, long> loader = new(Dataset.From<long>(8, i => i), x => x.Count, new LoaderOptions(4) { Workers = workers });
        using LoaderRun<long> whole = loader.Epoch();
        while (whole.TryNext(out _)) { }
        LoaderRun<long> left = loader.Start();
        Assert.True(left.TryNext(out _));
        left.Dispose();
        (LoaderStatistics ended, LoaderStatistics disposed) = (whole.Statistics, left.Statistics);
        Thread.Sleep(20);
        Assert.Equal(ended, whole.Statistics);
        Assert.Equal(disposed, left.Statistics);
        Assert.True(ended.Elapsed > TimeSpan.Zero && disposed.Elapsed > TimeSpan.Zero);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(2)]
    public void TryNext_CollationFails_SaysWhichBatch(int workers)
    {
        DataLoader<long, long> loader = new(
            Dataset.From<long>(10, i => i), x => x.Count == 1 ? throw new FormatException("one is too few") : 0, new LoaderOptions(3) { Workers = workers });
        using LoaderRun<long> run = loader.Start();
        for (int i = 0; i < 3; i++) Assert.True(run.TryNext(out _));
        Assert.Equal(
            "Batch 3 of epoch 0 could not be made of its 1 examples: one is too few",
            Assert.Throws<DataException>(() => run.TryNext(out _)).Message);
    }

    [Fact]
    public void Start_Prefetching_StaysBelowItsBytes()
    {
        long alive = 0, most = 0;
        DataLoader<long, Sized> loader = new(
            Dataset.From<long>(400, i => i),
            _ =>
            {
                long now = Interlocked.Increment(ref alive);
                lock (this) most = Math.Max(most, now);
                return new Sized(1000);
            },
            new LoaderOptions(1) { Workers = 4, PrefetchBytes = 3500, PrefetchBatches = 100 });
        using LoaderRun<Sized> run = loader.Epoch();
        foreach (Sized _ in run)
        {
            if (run.Position.Batch % 20 == 0) Thread.Sleep(5); // lets the workers run as far ahead as they may
            Interlocked.Decrement(ref alive);
        }
        Assert.InRange(run.Statistics.PeakBytes, 1000, 3000);
        Assert.InRange(most, 1, 4); // three ahead, and the one in the consumer's hand
        Assert.Equal(400, run.Statistics.Batches);
    }

    [Fact]
    public void Start_BatchLargerThanTheBytes_IsStillMade()
    {
        DataLoader<long, Sized> loader = new(Dataset.From<long>(20, i => i), _ => new Sized(1000), new LoaderOptions(1) { Workers = 3, PrefetchBytes = 10 });
        Assert.Equal(20, loader.Epoch().Count());
    }

    [Fact]
    public void Start_PrefetchBatches_BoundsWhatHasNoSize()
    {
        long made = 0;
        DataLoader<long, long> loader = new(
            Dataset.From<long>(1000, i => i), _ => Interlocked.Increment(ref made), new LoaderOptions(1) { Workers = 3, PrefetchBatches = 4 });
        using LoaderRun<long> run = loader.Start();
        Assert.True(run.TryNext(out _));
        Thread.Sleep(50);
        Assert.InRange(Interlocked.Read(ref made), 1, 5);
    }

    [Fact]
    public void Dispose_MidEpoch_StopsTheWorkersAndTheirReading()
    {
        long reads = 0;
        DataLoader<long, long> loader = new(
            Dataset.From<long>(1 << 20, i => Interlocked.Increment(ref reads)), x => x.Count, new LoaderOptions(4) { Workers = 3 });
        LoaderRun<long> run = loader.Start();
        Assert.True(run.TryNext(out _));
        run.Dispose();
        long after = Interlocked.Read(ref reads);
        Thread.Sleep(50);
        Assert.Equal(after, Interlocked.Read(ref reads));
        Assert.Equal("DataLoader: the run was disposed; start another from its Position.", Assert.Throws<ConfigException>(() => run.TryNext(out _)).Message);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void TryNext_Cancelled_EndsTheWait(int workers)
    {
        using CancellationTokenSource source = new();
        using ManualResetEventSlim blocked = new();
        DataLoader<long, long> loader = new(
            Dataset.From<long>(10, i =>
            {
                // It does not know of the token: the wait for it must end by itself. The limit is there for a wait that does not.
                if (i == 3) blocked.Wait(TimeSpan.FromSeconds(20));
                return i;
            }),
            x => x[0], new LoaderOptions(1) { Workers = workers, Shuffle = false });
        using LoaderRun<long> run = loader.Start(default, source.Token);
        for (int i = 0; i < 3; i++) Assert.True(run.TryNext(out _));
        source.CancelAfter(30);
        long start = Stopwatch.GetTimestamp();
        Assert.ThrowsAny<OperationCanceledException>(() => run.TryNext(out _));
        Assert.InRange(Stopwatch.GetElapsedTime(start).TotalSeconds, 0, 10);
        blocked.Set();
    }

    [Fact]
    public void TryNext_CancelledWithoutWorkers_MakesNoMore()
    {
        using CancellationTokenSource source = new();
        long reads = 0;
        DataLoader<long, long> loader = new(Dataset.From<long>(10, i => reads++), x => x[0], new LoaderOptions(1));
        using LoaderRun<long> run = loader.Start(default, source.Token);
        Assert.True(run.TryNext(out _));
        source.Cancel();
        Assert.ThrowsAny<OperationCanceledException>(() => run.TryNext(out _));
        Assert.Equal(1, reads);
    }

    [Fact]
    public void Progress_EachBatch_IsToldWithFigures()
    {
        List<LoaderProgress> told = [];
        DataLoader<long, long> loader = new(
            Dataset.From<long>(10, i => i), x => x.Count, new LoaderOptions(4) { Progress = new Told(told) });
        Assert.Equal([4L, 4, 2], loader.Epoch());
        Assert.Equal([new(0, 1, 4), new(0, 2, 4), new LoaderPosition(1, 0, 4)], told.Select(p => p.Position));
        Assert.All(told, p => Assert.Equal(3, p.BatchesPerEpoch));
        Assert.Equal([1L, 2, 3], told.Select(p => p.Statistics.Batches));
        Assert.All(told, p => Assert.InRange(p.Statistics.Stall, 0, 1));
    }

    [Fact]
    public void Statistics_SlowLoaderAndSlowConsumer_TellThemApart()
    {
        Assert.InRange(Stall(load: 10, consume: 0), 0.5, 1);
        Assert.InRange(Stall(load: 0, consume: 10), 0, 0.5);

        static double Stall(int load, int consume)
        {
            DataLoader<long, long> loader = new(
                Dataset.From<long>(20, i => i),
                x =>
                {
                    Thread.Sleep(load);
                    return x.Count;
                },
                new LoaderOptions(1) { Workers = 1 });
            using LoaderRun<long> run = loader.Epoch();
            foreach (long _ in run) Thread.Sleep(consume);
            return run.Statistics.Stall;
        }
    }

    [Theory]
    [InlineData(0)]
    [InlineData(2)]
    public void TryNext_InsideAScope_BatchOutlivesIt(int workers)
    {
        DataLoader<ImageExample, TensorBatch> loader = new(new TinyDigits(8, 1), Collate.Images, new LoaderOptions(4) { Workers = workers });
        using LoaderRun<TensorBatch> run = loader.Start();
        TensorBatch? batch;
        using (MemoryScope.Begin()) Assert.True(run.TryNext(out batch));
        Assert.Equal([4, 1, 28, 28], batch.Inputs.Shape);
        Assert.Equal(4, batch.Targets.ToArray<long>().Length);
        Assert.Equal((4 * 784 * 4) + (4 * 8), batch.Bytes);
    }

    [Fact]
    public void GetEnumerator_SecondTime_Says()
    {
        using LoaderRun<long> run = new DataLoader<long, long>(Dataset.From<long>(3, i => i), x => x.Count, new LoaderOptions(1)).Epoch();
        Assert.Equal(3, run.Count());
        Assert.Equal(
            "DataLoader: a run can be enumerated once; start another from its Position.", Assert.Throws<ConfigException>(() => run.GetEnumerator()).Message);
    }

    private sealed class Told(List<LoaderProgress> list) : IProgress<LoaderProgress>
    {
        public void Report(LoaderProgress value) => list.Add(value);
    }
}
