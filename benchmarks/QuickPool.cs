using System.Diagnostics;
using System.Globalization;

namespace MiniStack.Benchmarks;

/// <summary>
/// What it costs to hand pieces that do nothing to other threads and to wait for all of them: the loop of the CPU kernels beside
/// those of .NET, in turns so that all see the same machine.
/// </summary>
/// <remarks>
/// The caller works too, and has often taken all of the empty pieces before a helper comes: a loop that leaves pieces to whoever
/// is there first need not wait for one. So a second pair of times is of pieces that end when all threads have begun theirs.
/// </remarks>
internal static class QuickPool
{
    private const int Rounds = 40, CallsPerRound = 2000;

    /// <summary>How many pieces must have begun before one ends; 0 for pieces that wait for nothing.</summary>
    private static int _meeting;
    private static int _arrived;

    public static void Run(int[] threadCounts)
    {
        if (threadCounts.Length == 0) threadCounts = [Environment.ProcessorCount];
        foreach (int threads in threadCounts)
        {
            CpuThreads.Count = threads;
            Print($"\n{threads} thread(s) and as many pieces, {Environment.ProcessorCount} cores; best and median µs of a call");
            Print($"{"hand-off",-32}{"empty pieces",16}{"all threads meet",20}");
            Measure(threads);
        }
    }

    private static void Measure(int threads)
    {
        ParallelOptions options = new() { MaxDegreeOfParallelism = threads };
        Action<int> piece = static _ => Piece();
        using ThreadPoolFork fork = new();
        (string Name, Action Call)[] ways =
        [
            ("CpuThreads.For", () => CpuThreads.For(threads, default(Work))),
            ("ThreadPool, one item a helper", () => fork.Run(threads)),
            ("Parallel.For", () => Parallel.For(0, threads, options, piece)),
        ];
        List<double>[] empty = [.. ways.Select(_ => new List<double>())], meeting = [.. ways.Select(_ => new List<double>())];
        for (int round = 0; round <= Rounds; round++)
        {
            for (int way = 0; way < ways.Length; way++)
            {
                empty[way].Add(Microseconds(ways[way].Call, meeting: 0));
                meeting[way].Add(Microseconds(ways[way].Call, meeting: threads));
            }
        }
        for (int way = 0; way < ways.Length; way++)
        {
            // The first round compiled the code.
            double[] alone = [.. empty[way].Skip(1).Order()], together = [.. meeting[way].Skip(1).Order()];
            Print($"{ways[way].Name,-32}{alone[0],8:F2}{alone[Rounds / 2],8:F2}{together[0],12:F2}{together[Rounds / 2],8:F2}");
        }
    }

    private static double Microseconds(Action call, int meeting)
    {
        _meeting = meeting;
        // This way's threads are awake after some calls, the others' have gone to sleep by then.
        for (int i = 0; i < CallsPerRound / 4; i++) Once();
        long start = Stopwatch.GetTimestamp();
        for (int i = 0; i < CallsPerRound; i++) Once();
        return Stopwatch.GetElapsedTime(start).TotalMicroseconds / CallsPerRound;

        void Once()
        {
            _arrived = 0;
            call();
        }
    }

    private static void Piece()
    {
        if (_meeting == 0) return;
        Interlocked.Increment(ref _arrived);
        SpinWait spinner = new();
        while (Volatile.Read(ref _arrived) < _meeting) spinner.SpinOnce(sleep1Threshold: -1);
    }

    private static void Print(FormattableString text) => Console.WriteLine(text.ToString(CultureInfo.InvariantCulture));

    private readonly struct Work : IWork
    {
        public void Run(int piece) => Piece();
    }

    /// <summary>The least that a fork-join over .NET's pool needs: one item a helper, and a count that the caller waits for.</summary>
    private sealed class ThreadPoolFork : IThreadPoolWorkItem, IDisposable
    {
        private readonly CountdownEvent _left = new(1);

        public void Run(int threads)
        {
            _left.Reset(threads);
            for (int helper = 1; helper < threads; helper++) ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
            Execute();
            _left.Wait(); // spins for a while before it sleeps
        }

        public void Execute()
        {
            Piece();
            _left.Signal();
        }

        public void Dispose() => _left.Dispose();
    }
}
