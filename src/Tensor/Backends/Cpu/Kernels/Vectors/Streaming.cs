using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace MiniStack;

/// <summary>Whether a kernel writes its output past the caches (non-temporal stores).</summary>
/// <remarks>
/// An ordinary store reads the cache line before it writes it, and throws out lines that others still need. An output as large
/// as the caches gains nothing from that: adding two tensors of 16 MiB takes 0.7 ms instead of 1.1.
/// </remarks>
internal static class Streaming
{
    /// <summary>Bytes from which an output is unlikely to be in a cache when it is read again.</summary>
    public const long Least = 8 << 20;

    /// <summary>True for a large output that lies on cache lines.</summary>
    /// <param name="y">What the kernel writes, in pieces or rows of <paramref name="run"/> elements, and does not read.</param>
    /// <param name="run">Elements of one piece or row.</param>
    public static bool Pays(Tensor y, int run = Pieces.Elements)
    {
        int size = y.DType.Size();
        // Only a pinned block stays on its cache lines.
        return y.Count * size >= Least && y.Storage is PooledStorage && (y.Layout.Offset | (long)run) * size % 64 == 0;
    }

    /// <summary>The same where <paramref name="input"/> may be the output itself, which is then in the caches.</summary>
    public static bool Pays(Tensor y, Tensor input, int run = Pieces.Elements) => y.Storage != input.Storage && Pays(y, run);

    /// <summary>to = from, for runs that <see cref="Pays(Tensor, int)"/> allows.</summary>
    public static unsafe void Copy<T>(ReadOnlySpan<T> from, Span<T> to) where T : unmanaged
    {
        int i = 0;
        for (; i <= to.Length - Vector256<T>.Count; i += Vector256<T>.Count)
        {
            Vector256<T> vector = Vector256.LoadUnsafe(in from[i]);
            vector.StoreAlignedNonTemporal((T*)Unsafe.AsPointer(ref to[i]));
        }
        from[i..].CopyTo(to[i..]);
    }

    /// <summary>All of to = value, for runs that <see cref="Pays(Tensor, int)"/> allows.</summary>
    public static unsafe void Fill<T>(Span<T> to, T value) where T : unmanaged
    {
        Vector256<T> vector = Vector256.Create(value);
        int i = 0;
        for (; i <= to.Length - Vector256<T>.Count; i += Vector256<T>.Count)
            vector.StoreAlignedNonTemporal((T*)Unsafe.AsPointer(ref to[i]));
        to[i..].Fill(value);
    }
}
