using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace MiniStack;

/// <summary>Transposes of squares of 4-byte elements in registers: whole vectors are read and written, each cache line once.</summary>
internal static class Transposer
{
    /// <summary>Rows and columns of the square that this machine's registers hold; 0 where there is no kernel.</summary>
    public static int Size => Avx512F.IsSupported ? 16 : Avx.IsSupported ? 8 : 0;

    /// <summary>to[c, r] = from[r, c] for a square; strides are the distances of rows in elements.</summary>
    /// <param name="from">The first element.</param>
    /// <param name="fromStride">Of the source.</param>
    /// <param name="to">The first element.</param>
    /// <param name="toStride">Of the destination.</param>
    /// <param name="streams">Whether to write past the caches; see <see cref="Streaming"/>.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static unsafe void Square(ref int from, nint fromStride, ref int to, nint toStride, bool streams)
    {
        if (Avx512F.IsSupported) Square16(ref from, fromStride, ref to, toStride, streams);
        else Square8(ref from, fromStride, ref to, toStride);
    }

    // Elements change places within groups of four rows, then groups of four elements between them.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static unsafe void Square16(ref int from, nint fromStride, ref int to, nint toStride, bool streams)
    {
        FourRows first = new(ref from, 0, fromStride), second = new(ref from, 4, fromStride);
        FourRows third = new(ref from, 8, fromStride), fourth = new(ref from, 12, fromStride);
        StoreLanes(first.A, second.A, third.A, fourth.A, ref to, 0, toStride, streams);
        StoreLanes(first.B, second.B, third.B, fourth.B, ref to, 1, toStride, streams);
        StoreLanes(first.C, second.C, third.C, fourth.C, ref to, 2, toStride, streams);
        StoreLanes(first.D, second.D, third.D, fourth.D, ref to, 3, toStride, streams);
    }

    /// <summary>
    /// Lane l of the four vectors holds one column of four rows: column 4l + <paramref name="column"/> of sixteen is stored.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static unsafe void StoreLanes(
        Vector512<int> a, Vector512<int> b, Vector512<int> c, Vector512<int> d, ref int to, int column, nint toStride, bool streams)
    {
        Vector512<int> ab0 = Avx512F.Shuffle4x128(a, b, 0x88), ab1 = Avx512F.Shuffle4x128(a, b, 0xDD);
        Vector512<int> cd0 = Avx512F.Shuffle4x128(c, d, 0x88), cd1 = Avx512F.Shuffle4x128(c, d, 0xDD);
        Store512(Avx512F.Shuffle4x128(ab0, cd0, 0x88), ref to, column * toStride, streams);
        Store512(Avx512F.Shuffle4x128(ab1, cd1, 0x88), ref to, (4 + column) * toStride, streams);
        Store512(Avx512F.Shuffle4x128(ab0, cd0, 0xDD), ref to, (8 + column) * toStride, streams);
        Store512(Avx512F.Shuffle4x128(ab1, cd1, 0xDD), ref to, (12 + column) * toStride, streams);
    }

    /// <summary>
    /// Four rows of sixteen, transposed in each of the four lanes: lane l of A holds the rows' element 4l, of B 4l + 1, and so on.
    /// </summary>
    private readonly struct FourRows
    {
        public readonly Vector512<int> A, B, C, D; // four fields: the JIT keeps them in registers

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public FourRows(ref int from, int row, nint stride)
        {
            Vector512<int> a = Load512(ref from, row * stride), b = Load512(ref from, (row + 1) * stride);
            Vector512<int> c = Load512(ref from, (row + 2) * stride), d = Load512(ref from, (row + 3) * stride);
            Vector512<long> ab0 = Avx512F.UnpackLow(a, b).AsInt64(), ab1 = Avx512F.UnpackHigh(a, b).AsInt64();
            Vector512<long> cd0 = Avx512F.UnpackLow(c, d).AsInt64(), cd1 = Avx512F.UnpackHigh(c, d).AsInt64();
            A = Avx512F.UnpackLow(ab0, cd0).AsInt32();
            B = Avx512F.UnpackHigh(ab0, cd0).AsInt32();
            C = Avx512F.UnpackLow(ab1, cd1).AsInt32();
            D = Avx512F.UnpackHigh(ab1, cd1).AsInt32();
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static unsafe void Square8(ref int from, nint fromStride, ref int to, nint toStride)
    {
        Vector256<double>* rows = stackalloc Vector256<double>[8];
        for (int r = 0; r < 8; r += 4)
        {
            Vector256<float> a = Load256(ref from, r * fromStride), b = Load256(ref from, (r + 1) * fromStride);
            Vector256<float> c = Load256(ref from, (r + 2) * fromStride), d = Load256(ref from, (r + 3) * fromStride);
            Vector256<double> ab0 = Avx.UnpackLow(a, b).AsDouble(), ab1 = Avx.UnpackHigh(a, b).AsDouble();
            Vector256<double> cd0 = Avx.UnpackLow(c, d).AsDouble(), cd1 = Avx.UnpackHigh(c, d).AsDouble();
            rows[r] = Avx.UnpackLow(ab0, cd0);
            rows[r + 1] = Avx.UnpackHigh(ab0, cd0);
            rows[r + 2] = Avx.UnpackLow(ab1, cd1);
            rows[r + 3] = Avx.UnpackHigh(ab1, cd1);
        }
        for (int column = 0; column < 4; column++)
        {
            Vector256<double> top = rows[column], bottom = rows[4 + column];
            Avx.Permute2x128(top, bottom, 0x20).AsInt32().StoreUnsafe(ref Unsafe.Add(ref to, column * toStride));
            Avx.Permute2x128(top, bottom, 0x31).AsInt32().StoreUnsafe(ref Unsafe.Add(ref to, (4 + column) * toStride));
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<int> Load512(ref int from, nint offset) => Vector512.LoadUnsafe(ref Unsafe.Add(ref from, offset));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<float> Load256(ref int from, nint offset) => Vector256.LoadUnsafe(ref Unsafe.Add(ref from, offset)).AsSingle();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static unsafe void Store512(Vector512<int> row, ref int to, nint offset, bool streams)
    {
        ref int start = ref Unsafe.Add(ref to, offset);
        if (streams) row.StoreAlignedNonTemporal((int*)Unsafe.AsPointer(ref start));
        else row.StoreUnsafe(ref start);
    }
}
