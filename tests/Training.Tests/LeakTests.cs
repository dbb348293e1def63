using System.Diagnostics;

namespace MiniStack.Tests;

/// <summary>Thousands of steps: what is rented returns, and the process does not grow.</summary>
[Collection(nameof(ProcessWide))]
public sealed class LeakTests(ITestOutputHelper output)
{
    [Fact]
    public void Training_OfManySteps_KeepsItsMemory()
    {
        int steps = Soak.IsOn ? 10_000 : 500;
        using TinyRun run = new();
        for (int i = 0; i < 500; i++) run.Step(); // by then the JIT has compiled what it will
        long fresh = CpuMemory.FreshBlocks, waiting = CpuMemory.FreeBytes, before = ResidentBytes();
        for (int i = 0; i < steps; i++) run.Step();
        double slope = (ResidentBytes() - before) / 1048576.0 / (steps / 1000.0);
        output.WriteLine($"measured: {steps} steps, each with a tape that is disposed: {CpuMemory.FreshBlocks - fresh} fresh blocks, {CpuMemory.FreeBytes - waiting} bytes more in the pool, resident memory {slope:F2} MiB per 1,000 steps");
        Assert.Equal(fresh, CpuMemory.FreshBlocks);
        Assert.Equal(waiting, CpuMemory.FreeBytes); // all that was rented came back
        // 500 steps are too few to tell a slope from the collector's own ups and downs.
        if (Soak.IsOn) Assert.True(slope < 1, $"Resident memory grows by {slope:F2} MiB per 1,000 steps.");
    }

    [Fact]
    public void Training_WithoutAnyUsing_KeepsItsMemory()
    {
        Exception? failure = null;
        // A thread of its own: the last tape and its scope stay open on it, and no other test may find them.
        Thread thread = new(() => failure = Record.Exception(() => TrainWithoutUsing(Soak.IsOn ? 10_000 : 500)));
        thread.Start();
        thread.Join();
        Assert.Null(failure);
    }

    /// <summary>Steps that leave everything to the garbage collector.</summary>
    private void TrainWithoutUsing(int steps)
    {
        using TinyRun run = new();
        for (int i = 0; i < 500; i++) run.StepWithoutUsing();
        WeakReference[] losses = [.. Enumerable.Range(0, steps).Select(_ => new WeakReference(null))];
        long resident = ResidentBytes(), managed = ManagedBytes(), waiting = CpuMemory.FreeBytes, peak = 0;
        for (int i = 0; i < steps; i++)
        {
            losses[i].Target = run.StepWithoutUsing();
            if (i % 100 == 0) peak = Math.Max(peak, Environment.WorkingSet);
        }
        double slope = (ResidentBytes() - resident) / 1048576.0 / (steps / 1000.0);
        managed = ManagedBytes() - managed;
        int alive = losses.Count(loss => loss.IsAlive);
        output.WriteLine($"measured: {steps} steps without any using: {alive} losses alive, {managed} managed bytes more, {CpuMemory.FreeBytes - waiting} bytes more in the pool, resident memory {slope:F2} MiB per 1,000 steps, at most {(peak - resident) / 1048576.0:F0} MiB more between collections");
        Assert.True(alive <= 1, $"{alive} losses of {steps} steps are alive; only the last tape is the thread's own still.");
        Assert.True(managed < 100_000, $"The collector keeps {managed} bytes more than {steps} steps before.");
        Assert.True(CpuMemory.FreeBytes <= waiting, $"The pool keeps {CpuMemory.FreeBytes - waiting} bytes more than {steps} steps before.");
        if (Soak.IsOn) Assert.True(slope < 1, $"Resident memory grows by {slope:F2} MiB per 1,000 steps.");
    }

    /// <summary>What the last collection left. (GetTotalMemory counts what is free among pinned arrays twice: it can be negative.)</summary>
    private static long ManagedBytes() => GC.GetGCMemoryInfo(GCKind.FullBlocking) is var info ? info.HeapSizeBytes - info.FragmentedBytes : 0;

    private static long ResidentBytes()
    {
        // Aggressive: the collector hands free memory back to the system instead of keeping it for later.
        GC.Collect(2, GCCollectionMode.Aggressive, blocking: true, compacting: true);
        GC.WaitForPendingFinalizers();
        GC.Collect(2, GCCollectionMode.Aggressive, blocking: true, compacting: true);
        using Process process = Process.GetCurrentProcess();
        return process.WorkingSet64;
    }
}
