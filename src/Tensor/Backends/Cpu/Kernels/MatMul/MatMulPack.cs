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
    /// <summary>How far ahead of its use a column is fetched, in elements.</summary>
    private const int Ahead = 64;

    /// <summary>Rows of a tile where there are 32 registers: three times four.</summary>
    private const int Twelve = 12;

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
        else if (columns == Width && b.Row == 1 && sizeof(T) == sizeof(int) && Transposer.Size > 0 && Width % Transposer.Size == 0)
            Transpose(first, b.Column, depth, to);
        else CopyElements(first, b.Row, b.Column, depth, columns, to);
    }

    /// <summary>Distance between packed panels of b. A line more than they need: at powers of two apart, all would fall on the same
    /// places of the caches while they are written.</summary>
    public static nint PanelStride(int depth) => (nint)(depth + 1) * Width;

    /// <summary>Where row <paramref name="i"/> of a is among the packed rows.</summary>
    public static T* Row(T* packed, int i, int depth) => packed + i / TVector.TileRows * RowsStride(depth) + i % TVector.TileRows;

    /// <summary>Elements that packed rows of a take.</summary>
    public static int RowsSize(int rows, int depth) => (rows + TVector.TileRows - 1) / TVector.TileRows * (int)RowsStride(depth);

    /// <summary>
    /// Copies some rows of a so that the numbers of a tile's column follow each other: a tile after the other, each column by column.
    /// </summary>
    /// <param name="a">Its first row and first column.</param>
    /// <param name="rows">How many rows.</param>
    /// <param name="columns">How many columns.</param>
    /// <param name="depth">The columns that the memory has room for; there may be others before and after these.</param>
    /// <param name="to">Where the first number goes.</param>
    public static void Rows(in StridedMatrix<T> a, int rows, int columns, int depth, T* to)
    {
        int whole = rows / TVector.TileRows * TVector.TileRows;
        bool fast = sizeof(T) == sizeof(float) && TVector.TileRows == Twelve && Sse.IsSupported;
        if (fast && a.Row == 1) CopyTwelves((float*)a.Data, a.Column, whole, columns, RowsStride(depth), (float*)to);
        else if (fast && a.Column == 1) TransposeTwelves((float*)a.Data, a.Row, whole, columns, RowsStride(depth), (float*)to);
        else whole = 0;
        for (int i = whole; i < rows; i++)
        {
            T* from = a.At(i, 0), cell = Row(to, i, depth);
            for (int p = 0; p < columns; p++) cell[p * TVector.TileRows] = from[p * a.Column];
        }
    }

    private static nint RowsStride(int depth) => (nint)depth * TVector.TileRows + TVector.Count;

    /// <summary>Along the rows of a transposed view, which are memory's own: twelve neighbours for each tile.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void CopyTwelves(float* a, nint column, int rows, int columns, nint step, float* to)
    {
        const int AtOnce = 8;
        for (int p = 0; p < columns; p += AtOnce)
        {
            int count = Math.Min(AtOnce, columns - p);
            float* cell = to + p * Twelve;
            for (int i = 0; i < rows; i += Twelve, cell += step)
            {
                float* from = a + p * column + i;
                for (int j = 0; j < count; j++, from += column)
                {
                    Vector128.Load(from).Store(cell + j * Twelve);
                    Vector128.Load(from + 4).Store(cell + j * Twelve + 4);
                    Vector128.Load(from + 8).Store(cell + j * Twelve + 8);
                }
            }
        }
    }

    /// <summary>Four rows at a time: rows a power of two apart fall on the same places of the cache, which has room for eight.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void TransposeTwelves(float* a, nint row, int rows, int columns, nint step, float* to)
    {
        for (int i = 0; i < rows; i += 4)
        {
            float* from = a + i * row, cell = to + i / Twelve * step + i % Twelve;
            int p = 0;
            for (; p + 4 <= columns; p += 4) Transpose4(from + p, row, cell + p * Twelve, Twelve);
            for (; p < columns; p++)
                for (int j = 0; j < 4; j++) cell[p * Twelve + j] = from[j * row + p];
        }
    }

    /// <summary>Four rows of four numbers become four columns.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Transpose4(float* from, nint row, float* to, nint toRow)
    {
        Vector128<float> v0 = Vector128.Load(from), v1 = Vector128.Load(from + row), v2 = Vector128.Load(from + 2 * row),
            v3 = Vector128.Load(from + 3 * row);
        Vector128<float> low01 = Sse.UnpackLow(v0, v1), high01 = Sse.UnpackHigh(v0, v1), low23 = Sse.UnpackLow(v2, v3),
            high23 = Sse.UnpackHigh(v2, v3);
        Sse.MoveLowToHigh(low01, low23).Store(to);
        Sse.MoveHighToLow(low23, low01).Store(to + toRow);
        Sse.MoveLowToHigh(high01, high23).Store(to + 2 * toRow);
        Sse.MoveHighToLow(high23, high01).Store(to + 3 * toRow);
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

    /// <summary>The elements along the depth are neighbours: squares of them change places in registers, whole lines at a time.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Transpose(T* b, nint column, int depth, T* to)
    {
        int size = Transposer.Size, p = 0;
        for (; p + size <= depth; p += size)
        {
            for (int j = 0; j < Width; j += size)
            {
                T* from = b + j * column + p;
                for (int i = 0; i < size; i++) Prefetch(from + i * column + Ahead);
                Transposer.Square(ref *(int*)from, column, ref *(int*)(to + p * Width + j), Width, streams: false);
            }
        }
        for (; p < depth; p++)
            for (int j = 0; j < Width; j++) to[p * Width + j] = b[j * column + p];
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Prefetch(T* address)
    {
        if (Sse.IsSupported) Sse.Prefetch0(address);
    }
}
