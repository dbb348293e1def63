using System.Diagnostics;

namespace MiniStack.Tests;

/// <summary>Thousands of steps: what is rented returns, and the process does not grow.</summary>
[Collection(nameof(ProcessWide))]
public sealed class LeakTests(ITestOutputHelper output)
{
    private static readonly bool Soak = Environment.GetEnvironmentVariable("MINISTACK_SOAK") == "1";

    [Fact]
    public void Training_OfManySteps_KeepsItsMemory()
    {
        int steps = Soak ? 10_000 : 500;
        using TinyRun run = new();
        for (int i = 0; i < 500; i++) run.Step(); // by then the JIT has compiled what it will
        long fresh = CpuMemory.FreshBlocks, waiting = CpuMemory.FreeBytes, before = ResidentBytes();
        for (int i = 0; i < steps; i++) run.Step();
        double slope = (ResidentBytes() - before) / 1048576.0 / (steps / 1000.0);
        output.WriteLine($"{steps} steps: {CpuMemory.FreshBlocks - fresh} fresh blocks, {CpuMemory.FreeBytes - waiting} bytes more in the pool, resident memory {slope:F2} MiB per 1,000 steps");
        Assert.Equal(fresh, CpuMemory.FreshBlocks);
        Assert.Equal(waiting, CpuMemory.FreeBytes); // all that was rented came back
        // 500 steps are too few to tell a slope from the collector's own ups and downs.
        if (Soak) Assert.True(slope < 1, $"Resident memory grows by {slope:F2} MiB per 1,000 steps.");
    }

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
