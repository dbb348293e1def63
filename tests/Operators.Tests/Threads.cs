using System.Runtime.InteropServices;

namespace MiniStack.Tests;

/// <summary>Results do not depend on the thread count.</summary>
internal static class Threads
{
    /// <summary>Runs <paramref name="f"/> with 1, 2 and 4 threads: the numbers must have equal bits.</summary>
    public static void SameBits<T>(Func<T[]> f) where T : unmanaged
    {
        int before = CpuThreads.Count;
        try
        {
            CpuThreads.Count = 1;
            byte[] first = MemoryMarshal.AsBytes<T>(f()).ToArray();
            foreach (int threads in (int[])[2, 4])
            {
                CpuThreads.Count = threads;
                Assert.True(MemoryMarshal.AsBytes<T>(f()).SequenceEqual(first), $"Other bits with {threads} threads.");
            }
        }
        finally
        {
            CpuThreads.Count = before;
        }
    }
}
