using System.Diagnostics;
using MiniStack.Data;

namespace MiniStack.Formats.Tests;

/// <summary>Loads a file that may be hostile, and holds the loader to its promises.</summary>
internal static class GuardedLoad
{
    private const long Slack = 16 << 20;

    internal readonly record struct Outcome(bool Loaded, double Seconds, long Allocated);

    /// <summary>Success, or <see cref="CheckpointException"/> or <see cref="DataException"/>, and never more memory than twice the file and 16 MiB.</summary>
    /// <param name="path">The file.</param>
    /// <param name="load">Loads it.</param>
    public static Outcome Try(string path, Action<string> load)
    {
        long fileBytes = new FileInfo(path).Length, before = GC.GetAllocatedBytesForCurrentThread();
        long start = Stopwatch.GetTimestamp();
        bool loaded;
        try
        {
            load(path);
            loaded = true;
        }
        catch (MiniStackException error) when (error is CheckpointException or DataException)
        {
            Assert.StartsWith($"{path}: ", error.Message, StringComparison.Ordinal);
            Assert.InRange(error.Message.Length, path.Length + 10, path.Length + 400);
            Assert.DoesNotContain('\n', error.Message);
            loaded = false;
        }
        double seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
        long allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        Assert.InRange(allocated, 0, 2 * fileBytes + Slack);
        return new Outcome(loaded, seconds, allocated);
    }
}
