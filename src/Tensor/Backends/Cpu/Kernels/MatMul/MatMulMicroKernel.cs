using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics.X86;

namespace MiniStack;

/// <summary>A few rows by two vectors of columns of c, and what they need of a and b.</summary>
internal unsafe struct MatMulTile<T> where T : unmanaged
{
    /// <summary>
    /// First element of a, and the distances between its rows and its columns: any, so no transposed variants are needed.
    /// </summary>
    public T* A;
    public nint ARow, AColumn;

    /// <summary>First element of b and the distance between its rows; along a row the elements are neighbours.</summary>
    public T* B;
    public nint BRow;

    /// <summary>How far ahead of b the elements lie that will be needed after this tile, and are fetched during it; 0 for none.</summary>
    public nint BAhead;

    /// <summary>What the sums start from, and the distance between its rows: 0 where every row starts from the same numbers.</summary>
    public T* Start;
    public nint StartRow;

    /// <summary>Where the sums go, and the distance between the rows.</summary>
    public T* C;
    public nint CRow;

    /// <summary>Columns of a and rows of b: terms of every sum.</summary>
    public int Depth;
}

/// <summary>The innermost loop of the matrix product: c = start + a·b for one tile, whose sums stay in registers.</summary>
/// <remarks>
/// Each step takes one column of a and one row of b and adds their outer product: 12 rows by two vectors are 24 multiply-adds
/// for 14 loads, so that the multipliers, not the loads, are the limit. The 24 sums do not wait for each other, which hides the
/// latency of the multiply-add (two units, four cycles: eight would be enough).
/// Every sum of a tile is one chain in the order of the depth, whatever the tile's height or the vector's width: equal bits everywhere.
/// </remarks>
internal static unsafe class MatMulMicroKernel<TVector, T>
    where TVector : struct, IMatMulVector<TVector, T>
    where T : unmanaged
{
    /// <summary>
    /// How many steps ahead a is fetched: where a is a transposed view, each step is on a line that no hardware foresees.
    /// </summary>
    private const int Ahead = 8;

    /// <summary>The tallest tile that the rows left fill.</summary>
    public static int Height(int left) =>
        left >= TVector.TileRows ? TVector.TileRows
        : left >= 8 ? 8
        : left >= 4 ? 4
        : left >= 2 ? 2
        : 1;

    /// <summary>A tile of 12, 8, 6, 4, 2 or 1 rows.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Rows(int height, in MatMulTile<T> tile)
    {
        switch (height)
        {
            case 12: Rows12(tile); break;
            case 8: Rows8(tile); break;
            case 6: Rows6(tile); break;
            case 4: Rows4(tile); break;
            case 2: Rows2(tile); break;
            default: Rows1(tile); break;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    public static void Rows12(in MatMulTile<T> tile)
    {
        KernelTrace.Visit();
        T* a = tile.A, b = tile.B;
        nint row = tile.ARow, row2 = 2 * row, row3 = 3 * row, aColumn = tile.AColumn, bRow = tile.BRow, bAhead = tile.BAhead;
        T* a4 = a + 4 * row, a8 = a + 8 * row;
        nint ahead = Ahead * aColumn;
        var top = new Sums4(tile, 0);
        var middle = new Sums4(tile, 4);
        var bottom = new Sums4(tile, 8);
        for (int p = tile.Depth; p > 0; p--)
        {
            TVector left = TVector.Load(b), right = TVector.Load(b + TVector.Count);
            top.Add(a, row, row2, row3, left, right);
            middle.Add(a4, row, row2, row3, left, right);
            bottom.Add(a8, row, row2, row3, left, right);
            Prefetch(a + ahead);
            Prefetch(a8 + ahead + row3);
            a += aColumn;
            a4 += aColumn;
            a8 += aColumn;
            Prefetch(b + bAhead);
            Prefetch(b + bAhead + TVector.Count);
            b += bRow;
        }
        top.Store(tile, 0);
        middle.Store(tile, 4);
        bottom.Store(tile, 8);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    public static void Rows8(in MatMulTile<T> tile)
    {
        KernelTrace.Visit();
        T* a = tile.A, b = tile.B;
        nint row = tile.ARow, row2 = 2 * row, row3 = 3 * row, aColumn = tile.AColumn, bRow = tile.BRow, bAhead = tile.BAhead;
        T* a4 = a + 4 * row;
        var top = new Sums4(tile, 0);
        var bottom = new Sums4(tile, 4);
        for (int p = tile.Depth; p > 0; p--)
        {
            TVector left = TVector.Load(b), right = TVector.Load(b + TVector.Count);
            top.Add(a, row, row2, row3, left, right);
            bottom.Add(a4, row, row2, row3, left, right);
            a += aColumn;
            a4 += aColumn;
            Prefetch(b + bAhead);
            Prefetch(b + bAhead + TVector.Count);
            b += bRow;
        }
        top.Store(tile, 0);
        bottom.Store(tile, 4);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    public static void Rows6(in MatMulTile<T> tile)
    {
        KernelTrace.Visit();
        T* a = tile.A, b = tile.B;
        nint row = tile.ARow, row2 = 2 * row, row3 = 3 * row, aColumn = tile.AColumn, bRow = tile.BRow, bAhead = tile.BAhead;
        T* a4 = a + 4 * row;
        nint ahead = Ahead * aColumn;
        var top = new Sums4(tile, 0);
        var bottom = new Sums2(tile, 4);
        for (int p = tile.Depth; p > 0; p--)
        {
            TVector left = TVector.Load(b), right = TVector.Load(b + TVector.Count);
            top.Add(a, row, row2, row3, left, right);
            bottom.Add(a4, row, left, right);
            Prefetch(a + ahead);
            a += aColumn;
            a4 += aColumn;
            Prefetch(b + bAhead);
            Prefetch(b + bAhead + TVector.Count);
            b += bRow;
        }
        top.Store(tile, 0);
        bottom.Store(tile, 4);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    public static void Rows4(in MatMulTile<T> tile)
    {
        KernelTrace.Visit();
        T* a = tile.A, b = tile.B;
        nint row = tile.ARow, row2 = 2 * row, row3 = 3 * row, aColumn = tile.AColumn, bRow = tile.BRow, bAhead = tile.BAhead;
        var sums = new Sums4(tile, 0);
        for (int p = tile.Depth; p > 0; p--)
        {
            sums.Add(a, row, row2, row3, TVector.Load(b), TVector.Load(b + TVector.Count));
            a += aColumn;
            Prefetch(b + bAhead);
            Prefetch(b + bAhead + TVector.Count);
            b += bRow;
        }
        sums.Store(tile, 0);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    public static void Rows2(in MatMulTile<T> tile)
    {
        KernelTrace.Visit();
        T* a = tile.A, b = tile.B;
        nint row = tile.ARow, aColumn = tile.AColumn, bRow = tile.BRow, bAhead = tile.BAhead;
        var sums = new Sums2(tile, 0);
        for (int p = tile.Depth; p > 0; p--)
        {
            sums.Add(a, row, TVector.Load(b), TVector.Load(b + TVector.Count));
            a += aColumn;
            Prefetch(b + bAhead);
            Prefetch(b + bAhead + TVector.Count);
            b += bRow;
        }
        sums.Store(tile, 0);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    public static void Rows1(in MatMulTile<T> tile)
    {
        KernelTrace.Visit();
        T* a = tile.A, b = tile.B;
        nint aColumn = tile.AColumn, bRow = tile.BRow;
        TVector left = TVector.Load(tile.Start), right = TVector.Load(tile.Start + TVector.Count);
        for (int p = tile.Depth; p > 0; p--)
        {
            TVector x = TVector.Spread(*a);
            left = TVector.MultiplyAdd(x, TVector.Load(b), left);
            right = TVector.MultiplyAdd(x, TVector.Load(b + TVector.Count), right);
            a += aColumn;
            b += bRow;
        }
        left.Store(tile.C);
        right.Store(tile.C + TVector.Count);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Prefetch(T* address)
    {
        if (Sse.IsSupported) Sse.Prefetch0(address);
    }

    /// <summary>Four rows of sums: eight vectors, which the JIT keeps in registers. (An array of them would live in memory.)</summary>
    private struct Sums4
    {
        private TVector _left0, _right0, _left1, _right1, _left2, _right2, _left3, _right3;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public Sums4(in MatMulTile<T> tile, int firstRow)
        {
            nint row = tile.StartRow;
            T* start = tile.Start + firstRow * row;
            (_left0, _right0) = (TVector.Load(start), TVector.Load(start + TVector.Count));
            (_left1, _right1) = (TVector.Load(start + row), TVector.Load(start + row + TVector.Count));
            (_left2, _right2) = (TVector.Load(start + 2 * row), TVector.Load(start + 2 * row + TVector.Count));
            (_left3, _right3) = (TVector.Load(start + 3 * row), TVector.Load(start + 3 * row + TVector.Count));
        }

        /// <summary>Adds four elements of a column of a, times two vectors of a row of b.</summary>
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void Add(T* a, nint row, nint row2, nint row3, TVector left, TVector right)
        {
            TVector x = TVector.Spread(*a);
            _left0 = TVector.MultiplyAdd(x, left, _left0);
            _right0 = TVector.MultiplyAdd(x, right, _right0);
            x = TVector.Spread(a[row]);
            _left1 = TVector.MultiplyAdd(x, left, _left1);
            _right1 = TVector.MultiplyAdd(x, right, _right1);
            x = TVector.Spread(a[row2]);
            _left2 = TVector.MultiplyAdd(x, left, _left2);
            _right2 = TVector.MultiplyAdd(x, right, _right2);
            x = TVector.Spread(a[row3]);
            _left3 = TVector.MultiplyAdd(x, left, _left3);
            _right3 = TVector.MultiplyAdd(x, right, _right3);
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public readonly void Store(in MatMulTile<T> tile, int firstRow)
        {
            nint row = tile.CRow;
            T* c = tile.C + firstRow * row;
            _left0.Store(c);
            _right0.Store(c + TVector.Count);
            _left1.Store(c + row);
            _right1.Store(c + row + TVector.Count);
            _left2.Store(c + 2 * row);
            _right2.Store(c + 2 * row + TVector.Count);
            _left3.Store(c + 3 * row);
            _right3.Store(c + 3 * row + TVector.Count);
        }
    }

    /// <summary>Two rows of sums.</summary>
    private struct Sums2
    {
        private TVector _left0, _right0, _left1, _right1;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public Sums2(in MatMulTile<T> tile, int firstRow)
        {
            nint row = tile.StartRow;
            T* start = tile.Start + firstRow * row;
            (_left0, _right0) = (TVector.Load(start), TVector.Load(start + TVector.Count));
            (_left1, _right1) = (TVector.Load(start + row), TVector.Load(start + row + TVector.Count));
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void Add(T* a, nint row, TVector left, TVector right)
        {
            TVector x = TVector.Spread(*a);
            _left0 = TVector.MultiplyAdd(x, left, _left0);
            _right0 = TVector.MultiplyAdd(x, right, _right0);
            x = TVector.Spread(a[row]);
            _left1 = TVector.MultiplyAdd(x, left, _left1);
            _right1 = TVector.MultiplyAdd(x, right, _right1);
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public readonly void Store(in MatMulTile<T> tile, int firstRow)
        {
            nint row = tile.CRow;
            T* c = tile.C + firstRow * row;
            _left0.Store(c);
            _right0.Store(c + TVector.Count);
            _left1.Store(c + row);
            _right1.Store(c + row + TVector.Count);
        }
    }
}
