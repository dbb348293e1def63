namespace MiniStack.Examples.Hardware;

/// <summary>A level of the memory, as measured.</summary>
/// <param name="Name">L1, L2, L3 or memory.</param>
/// <param name="Bytes">What each thread walked over to measure it.</param>
/// <param name="Most">An operator that moves at most so many bytes finds them here.</param>
/// <param name="Read">GB/s of all threads, loading.</param>
/// <param name="Write">Storing.</param>
/// <param name="Copy">Loading half and storing half.</param>
/// <param name="Update">Loading and storing in place.</param>
internal sealed record MemoryLevel(string Name, long Bytes, long Most, double Read, double Write, double Copy, double Update)
{
    /// <summary>The bandwidth for a way to move bytes.</summary>
    public double Of(BandwidthKind kind) => kind switch
    {
        BandwidthKind.Read => Read,
        BandwidthKind.Write => Write,
        BandwidthKind.Update => Update,
        _ => Copy,
    };

    /// <summary>The better of two measurements: other programs, and other machines on the same processor, only ever take away.</summary>
    public MemoryLevel Or(MemoryLevel other) =>
        this with { Read = Math.Max(Read, other.Read), Write = Math.Max(Write, other.Write), Copy = Math.Max(Copy, other.Copy), Update = Math.Max(Update, other.Update) };

    public static MemoryLevel[] Measure(Caches caches, int threads, int rounds)
    {
        return
        [
            Level("L1", caches.L1 / 2, caches.L1 * threads),
            Level("L2", caches.L2 / 2, caches.L2 * threads),
            Level("L3", caches.L3 / 4 / threads, caches.L3),
            Level("memory", 4 * caches.L3 / threads, long.MaxValue),
        ];

        MemoryLevel Level(string name, long bytes, long most) => new(name, bytes, most,
            Bandwidth.Gigabytes(BandwidthKind.Read, bytes, threads, rounds),
            Bandwidth.Gigabytes(BandwidthKind.Write, bytes, threads, rounds),
            Bandwidth.Gigabytes(BandwidthKind.Copy, bytes, threads, rounds),
            Bandwidth.Gigabytes(BandwidthKind.Update, bytes, threads, rounds));
    }
}
