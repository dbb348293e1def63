using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace MiniStack.Machine;

/// <summary>How bytes are moved.</summary>
internal enum BandwidthKind
{
    /// <summary>Loaded and summed.</summary>
    Read,

    /// <summary>Stored, never loaded. (In main memory a plain store first fetches the line it changes; those bytes are not counted.)</summary>
    Write,

    /// <summary>Half of them loaded, half stored: what an operator with one input and one output does.</summary>
    Copy,

    /// <summary>Loaded, changed and stored in place, counted twice: what an optimizer does. No line is fetched in vain.</summary>
    Update,
}

/// <summary>What loads and stores do when nothing else limits them: the slanted side of the roof.</summary>
/// <remarks>Which level of the memory is measured depends on the bytes alone: those that fit into a cache stay there.</remarks>
internal static class Bandwidth
{
    private const int Alignment = 64;
    private const int Chunk = 8 * 64;
    private const double SecondsPerRound = 0.002;

    /// <summary>GB/s (10⁹ bytes loaded and stored) of some threads together, best of some rounds of two milliseconds or one pass.</summary>
    /// <param name="kind">What is done.</param>
    /// <param name="bytes">What each thread walks over, again and again; a copy's source and destination share it.</param>
    /// <param name="threads">Threads, each with memory of its own.</param>
    /// <param name="rounds">Measurements, of which the best counts.</param>
    public static double Gigabytes(BandwidthKind kind, long bytes, int threads, int rounds = 20)
    {
        int count = (int)(Math.Max(bytes, 2 * Chunk) / (2 * Chunk) * (2 * Chunk) / sizeof(float));
        float[][] blocks = [.. Enumerable.Range(0, threads).Select(_ => GC.AllocateArray<float>(count + Alignment / sizeof(float), pinned: true))];
        // Written once: memory that never was is one page of zeros, whatever its size, and would be read from a cache.
        foreach (float[] block in blocks) Array.Fill(block, 1e-20f);
        int passes = PassesPerRound(kind, blocks[0], count);
        double best = 0, moved = (double)count * sizeof(float) * (kind == BandwidthKind.Update ? 2 : 1);
        for (int round = 0; round < rounds; round++)
        {
            (long Start, long End)[] times = Together.Run(threads, i =>
            {
                long start = Stopwatch.GetTimestamp();
                Walk(kind, blocks[i], count, passes);
                return (start, Stopwatch.GetTimestamp());
            });
            // From the first start to the last end: what is shared must be shared all the time.
            double seconds = (double)(times.Max(time => time.End) - times.Min(time => time.Start)) / Stopwatch.Frequency;
            best = Math.Max(best, moved * passes * threads / seconds / 1e9);
        }
        return best;
    }

    /// <summary>So many that a round takes its two milliseconds. (The first walk compiles the code: one measurement would not do.)</summary>
    private static int PassesPerRound(BandwidthKind kind, float[] block, int count)
    {
        for (int passes = 1; ; passes *= 2)
        {
            long start = Stopwatch.GetTimestamp();
            Walk(kind, block, count, passes);
            if (passes >= 1 << 20 || (passes > 1 || count > 1 << 20) && Stopwatch.GetElapsedTime(start).TotalSeconds >= SecondsPerRound / 2) return passes;
        }
    }

    private static void Walk(BandwidthKind kind, float[] block, int count, int passes)
    {
        // The garbage collector aligns to 8 bytes; a vector that straddles two cache lines would cost two.
        long misaligned = Marshal.UnsafeAddrOfPinnedArrayElement(block, 0).ToInt64() % Alignment;
        ref float start = ref block[(int)((Alignment - misaligned) % Alignment / sizeof(float))];
        switch (kind, Vector512.IsHardwareAccelerated)
        {
            case (BandwidthKind.Read, true): Read512(ref start, count, passes); break;
            case (BandwidthKind.Read, false): Read256(ref start, count, passes); break;
            case (BandwidthKind.Write, true): Write512(ref start, count, passes); break;
            case (BandwidthKind.Write, false): Write256(ref start, count, passes); break;
            case (BandwidthKind.Update, true): Update512(ref start, count, passes); break;
            case (BandwidthKind.Update, false): Update256(ref start, count, passes); break;
            case (_, true): Copy512(ref start, ref Unsafe.Add(ref start, count / 2), count / 2, passes); break;
            default: Copy256(ref start, ref Unsafe.Add(ref start, count / 2), count / 2, passes); break;
        }
    }

