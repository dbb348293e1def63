namespace MiniStack.Machine;

/// <summary>Runs the same work on some threads at the same time.</summary>
internal static class Together
{
    /// <summary>What each thread returned. They start at once; with one thread the caller does the work itself.</summary>
    public static TResult[] Run<TResult>(int threads, Func<int, TResult> work)
    {
        if (threads == 1) return [work(0)];
        TResult[] results = new TResult[threads];
        using var barrier = new Barrier(threads);
        Thread[] workers = [.. Enumerable.Range(0, threads).Select(i => new Thread(() =>
        {
            barrier.SignalAndWait();
            results[i] = work(i);
        }))];
        foreach (Thread worker in workers) worker.Start();
        foreach (Thread worker in workers) worker.Join();
        return results;
    }
}
