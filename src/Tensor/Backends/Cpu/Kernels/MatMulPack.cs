using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace MiniStack;

/// <summary>Copies a panel of b, two vectors wide, so that its rows follow each other without gaps: what the micro kernel reads.</summary>
/// <remarks>Columns beyond the right edge become zeros, which cost little and need no special case in the innermost loop.</remarks>
internal static unsafe class MatMulPack<TVector, T>
    where TVector : struct, IMatMulVector<TVector, T>
    where T : unmanaged
{
    [ThreadStatic]
    private static long[]? _buffer;

    private static int Width => 2 * TVector.Count;

    /// <param name="b">The whole matrix.</param>
    /// <param name="firstRow">First row of the panel.</param>
    /// <param name="depth">Rows of the panel.</param>
    /// <param name="firstColumn">First column of the panel.</param>
    /// <param name="columns">Columns of the panel that exist, at most two vectors.</param>
    /// <param name="to">Room for depth rows of two vectors.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Panel(in StridedMatrix<T> b, int firstRow, int depth, int firstColumn, int columns, T* to)
    {
        T* first = b.At(firstRow, firstColumn);
        if (columns == Width && b.Column == 1) CopyRows(first, b.Row, depth, to);
        else if (columns == Width && b.Row == 1 && typeof(TVector) == typeof(F32x16) && Avx512F.IsSupported)
            Transpose((float*)first, b.Column, depth, (float*)to);
        else CopyElements(first, b.Row, b.Column, depth, columns, to);
    }

    /// <summary>Copies some rows of a column by column, and tells where they lie now. A column takes rows + 3 vectors at most.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static StridedMatrix<T> Columns(in StridedMatrix<T> a, int rows, int depth, T* to)
    {
        // An odd number of vectors apart, so that columns do not compete for the same places of the cache.
        nint step = (nint)(rows + Width - 1) / Width * Width + TVector.Count;
        for (int p = 0; p < depth; p++)
        {
            T* from = a.At(0, p), column = to + p * step;
            int i = 0;
            for (; a.Row == 1 && i + Width <= rows; i += Width)
            {
                TVector.Load(from + i).Store(column + i);
                TVector.Load(from + i + TVector.Count).Store(column + i + TVector.Count);
            }
            for (; i < rows; i++) column[i] = from[i * a.Row];
        }
        return new StridedMatrix<T>(to, 1, step);
    }

    /// <summary>Room for some elements, the same in every call on a thread; it stays with the thread.</summary>
    public static T* Buffer(int elements)
    {
        long words = (long)elements * sizeof(T) / sizeof(long) + 8;
        if (_buffer is null || _buffer.Length < words) _buffer = GC.AllocateUninitializedArray<long>((int)words, pinned: true);
        return (T*)((nint)Unsafe.AsPointer(ref _buffer[0]) + CpuMemory.AlignedOffset(_buffer));
    }

    private static void CopyRows(T* b, nint row, int depth, T* to)
    {
        for (int p = 0; p < depth; p++)
        {
            TVector.Load(b).Store(to);
            TVector.Load(b + TVector.Count).Store(to + TVector.Count);
            b += row;
            to += Width;
        }
    }

    private static void CopyElements(T* b, nint row, nint column, int depth, int columns, T* to)
    {
        if (columns < Width) new Span<T>(to, depth * Width).Clear();
        for (int j = 0; j < columns; j++)
        {
            T* from = b + j * column, cell = to + j;
            for (int p = 0; p < depth; p++)
            {
                *cell = *from;
                from += row;
                cell += Width;
            }
        }
    }

    /// <summary>The elements along the depth are neighbours: 16 columns by 4 rows at a time change places in registers.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Transpose(float* b, nint column, int depth, float* to)
    {
        int p = 0;
        for (; p + 4 <= depth; p += 4)
        {
            for (int half = 0; half < 32; half += 16)
            {
                // Lane l of vector i has columns 4l + i; its four elements are four rows.
                float* from = b + half * column + p;
                Vector512<float> v0 = Quads(from, column), v1 = Quads(from + column, column);
                Vector512<float> v2 = Quads(from + 2 * column, column), v3 = Quads(from + 3 * column, column);
                // The transpose of a 4×4 block, in each of the four lanes.
                Vector512<double> low01 = Avx512F.UnpackLow(v0, v1).AsDouble(), high01 = Avx512F.UnpackHigh(v0, v1).AsDouble();
                Vector512<double> low23 = Avx512F.UnpackLow(v2, v3).AsDouble(), high23 = Avx512F.UnpackHigh(v2, v3).AsDouble();
                float* row = to + p * 32 + half;
                Avx512F.UnpackLow(low01, low23).AsSingle().Store(row);
                Avx512F.UnpackHigh(low01, low23).AsSingle().Store(row + 32);
                Avx512F.UnpackLow(high01, high23).AsSingle().Store(row + 64);
                Avx512F.UnpackHigh(high01, high23).AsSingle().Store(row + 96);
            }
        }
        for (; p < depth; p++)
            for (int j = 0; j < 32; j++) to[p * 32 + j] = b[j * column + p];
    }

    /// <summary>Four elements of each of four columns, four columns apart.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<float> Quads(float* from, nint column)
    {
        Vector512<float> quads = Vector128.Load(from).ToVector256Unsafe().ToVector512Unsafe();
        quads = Avx512F.InsertVector128(quads, Vector128.Load(from + 4 * column), 1);
        quads = Avx512F.InsertVector128(quads, Vector128.Load(from + 8 * column), 2);
        return Avx512F.InsertVector128(quads, Vector128.Load(from + 12 * column), 3);
    }
}
