namespace MiniStack;

/// <summary>One piece of a kernel's work; a struct, so that the loop over pieces is compiled for it.</summary>
internal interface IWork
{
    /// <summary>Does piece number <paramref name="piece"/>.</summary>
    void Run(int piece);
}

/// <summary>How many threads the CPU kernels use, and the loop that shares a kernel's pieces among them.</summary>
/// <remarks>Pieces never depend on the thread count, so results do not either. The calling thread works too.</remarks>
public static class CpuThreads
{
    private static int _count = Environment.ProcessorCount;

    /// <summary>Threads that kernels use, the calling one included; at first one for each core.</summary>
    /// <exception cref="ConfigException">The value is not between 1 and 1024.</exception>
    public static int Count
    {
        get => _count;
        set => _count = value is >= 1 and <= 1024
            ? value
            : throw new ConfigException($"The thread count must be between 1 and 1024, not {value}.");
    }

    /// <summary>Runs pieces 0 to <paramref name="pieces"/> − 1, in any order, and returns when all are done.</summary>
    /// <remarks>
    /// The first exception of a piece reaches the caller; pieces not yet begun are then left out. A call from inside a piece,
    /// or while another thread's call has the pool, runs its pieces on the calling thread: correct, and no slower in total.
    /// </remarks>
    /// <param name="pieces">How many pieces there are.</param>
    /// <param name="work">Does them.</param>
    /// <param name="most">Threads at most: 1 where the work is too little to share.</param>
    internal static void For<TWork>(int pieces, TWork work, int most = int.MaxValue) where TWork : struct, IWork
    {
        int threads = Math.Min(Math.Min(_count, most), pieces);
        if (threads > 1 && CpuPool.TryRun(threads, pieces, work)) return;
        for (int piece = 0; piece < pieces; piece++) work.Run(piece);
    }
}
