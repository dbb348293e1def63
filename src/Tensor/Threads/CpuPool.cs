using System.Diagnostics;
using System.Runtime.ExceptionServices;
using System.Runtime.InteropServices;

namespace MiniStack;

/// <summary>Background threads that help <see cref="CpuThreads.For"/>: they spin for a moment after a job, then sleep.</summary>
/// <remarks>
/// <para>An operator takes some ten microseconds, and waking a sleeping thread takes as long; so a helper that has just worked
/// looks out for the next job before it sleeps. The moment is short, because a spinning thread takes a core from others.</para>
/// <para>One job runs at a time. Its state is one number: bit 31 says that helpers may join, the rest counts those that have.
/// The caller opens the job, works, closes it when no piece is left to take, and waits until the count is 0. A helper that wakes
/// up late finds the job closed and has touched nothing.</para>
/// </remarks>
internal static class CpuPool
{
    private const int Open = 1 << 31;

    /// <summary>How long a helper looks out for the next job: some twenty microseconds.</summary>
    private static readonly long SpinTicks = Stopwatch.Frequency / 50_000;

    private static readonly Lock Hiring = new();
    private static readonly object Bed = new();
    private static int _busy;
    private static int _helpers;
    private static int _asleep;
    private static int _maxJoined;
    private static Job? _job;
    private static Counters _counters;

    [ThreadStatic]
    private static int _helped; // the thread that a helper works for at the moment; 0 on threads that are no helpers

    /// <summary>The thread whose operator this thread computes: itself, or the one that it helps.</summary>
    public static int CallingThread => _helped == 0 ? Environment.CurrentManagedThreadId : _helped;

    /// <summary>Shares the pieces among the caller and threads − 1 helpers; false, having done nothing, when the pool is busy.</summary>
    public static bool TryRun<TWork>(int threads, int pieces, TWork work) where TWork : struct, IWork
    {
        if (Interlocked.CompareExchange(ref _busy, 1, 0) != 0) return false;
        try
        {
            Hire(threads - 1);
            Job<TWork> job = Job<TWork>.Instance;
            job.Begin(pieces, work);
            _job = job;
            _maxJoined = threads - 1;
            Volatile.Write(ref _counters.Next, 0);
            Interlocked.Exchange(ref _counters.State, Open);
            Wake(threads - 1);

            job.Help(ref _counters.Next);

            Interlocked.And(ref _counters.State, ~Open);
            var spinner = new SpinWait();
            while (Volatile.Read(ref _counters.State) != 0) spinner.SpinOnce(sleep1Threshold: -1);
            job.End();
        }
        finally
        {
            Volatile.Write(ref _busy, 0);
        }
        return true;
    }

    private static void Hire(int wanted)
    {
        if (Volatile.Read(ref _helpers) >= wanted) return;
        lock (Hiring)
        {
            for (; _helpers < wanted; _helpers++)
                new Thread(Live) { IsBackground = true, Name = $"MiniStack helper {_helpers + 1}" }.UnsafeStart();
        }
    }

    private static void Wake(int wanted)
    {
        // The state was written with a full fence before this read, as _asleep is before a helper's last look at the state:
        // one of the two sees the other.
        if (Volatile.Read(ref _asleep) == 0) return;
        lock (Bed)
        {
            if (wanted >= _asleep) Monitor.PulseAll(Bed);
            else for (int i = 0; i < wanted; i++) Monitor.Pulse(Bed);
        }
    }

    /// <summary>A helper's life.</summary>
    private static void Live()
    {
        while (true)
        {
            if (TryJoin())
            {
                Job job = _job!;
                _helped = job.Caller;
                job.Help(ref _counters.Next);
                Interlocked.Decrement(ref _counters.State);
            }
            LookOut();
        }
    }

    private static bool TryJoin()
    {
        while (true)
        {
            int state = Volatile.Read(ref _counters.State);
            if ((state & Open) == 0 || (state & ~Open) >= _maxJoined) return false;
            if (Interlocked.CompareExchange(ref _counters.State, state + 1, state) == state) return true;
        }
    }

    /// <summary>Returns when there may be a job to join: one with pieces left, and not all helpers it wants.</summary>
    private static void LookOut()
    {
        long end = Stopwatch.GetTimestamp() + SpinTicks;
        while (Stopwatch.GetTimestamp() < end)
        {
            for (int look = 0; look < 16; look++)
            {
                if (HasOffer()) return;
                Thread.SpinWait(1);
            }
        }
        lock (Bed)
        {
            Interlocked.Increment(ref _asleep);
            while (!HasOffer()) Monitor.Wait(Bed);
            _asleep--;
        }
    }

    private static bool HasOffer()
    {
        int state = Volatile.Read(ref _counters.State);
        return (state & Open) != 0 && (state & ~Open) < Volatile.Read(ref _maxJoined)
            && Volatile.Read(ref _counters.Next) < (Volatile.Read(ref _job)?.Pieces ?? 0);
    }

    /// <summary>The two numbers that all threads write, each on a cache line of its own.</summary>
    [StructLayout(LayoutKind.Explicit, Size = 384)]
    private struct Counters
    {
        [FieldOffset(128)]
        public int State;

        [FieldOffset(256)]
        public int Next;
    }

    /// <summary>Pieces to be taken one by one.</summary>
    private abstract class Job
    {
        private Exception? _error;

        public int Pieces { get; protected set; }

        /// <summary>The thread that waits for the job.</summary>
        public int Caller { get; protected set; }

        /// <summary>Takes pieces until none is left.</summary>
        public void Help(ref int next)
        {
            try
            {
                RunAll(ref next);
            }
            catch (Exception error)
            {
                Interlocked.CompareExchange(ref _error, error, null);
                Volatile.Write(ref next, Pieces);
            }
        }

        /// <summary>Throws what a piece threw.</summary>
        protected void ThrowIfFailed()
        {
            if (_error is not { } error) return;
            _error = null;
            ExceptionDispatchInfo.Throw(error);
        }

        protected abstract void RunAll(ref int next);
    }

    /// <summary>The job of one kind of work; there is one of each kind, used again and again, so that a call allocates nothing.</summary>
    private sealed class Job<TWork> : Job where TWork : struct, IWork
    {
        public static readonly Job<TWork> Instance = new();

        private TWork _work;

        public void Begin(int pieces, TWork work)
        {
            Pieces = pieces;
            Caller = Environment.CurrentManagedThreadId;
            _work = work;
        }

        public void End()
        {
            _work = default; // holds on to no tensor
            ThrowIfFailed();
        }

        protected override void RunAll(ref int next)
        {
            while (true)
            {
                int piece = Interlocked.Increment(ref next) - 1;
                if (piece >= Pieces) return;
                _work.Run(piece);
            }
        }
    }
}
