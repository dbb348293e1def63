namespace MiniStack.Tests;

/// <summary>The loop that shares pieces among threads.</summary>
[Collection(nameof(ProcessWide))]
public class CpuThreadsTests : IDisposable
{
    private readonly int _count = CpuThreads.Count;

    public void Dispose() => CpuThreads.Count = _count;

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(5)]
    public void For_AnyCount_RunsEveryPieceOnce(int threads)
    {
        CpuThreads.Count = threads;
        for (int pieces = 0; pieces < 200; pieces++)
        {
            int[] runs = new int[pieces];
            CpuThreads.For(pieces, new Tally(runs));
            Assert.All(runs, run => Assert.Equal(1, run));
        }
    }

    [Fact]
    public void For_CountChangesBetweenCalls_RunsEveryPieceOnce()
    {
        int[] runs = new int[100];
        for (int i = 0; i < 300; i++)
        {
            CpuThreads.Count = 1 + i % 4;
            CpuThreads.For(runs.Length, new Tally(runs));
        }
        Assert.All(runs, run => Assert.Equal(300, run));
    }

    [Fact]
    public void For_OneThread_StaysOnTheCaller()
    {
        CpuThreads.Count = 1;
        int[] threads = new int[50];
        CpuThreads.For(threads.Length, new Threads(threads));
        Assert.All(threads, thread => Assert.Equal(Environment.CurrentManagedThreadId, thread));
    }

    [Fact]
    public void For_PiecesThatTakeTime_AreSharedAndTheCallerWorksToo()
    {
        CpuThreads.Count = 2;
        int[] threads = new int[20];
        CpuThreads.For(threads.Length, new Threads(threads, sleep: 5));
        Assert.Equal(2, threads.Distinct().Count());
        Assert.Contains(Environment.CurrentManagedThreadId, threads);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void For_PieceThrows_CallerSeesItAndThePoolStillWorks(int threads)
    {
        CpuThreads.Count = threads;
        for (int i = 0; i < 20; i++)
        {
            InvalidOperationException error = Assert.Throws<InvalidOperationException>(() => CpuThreads.For(10, new Throws(i % 10)));
            Assert.Equal($"piece {i % 10}", error.Message);
            int[] runs = new int[10];
            CpuThreads.For(runs.Length, new Tally(runs));
            Assert.All(runs, run => Assert.Equal(1, run));
        }
    }

    [Fact]
    public void For_InsideAPiece_RunsEveryPieceOnce()
    {
        CpuThreads.Count = 3;
        int[] runs = new int[64];
        for (int i = 0; i < 100; i++) CpuThreads.For(8, new Outer(runs));
        Assert.All(runs, run => Assert.Equal(100, run));
    }

    [Fact]
    public void For_FromManyThreadsAtOnce_RunsEveryPieceOnce()
    {
        CpuThreads.Count = 2;
        int[][] runs = [.. Enumerable.Range(0, 4).Select(_ => new int[30])];
        Thread[] callers = [.. runs.Select(own => new Thread(() =>
        {
            for (int i = 0; i < 500; i++) CpuThreads.For(own.Length, new Tally(own));
        }))];
        foreach (Thread caller in callers) caller.Start();
        foreach (Thread caller in callers) caller.Join();
        Assert.All(runs.SelectMany(own => own), run => Assert.Equal(500, run));
    }

    [Fact]
    public void For_AfterTheFirstCall_AllocatesNothing()
    {
        CpuThreads.Count = 2;
        int[] runs = new int[8];
        CpuThreads.For(runs.Length, new Tally(runs));
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < 1000; i++) CpuThreads.For(runs.Length, new Tally(runs));
        Assert.Equal(before, GC.GetAllocatedBytesForCurrentThread());
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1025)]
    public void Count_OutOfRange_Throws(int count) => Assert.Equal(
        $"The thread count must be between 1 and 1024, not {count}.",
        Assert.Throws<ConfigException>(() => CpuThreads.Count = count).Message);

    private readonly struct Tally(int[] runs) : IWork
    {
        public void Run(int piece) => Interlocked.Increment(ref runs[piece]);
    }

    private readonly struct Threads(int[] threads, int sleep = 0) : IWork
    {
        public void Run(int piece)
        {
            threads[piece] = Environment.CurrentManagedThreadId;
            if (sleep > 0) Thread.Sleep(sleep);
        }
    }

    private readonly struct Throws(int bad) : IWork
    {
        public void Run(int piece)
        {
            if (piece == bad) throw new InvalidOperationException($"piece {piece}");
        }
    }

    private readonly struct Outer(int[] runs) : IWork
    {
        public void Run(int piece) => CpuThreads.For(8, new Inner(runs, piece * 8));
    }

    private readonly struct Inner(int[] runs, int first) : IWork
    {
        public void Run(int piece) => Interlocked.Increment(ref runs[first + piece]);
    }
}
