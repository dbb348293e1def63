using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics.X86;

namespace MiniStack;

/// <summary>What the attention kernels share: blocks of 96 queries or keys, copied together from wherever they lie.</summary>
/// <remarks>
/// A block is copied, its rows padded with zeros to whole tiles, before it is multiplied: some percent of the time of its products, and
/// then strides, ragged sizes and rows that compete for the same places of the cache (those of a [batch, time, 3, heads, d] block are
/// kilobytes apart) concern nobody any more.
/// </remarks>
internal static unsafe class AttentionBlocks<TMatrix, T>
    where TMatrix : struct, IMatMulVector<TMatrix, T>
    where T : unmanaged
{
    /// <summary>
    /// Queries or keys in a block: a multiple of every tile's height and width. Its square of scores stays in the second-level cache.
    /// </summary>
    public const int Size = 96;

    /// <summary>How many rows ahead memory is fetched: a head's rows lie apart, where no hardware foresees the next.</summary>
    private const int Ahead = 8;

    /// <summary>Columns of a tile.</summary>
    public static int Width => 2 * TMatrix.Count;

    /// <summary>Up to the next whole tile.</summary>
    public static int Padded(int columns) => (columns + Width - 1) / Width * Width;

    /// <summary>Copies some rows to a block whose rows are <see cref="Padded"/> long; zeros go where it is larger.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Load(in StridedMatrix<T> from, int firstRow, int rows, int columns, T* to)
    {
        int padded = Padded(columns);
        for (int i = 0; i < rows; i++, to += padded)
        {
            T* row = from.At(firstRow + i, 0);
            int j = 0;
            if (from.Column == 1)
            {
                for (int ahead = 0; Sse.IsSupported && ahead < columns; ahead += 64 / sizeof(T))
                    Sse.Prefetch0(row + Ahead * from.Row + ahead);
                for (; j <= columns - TMatrix.Count; j += TMatrix.Count) TMatrix.Load(row + j).Store(to + j);
            }
            for (; j < columns; j++) to[j] = row[j * from.Column];
            for (; j < padded; j++) to[j] = default;
        }
        new Span<T>(to, (Padded(rows) - rows) * padded).Clear();
    }

    /// <summary>The opposite of <see cref="Load"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Store(T* from, int rows, int columns, in StridedMatrix<T> to, int firstRow)
    {
        int padded = Padded(columns);
        for (int i = 0; i < rows; i++, from += padded)
        {
            T* row = to.At(firstRow + i, 0);
            int j = 0;
            if (to.Column == 1)
                for (; j <= columns - TMatrix.Count; j += TMatrix.Count) TMatrix.Load(from + j).Store(row + j);
            for (; j < columns; j++) row[j * to.Column] = from[j];
        }
    }

    /// <summary>
    /// Transposes a block into panels for the micro kernel: <see cref="Width"/> rows of the block side by side, then the next.
    /// </summary>
    public static void Transpose(T* block, int rows, int columns, T* panels)
    {
        StridedMatrix<T> transposed = new(block, 1, Padded(columns));
        for (int i = 0; i < rows; i += Width)
            MatMulPack<TMatrix, T>.Panel(transposed, 0, columns, i, Width, panels + (nint)i * columns);
    }

    /// <summary>c += a·b for some rows, over all columns of a padded block b.</summary>
    /// <param name="tile">The first tile.</param>
    /// <param name="height">Its rows.</param>
    /// <param name="columns">Of b.</param>
    /// <param name="isCut">Whether these terms are a chain of their own, because there are so many blocks; see
    /// <see cref="MatMulChain"/>.</param>
    public static void Add(MatMulTile<T> tile, int height, int columns, bool isCut)
    {
        if (tile.Depth <= 0) return;
        if (isCut) AddChain(tile, height, columns);
        else AddOn(tile, height, columns);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    [SkipLocalsInit]
    private static void AddChain(MatMulTile<T> tile, int height, int columns)
    {
        byte* scratch = stackalloc byte[13 * Width * sizeof(T) + 64];
        T* zeros = (T*)(((nint)scratch + 63) & ~63), sums = zeros + Width, c = tile.C;
        new Span<T>(zeros, Width).Clear();
        nint cRow = tile.CRow;
        tile.Start = zeros;
        tile.C = sums;
        (tile.StartRow, tile.CRow) = (0, Width);
        for (int j = 0; j < columns; j += Width)
        {
            MatMulMicroKernel<TMatrix, T>.Rows(height, tile);
            MatMulChain.Add<TMatrix, T>(sums, Width, c + j, cRow, height, Width);
            tile.B += Width;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void AddOn(MatMulTile<T> tile, int height, int columns)
    {
        for (int j = 0; j < columns; j += Width)
        {
            tile.Start = tile.C;
            tile.StartRow = tile.CRow;
            MatMulMicroKernel<TMatrix, T>.Rows(height, tile);
            tile.B += Width;
            tile.C += Width;
        }
    }

    /// <summary>c = start + a·b for any number of rows, one tile wide; every row starts from the same numbers.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void MultiplyRows(MatMulTile<T> tile, int rows)
    {
        for (int height; rows > 0; rows -= height)
        {
            height = MatMulMicroKernel<TMatrix, T>.Height(rows);
            MatMulMicroKernel<TMatrix, T>.Rows(height, tile);
            tile.A += height * tile.ARow;
            tile.C += height * tile.CRow;
        }
    }
}
