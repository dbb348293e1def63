using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics.X86;

namespace MiniStack;

/// <summary>The matrix product c = a·b (+ bias), cut into pieces for threads, caches and registers.</summary>
/// <remarks>
/// <para>From the outside in, following Goto and van de Geijn 2008, doi:10.1145/1356052.1356053:</para>
/// <para>Threads: c is cut into pieces of one or two hundred rows; where those are too few, also by columns.</para>
/// <para>Second-level cache: the depth (the columns of a, the rows of b) is cut into blocks of at most 512, so that a piece's rows
/// of a stay there while it walks over b. Between blocks the sums rest in c.</para>
/// <para>Nearer still: b is read in panels two vectors wide (512 rows of 128 bytes), one for all rows of the piece. A panel is
/// packed first, which makes its rows neighbours whatever b's strides; a is read where it lies, unless its strides are bad.</para>
/// <para>Registers: 12 rows by two vectors at a time, <see cref="MatMulMicroKernel{TVector, T}"/>.</para>
/// <para>Every element of c is one chain of multiply-adds in the order of the depth, started from the bias or 0. No cut changes
/// that, so results have the same bits for every thread count, and a row's result does not depend on the other rows.</para>
/// </remarks>
internal readonly unsafe struct MatMulKernel<TVector, T> : IWork
    where TVector : struct, IMatMulVector<TVector, T>
    where T : unmanaged
{
    /// <summary>Depth of a block, at most: b's panel and the piece's rows of a then fill half of a second-level cache of one MiB.</summary>
    private const int MostDepth = 512;

    /// <summary>Depth from which fetching c ahead costs less than it gains.</summary>
    private const int WorthFetching = 256;

    /// <summary>Below this many multiply-adds, about two microseconds, sharing costs more than it gains.</summary>
    private const long WorthSharing = 1 << 17;

    private readonly MatMulOperands<T> _operands;
    private readonly MatMulCut _cut;
    private readonly T* _packed;
    private readonly int _firstItem, _firstDepth, _endDepth;

    /// <summary>All products of a batch, each piece packing what it needs of b.</summary>
    private MatMulKernel(in MatMulOperands<T> operands, MatMulCut cut)
        : this(operands, cut, null, 0, 0, Math.Max(operands.K, 1))
    {
    }

    /// <summary>One product, and of that one block of the depth, whose rows of b are packed.</summary>
    private MatMulKernel(in MatMulOperands<T> operands, MatMulCut cut, T* packed, int item, int firstDepth, int endDepth)
    {
        _operands = operands;
        _cut = cut;
        _packed = packed;
        _firstItem = item;
        _firstDepth = firstDepth;
        _endDepth = endDepth;
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
            bool panelByPanel = operands.M <= MatMulFewRows<TVector, T>.Most && operands.B.Row == 1;
            var cut = new MatMulCut(operands.Items, operands.M, operands.N, TVector.TileRows, Width, share ? CpuThreads.Count : 1, panelByPanel);
            if (cut.RowChunks > 1)
            {
                // Several pieces read the same panels: pack each once, for all of them.
                MultiplyShared(operands, cut, share);
                return;
            }
            var work = new MatMulKernel<TVector, T>(operands, cut);
            Share(operands.Items * cut.PiecesPerItem, work, share);
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
        int firstRow = _cut.FirstRow(rowChunk), rows = Math.Min(_cut.FirstRow(rowChunk + 1), x.M) - firstRow;
        int firstColumn = _cut.FirstColumn(columnGroup), endColumn = Math.Min(_cut.FirstColumn(columnGroup + 1), x.N);
        int depthBlock = DepthBlock(x.K);

        byte* scratch = stackalloc byte[MostDepth * Width * sizeof(T) + 14 * Width * sizeof(T) + 64];
        T* panel = (T*)(((nint)scratch + 63) & ~63);
        T* start = panel + MostDepth * Width;
        T* edge = start + Width;

        MatMulTile<T> tile = default;
        bool packA = IsWorthPacking(x.A) && rows <= MatMulCut.MostRows && endColumn - firstColumn >= 8 * Width;
        T* packedA = packA ? MatMulPack<TVector, T>.Buffer(MatMulPack<TVector, T>.RowsSize(rows, depthBlock)) : null;
        if (rows <= MatMulFewRows<TVector, T>.Most && x.B.Column == 1 && endColumn - firstColumn >= Width)
        {
            int whole = (Math.Min(endColumn, x.N) - firstColumn) / Width * Width;
            MatMulFewRows<TVector, T>.Multiply(x, firstRow, rows, firstColumn, whole);
            firstColumn += whole; // what is left is narrower than a panel
        }
        for (int p = _firstDepth; p < _endDepth; p += depthBlock)
        {
            tile.Depth = Math.Min(depthBlock, x.K - p);
            StridedMatrix<T> a = new(x.A.At(firstRow, p), x.A.Row, x.A.Column);
            (tile.ARow, tile.AColumn) = packA ? (1, TVector.TileRows) : (a.Row, a.Column);
            if (packA) MatMulPack<TVector, T>.Rows(a, rows, tile.Depth, packedA);
            for (int j = firstColumn; j < endColumn; j += Width)
            {
                int columns = Math.Min(Width, x.N - j);
                tile.B = panel;
                tile.BRow = Width;
                if (_packed != null)
                {
                    tile.B = _packed + j / Width * MatMulPack<TVector, T>.PanelStride(tile.Depth);
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
                nint nextPanel = _packed != null ? MatMulPack<TVector, T>.PanelStride(tile.Depth) : tile.B == panel ? 0 : Width;
                if (p == 0) x.CopyBias(j, columns, start, Width);

                for (int i = 0, height; i < rows; i += height)
                {
                    height = Height(rows - i);
                    T* c = x.C + (nint)(firstRow + i) * x.N + j;
                    tile.A = packA ? MatMulPack<TVector, T>.Row(packedA, i, tile.Depth) : a.At(i, 0);
                    tile.C = c;
                    tile.CRow = x.N;
                    if (columns < Width)
                    {
                        // The ragged right edge is computed in full width, in a small tile of its own.
                        tile.C = edge;
                        tile.CRow = Width;
                        if (p > 0) CopyTile(c, x.N, edge, Width, height, columns);
                    }
                    tile.BAhead = i + height < rows ? 0 : nextPanel;
                    if (tile.Depth >= WorthFetching && i + height < rows) FetchAhead(c + (nint)height * x.N, x.N, height);
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
        }
    }

    /// <summary>Packs b into memory that the pieces share, one block of the depth after the other: the memory stays in the caches.</summary>
    private static void MultiplyShared(in MatMulOperands<T> operands, MatMulCut cut, bool share)
    {
        int depthBlock = DepthBlock(operands.K), panels = (operands.N + Width - 1) / Width;
        long[] block = CpuMemory.Rent((long)panels * MatMulPack<TVector, T>.PanelStride(depthBlock) * sizeof(T));
        try
        {
            fixed (long* words = block)
            {
                T* packed = (T*)((nint)words + CpuMemory.AlignedOffset(block));
                for (int item = 0; item < operands.Items; item++)
                {
                    MatMulOperands<T> x = operands.Item(item);
                    int p = 0;
                    do
                    {
                        int depth = Math.Min(depthBlock, x.K - p);
                        var pack = new MatMulPackWork<TVector, T>(x, p, depth, packed);
                        Share(pack.Pieces, pack, share);
                        Share(cut.PiecesPerItem, new MatMulKernel<TVector, T>(operands, cut, packed, item, p, Math.Max(p + depth, 1)), share);
                        p += depthBlock;
                    }
                    while (p < x.K);
                }
            }
        }
        finally
        {
            CpuMemory.Return(block);
        }
    }

    private static void Share<TWork>(int pieces, TWork work, bool share) where TWork : struct, IWork
    {
        if (share) CpuThreads.For(pieces, work);
        else for (int piece = 0; piece < pieces; piece++) work.Run(piece);
    }

    /// <summary>Blocks of equal depth: a short last one would read and write all of c for little work.</summary>
    private static int DepthBlock(int k)
    {
        int blocks = Math.Max(1, (k + MostDepth - 1) / MostDepth);
        return Math.Max(1, (k + blocks - 1) / blocks);
    }

    /// <summary>
    /// Where a is read many times, it is copied when its columns are far apart (a transposed view), or when its rows are so
    /// many pages apart that all of a tile's fall on the same places of the first-level cache, which has room for eight.
    /// </summary>
    private static bool IsWorthPacking(in StridedMatrix<T> a) => a.Column != 1 || a.Row * sizeof(T) % 4096 == 0;

    /// <summary>The tallest tile that the rows left fill.</summary>
    private static int Height(int left) =>
        left >= TVector.TileRows ? TVector.TileRows
        : left >= 8 ? 8
        : left >= 4 ? 4
        : left >= 2 ? 2
        : 1;

    /// <summary>Asks for a tile of c that the next tile's sums will start from: a wait of some hundred cycles otherwise.</summary>
    private static void FetchAhead(T* c, nint row, int rows)
    {
        if (!Sse.IsSupported) return;
        for (int i = 0; i < rows; i++)
        {
            Sse.Prefetch0(c + i * row);
            Sse.Prefetch0(c + i * row + TVector.Count);
        }
    }

    private static void CopyTile(T* from, nint fromRow, T* to, nint toRow, int rows, int columns)
    {
        for (int i = 0; i < rows; i++)
            for (int j = 0; j < columns; j++) to[i * toRow + j] = from[i * fromRow + j];
    }
}
