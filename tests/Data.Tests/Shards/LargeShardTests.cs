using System.Globalization;
using MiniStack.Data;
using MiniStack.Formats.Tests;

namespace MiniStack.Tests.Shards;

/// <summary>A shard of 4 GiB, most of it a hole in the file: more than may be in memory.</summary>
public sealed class LargeShardTests(ITestOutputHelper output) : TestFolder
{
    private const long FileBytes = 4L << 30, Count = (FileBytes - 64) / 2, Budget = 64L << 20;

    [Fact]
    [Trait("Category", "Soak")]
    public void Read_ShardOfFourGibibytes_HoldsLittleMemory()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Resident memory is read from /proc.");
        string path = Sparse();
        using TokenShard shard = TokenShard.Open(path);
        Assert.Equal(Count, shard.Count);
        long before = Resident(), most = 0, bytes = 0;
        int[] window = new int[1025];
        for (int i = 0; i < 64; i++)
        {
            long start = Marked(i);
            shard.Read(start, window.AsSpan());
            Assert.Equal([1000 + i, 2000 + i, 0], window[..3]);
        }
        // Shuffled windows all over the file, as a run sees them.
        DataLoader<TokenWindow, TensorBatch> loader = new(shard.Windows(1024), Collate.TokensI32, new LoaderOptions(16) { Workers = 1, Seed = 3, PrefetchBatches = 4 });
        foreach (TensorBatch batch in loader.Start().Take(Soak.IsOn ? 20_000 : 100)) Look(batch.Bytes);
        // From end to end: all of it in soak runs, else a part that is many times what may stay.
        long[] piece = new long[1 << 20];
        long last = Soak.IsOn ? Count : 160L << 20;
        for (long start = 0; start + piece.Length <= last; start += piece.Length)
        {
            shard.Read(start, piece.AsSpan());
            Look(2L * piece.Length);
        }
        output.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{FileBytes >> 20:N0} MiB of tokens; {bytes >> 20:N0} MiB read with a budget of {Budget >> 20} MiB; resident memory of files grew by {(most - before) >> 20} MiB at most."));
        Assert.InRange(most - before, 0, 3 * Budget);

        void Look(long read)
        {
            bytes += read;
            most = Math.Max(most, Resident());
        }
    }

    /// <summary>Zeros but for two tokens at 64 places from the first to the last.</summary>
    private string Sparse()
    {
        string path = PathOf("sparse.tokens");
        using FileStream stream = File.Create(path);
        byte[] header = [.. "MSTOKENS"u8, 1, 0, 0, 0, 2, 0, 0, 0, .. BitConverter.GetBytes(Count), .. new byte[40]];
        stream.Write(header);
        for (int i = 0; i < 64; i++)
        {
            stream.Position = 64 + (2 * Marked(i));
            stream.Write([.. BitConverter.GetBytes((ushort)(1000 + i)), .. BitConverter.GetBytes((ushort)(2000 + i))]);
        }
        stream.SetLength(FileBytes);
        return path;
    }

    private static long Marked(int i) => (Count - 1025) / 63 * i;

    /// <summary>Pages of files in this process's memory.</summary>
    private static long Resident() => 1024 * long.Parse(
        File.ReadLines("/proc/self/status").First(line => line.StartsWith("RssFile", StringComparison.Ordinal)).AsSpan("RssFile:".Length).Trim(" \tkB"),
        CultureInfo.InvariantCulture);
}