    // Eight sums that do not wait for each other; the result is returned, so that no load can be left out.
    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private static float Read512(ref float start, int count, int passes)
    {
        Vector512<float> a = default, b = a, c = a, d = a, e = a, f = a, g = a, h = a;
        for (int pass = 0; pass < passes; pass++)
        {
            for (int i = 0; i < count; i += 128)
            {
                ref float at = ref Unsafe.Add(ref start, i);
                a += Vector512.LoadUnsafe(ref at);
                b += Vector512.LoadUnsafe(ref at, 16);
                c += Vector512.LoadUnsafe(ref at, 32);
                d += Vector512.LoadUnsafe(ref at, 48);
                e += Vector512.LoadUnsafe(ref at, 64);
                f += Vector512.LoadUnsafe(ref at, 80);
                g += Vector512.LoadUnsafe(ref at, 96);
                h += Vector512.LoadUnsafe(ref at, 112);
            }
        }
        return Vector512.Sum(a + b + c + d + e + f + g + h);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private static float Read256(ref float start, int count, int passes)
    {
        Vector256<float> a = default, b = a, c = a, d = a, e = a, f = a, g = a, h = a;
        for (int pass = 0; pass < passes; pass++)
        {
            for (int i = 0; i < count; i += 64)
            {
                ref float at = ref Unsafe.Add(ref start, i);
                a += Vector256.LoadUnsafe(ref at);
                b += Vector256.LoadUnsafe(ref at, 8);
                c += Vector256.LoadUnsafe(ref at, 16);
                d += Vector256.LoadUnsafe(ref at, 24);
                e += Vector256.LoadUnsafe(ref at, 32);
                f += Vector256.LoadUnsafe(ref at, 40);
                g += Vector256.LoadUnsafe(ref at, 48);
                h += Vector256.LoadUnsafe(ref at, 56);
            }
        }
        return Vector256.Sum(a + b + c + d + e + f + g + h);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private static void Write512(ref float start, int count, int passes)
    {
        for (int pass = 0; pass < passes; pass++)
        {
            Vector512<float> value = Vector512.Create((float)pass);
            for (int i = 0; i < count; i += 64)
            {
                ref float at = ref Unsafe.Add(ref start, i);
                value.StoreUnsafe(ref at);
                value.StoreUnsafe(ref at, 16);
                value.StoreUnsafe(ref at, 32);
                value.StoreUnsafe(ref at, 48);
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private static void Write256(ref float start, int count, int passes)
    {
        for (int pass = 0; pass < passes; pass++)
        {
            Vector256<float> value = Vector256.Create((float)pass);
            for (int i = 0; i < count; i += 32)
            {
                ref float at = ref Unsafe.Add(ref start, i);
                value.StoreUnsafe(ref at);
                value.StoreUnsafe(ref at, 8);
                value.StoreUnsafe(ref at, 16);
                value.StoreUnsafe(ref at, 24);
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private static void Copy512(ref float source, ref float destination, int count, int passes)
    {
        for (int pass = 0; pass < passes; pass++)
        {
            for (int i = 0; i < count; i += 64)
            {
                ref float from = ref Unsafe.Add(ref source, i), to = ref Unsafe.Add(ref destination, i);
                Vector512.LoadUnsafe(ref from).StoreUnsafe(ref to);
                Vector512.LoadUnsafe(ref from, 16).StoreUnsafe(ref to, 16);
                Vector512.LoadUnsafe(ref from, 32).StoreUnsafe(ref to, 32);
                Vector512.LoadUnsafe(ref from, 48).StoreUnsafe(ref to, 48);
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private static void Copy256(ref float source, ref float destination, int count, int passes)
    {
        for (int pass = 0; pass < passes; pass++)
        {
            for (int i = 0; i < count; i += 32)
            {
                ref float from = ref Unsafe.Add(ref source, i), to = ref Unsafe.Add(ref destination, i);
                Vector256.LoadUnsafe(ref from).StoreUnsafe(ref to);
                Vector256.LoadUnsafe(ref from, 8).StoreUnsafe(ref to, 8);
                Vector256.LoadUnsafe(ref from, 16).StoreUnsafe(ref to, 16);
                Vector256.LoadUnsafe(ref from, 24).StoreUnsafe(ref to, 24);
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private static void Update512(ref float start, int count, int passes)
    {
        Vector512<float> one = Vector512<float>.One;
        for (int pass = 0; pass < passes; pass++)
        {
            for (int i = 0; i < count; i += 64)
            {
                ref float at = ref Unsafe.Add(ref start, i);
                (Vector512.LoadUnsafe(ref at) + one).StoreUnsafe(ref at);
                (Vector512.LoadUnsafe(ref at, 16) + one).StoreUnsafe(ref at, 16);
                (Vector512.LoadUnsafe(ref at, 32) + one).StoreUnsafe(ref at, 32);
                (Vector512.LoadUnsafe(ref at, 48) + one).StoreUnsafe(ref at, 48);
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private static void Update256(ref float start, int count, int passes)
    {
        Vector256<float> one = Vector256<float>.One;
        for (int pass = 0; pass < passes; pass++)
        {
            for (int i = 0; i < count; i += 32)
            {
                ref float at = ref Unsafe.Add(ref start, i);
                (Vector256.LoadUnsafe(ref at) + one).StoreUnsafe(ref at);
                (Vector256.LoadUnsafe(ref at, 8) + one).StoreUnsafe(ref at, 8);
                (Vector256.LoadUnsafe(ref at, 16) + one).StoreUnsafe(ref at, 16);
                (Vector256.LoadUnsafe(ref at, 24) + one).StoreUnsafe(ref at, 24);
            }
        }
    }
}
