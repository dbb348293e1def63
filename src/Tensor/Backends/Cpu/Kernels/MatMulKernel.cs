using System.Runtime.CompilerServices;

namespace MiniStack;

/// <summary>The matrix product c = a·b (+ bias), cut into pieces for threads, caches and registers.</summary>
/// <remarks>
/// <para>From the outside in, following Goto and van de Geijn 2008, doi:10.1145/1356052.1356053:</para>
/// <para>Threads: c is cut into pieces of one or two hundred rows; where those are too few, also by columns.</para>
/// <para>Second-level cache: the depth (the columns of a, the rows of b) is cut into blocks of 256, so that a piece's rows of a
/// stay there while it walks over b. Between blocks the sums rest in c.</para>
/// <para>First-level cache: b is read in panels two vectors wide (256 rows of 128 bytes), one for all rows of the piece.
/// A panel is packed first, which makes its rows neighbours whatever b's strides; a is read where it lies.</para>
/// <para>Registers: 12 rows by two vectors at a time, <see cref="MatMulMicroKernel{TVector, T}"/>.</para>
/// <para>Every element of c is one chain of multiply-adds in the order of the depth, started from the bias or 0. No cut changes
/// that, so results have the same bits for every thread count, and a row's result does not depend on the other rows.</para>
/// </remarks>
internal readonly unsafe struct MatMulKernel<TVector, T> : IWork
    where TVector : struct, IMatMulVector<TVector, T>
    where T : unmanaged
{
    private const int DepthBlock = 256;

    /// <summary>Below this many multiply-adds, about two microseconds, sharing costs more than it gains.</summary>
    private const long WorthSharing = 1 << 17;

    private readonly MatMulOperands<T> _operands;
    private readonly MatMulCut _cut;
    private readonly T* _packed;
    private readonly int _firstItem;

    private MatMulKernel(in MatMulOperands<T> operands, MatMulCut cut, T* packed, int firstItem)
    {
        _operands = operands;
        _cut = cut;
        _packed = packed;
        _firstItem = firstItem;
    }

    private static int Width => 2 * TVector.Count;

    /// <summary>c = a·b + bias, where a, b and bias have any strides and c lies row by row; b is given as bᵀ if
    /// <paramref name="transposeB"/>.</summary>
    public static void Multiply(Tensor a, Tensor b, bool transposeB, Tensor? bias, Tensor c)
    {
        if (c.Count == 0) return;
        fixed (T* aData = a.Raw<T>(), bData = b.Raw<T>(), cData = c.Raw<T>(), biasData = bias is null ? [] : bias.Raw<T>())
        {
            var operands = new MatMulOperands<T>(a, aData, b, bData, transposeB, bias, biasData, c, cData);
            bool share = CpuThreads.Count > 1 && operands.MultiplyAdds >= WorthSharing;
            var cut = new MatMulCut(operands.Items, operands.M, operands.N, TVector.TileRows, Width, share ? 4 * CpuThreads.Count : 1);
            if (cut.RowChunks > 1)
            {
                // Several pieces read the same panels: pack each once, for all of them.
                MultiplyShared(operands, cut, share);
                return;
            }
            var work = new MatMulKernel<TVector, T>(operands, cut, null, 0);
            int pieces = operands.Items * cut.PiecesPerItem;
            if (share) CpuThreads.For(pieces, work);
            else for (int piece = 0; piece < pieces; piece++) work.Run(piece);
        }
    }

    /// <summary>Computes one piece: some rows and columns of one product of the batch.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    [SkipLocalsInit]
    public void Run(int piece)
    {
        (int item, piece) = Math.DivRem(piece, _cut.PiecesPerItem);
        (int rowChunk, int columnGroup) = Math.DivRem(piece, _cut.ColumnGroups);
        MatMulOperands<T> x = _operands.Item(_firstItem + item);
        int firstRow = rowChunk * _cut.ChunkRows, rows = Math.Min(_cut.ChunkRows, x.M - firstRow);
        int firstColumn = columnGroup * _cut.GroupColumns, endColumn = Math.Min(firstColumn + _cut.GroupColumns, x.N);

        byte* scratch = stackalloc byte[DepthBlock * Width * sizeof(T) + 14 * Width * sizeof(T) + 64];
        T* panel = (T*)(((nint)scratch + 63) & ~63);
        T* start = panel + DepthBlock * Width;
        T* edge = start + Width;

        MatMulTile<T> tile = default;
        // A transposed view of a has its columns in memory, far apart: worth a copy when many panels read it.
        bool copyA = x.A.Column != 1 && rows <= MatMulCut.MostRows && endColumn - firstColumn > 16 * Width;
        T* aCopy = copyA ? MatMulPack<TVector, T>.Buffer(DepthBlock * (rows + 3 * TVector.Count)) : null;
        int p = 0;
        do
        {
            tile.Depth = Math.Min(DepthBlock, x.K - p);
            StridedMatrix<T> a = new(x.A.At(firstRow, p), x.A.Row, x.A.Column);
            if (copyA) a = MatMulPack<TVector, T>.Columns(a, rows, tile.Depth, aCopy);
            (tile.ARow, tile.AColumn) = (a.Row, a.Column);
            for (int j = firstColumn; j < endColumn; j += Width)
            {
                int columns = Math.Min(Width, x.N - j);
                tile.B = panel;
                tile.BRow = Width;
                if (_packed != null)
                {
                    tile.B = _packed + PackedOffset(x, p, j);
                }
                else if (x.B.Column == 1 && columns == Width)
                {
                    tile.B = x.B.At(p, j);
                    tile.BRow = x.B.Row;
                }
                else
                {
                    MatMulPack<TVector, T>.Panel(x.B, p, tile.Depth, j, columns, panel);
                }
                if (p == 0) x.CopyBias(j, columns, start, Width);

                for (int i = 0, height; i < rows; i += height)
                {
                    height = Height(rows - i);
                    T* c = x.C + (nint)(firstRow + i) * x.N + j;
                    tile.A = a.At(i, 0);
                    tile.C = c;
                    tile.CRow = x.N;
                    if (columns < Width)
                    {
                        // The ragged right edge is computed in full width, in a small tile of its own.
                        tile.C = edge;
                        tile.CRow = Width;
                        if (p > 0) CopyTile(c, x.N, edge, Width, height, columns);
                    }
                    tile.Start = p == 0 ? start : tile.C;
                    tile.StartRow = p == 0 ? 0 : tile.CRow;
                    switch (height)
                    {
                        case 12: MatMulMicroKernel<TVector, T>.Rows12(tile); break;
                        case 8: MatMulMicroKernel<TVector, T>.Rows8(tile); break;
                        case 6: MatMulMicroKernel<TVector, T>.Rows6(tile); break;
                        case 4: MatMulMicroKernel<TVector, T>.Rows4(tile); break;
                        case 2: MatMulMicroKernel<TVector, T>.Rows2(tile); break;
                        default: MatMulMicroKernel<TVector, T>.Rows1(tile); break;
                    }
                    if (columns < Width) CopyTile(edge, Width, c, x.N, height, columns);
                }
            }
            p += DepthBlock;
        }
        while (p < x.K);
    }

    /// <summary>Packs all of b into one block that the pieces share; one product of the batch after the other.</summary>
    private static void MultiplyShared(in MatMulOperands<T> operands, MatMulCut cut, bool share)
    {
        int panels = (operands.N + Width - 1) / Width;
        long[] block = CpuMemory.Rent((long)operands.K * panels * Width * sizeof(T));
        try
        {
            fixed (long* words = block)
            {
                T* packed = (T*)((nint)words + CpuMemory.AlignedOffset(block));
                for (int item = 0; item < operands.Items; item++)
                {
                    var pack = new PackWork(operands.Item(item), packed);
                    var work = new MatMulKernel<TVector, T>(operands, cut, packed, item);
                    if (share)
                    {
                        CpuThreads.For(panels, pack);
                        CpuThreads.For(cut.PiecesPerItem, work);
                        continue;
                    }
                    for (int panel = 0; panel < panels; panel++) pack.Run(panel);
                    for (int piece = 0; piece < cut.PiecesPerItem; piece++) work.Run(piece);
                }
            }
        }
        finally
        {
            CpuMemory.Return(block);
        }
    }

    /// <summary>Packed panels lie one after the other: all of the first depth block, then all of the next.</summary>
    private static nint PackedOffset(in MatMulOperands<T> x, int p, int j)
    {
        nint width = (nint)(x.N + Width - 1) / Width * Width;
        return p * width + (nint)j * Math.Min(DepthBlock, x.K - p);
    }

    /// <summary>The tallest tile that the rows left fill.</summary>
    private static int Height(int left) =>
        left >= TVector.TileRows ? TVector.TileRows
        : left >= 8 ? 8
        : left >= 4 ? 4
        : left >= 2 ? 2
        : 1;

    private static void CopyTile(T* from, nint fromRow, T* to, nint toRow, int rows, int columns)
    {
        for (int i = 0; i < rows; i++)
            for (int j = 0; j < columns; j++) to[i * toRow + j] = from[i * fromRow + j];
    }

    /// <summary>Packs one panel of b, all its depth.</summary>
    private readonly struct PackWork(MatMulOperands<T> operands, T* packed) : IWork
    {
        private readonly MatMulOperands<T> _x = operands;
        private readonly T* _packed = packed;

        public void Run(int panel)
        {
            int j = panel * Width;
            for (int p = 0; p < _x.K; p += DepthBlock)
            {
                int depth = Math.Min(DepthBlock, _x.K - p), columns = Math.Min(Width, _x.N - j);
                MatMulPack<TVector, T>.Panel(_x.B, p, depth, j, columns, _packed + PackedOffset(_x, p, j));
            }
        }
    }
}
