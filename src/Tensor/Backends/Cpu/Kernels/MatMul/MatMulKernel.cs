using System.Runtime.CompilerServices;
using MiniStack.Operators;
using System.Runtime.Intrinsics.X86;

namespace MiniStack;

/// <summary>The matrix product c = a·b (+ bias), cut into pieces for threads, caches and registers.</summary>
/// <remarks>
/// <para>From the outside in, following Goto and van de Geijn 2008, doi:10.1145/1356052.1356053:</para>
/// <para>Threads: c is cut into pieces of one or two hundred rows; where those are too few, also by columns.</para>
/// <para>Second-level cache: the depth (the columns of a, the rows of b) is cut into blocks of at most 512, so that a piece's rows
/// of a stay there while it walks over b. Between blocks the sums rest in c.</para>
/// <para>Nearer still: b is read in panels two vectors wide (512 rows of 128 bytes), one for all rows of the piece. a and b are
/// read where they lie, unless their strides are bad: then they are packed first, which makes neighbours of what is read together.</para>
/// <para>Registers: 12 rows by two vectors at a time, <see cref="MatMulMicroKernel{TVector, T}"/>.</para>
/// <para>Every element of c is one chain of multiply-adds in the order of the depth, started from the bias or 0; a long sum is one of
/// several chains, as <see cref="MatMulChain"/> says. No cut changes that, so results have the same bits for every thread count, and a
/// row's result does not depend on the other rows.</para>
/// </remarks>
/// <typeparam name="TVector">The widest vector there is.</typeparam>
/// <typeparam name="THalf">One of half its width, for a right edge that is narrow: where 65 columns are two panels and one
/// column.</typeparam>
/// <typeparam name="T">Type of the numbers.</typeparam>
internal readonly unsafe struct MatMulKernel<TVector, THalf, T> : IWork
    where TVector : struct, IMatMulVector<TVector, T>
    where THalf : struct, IMatMulVector<THalf, T>
    where T : unmanaged
{
    private const int MostDepth = MatMulChain.MostDepth;

    /// <summary>Depth from which fetching c ahead costs less than it gains.</summary>
    private const int WorthFetching = 256;

    /// <summary>Below this many multiply-adds, about two microseconds, sharing costs more than it gains.</summary>
    private const long WorthSharing = 1 << 17;

    private readonly MatMulOperands<T> _operands;
    private readonly MatMulCut _cut;
    private readonly T* _packedB, _packedA;
    private readonly int _firstItem, _firstDepth, _endDepth;

    /// <summary>All products of a batch, each piece packing what it needs of b.</summary>
    private MatMulKernel(in MatMulOperands<T> operands, MatMulCut cut)
        : this(operands, cut, null, null, 0, 0, Math.Max(operands.K, 1))
    {
    }

    /// <summary>One product, and of that one block of the depth, of which b's rows or a's columns may be packed.</summary>
    private MatMulKernel(in MatMulOperands<T> operands, MatMulCut cut, T* packedB, T* packedA, int item, int firstDepth, int endDepth)
    {
        _operands = operands;
        _cut = cut;
        _packedB = packedB;
        _packedA = packedA;
        (_firstItem, _firstDepth, _endDepth) = (item, firstDepth, endDepth);
    }

    private static int Width => 2 * TVector.Count;

    /// <summary>c = a·b + bias, or c += a·b, where a, b and bias have any strides and c lies row by row; b is given as bᵀ if
    /// <paramref name="transposeB"/>. <paramref name="gelu"/> gets GELU(c).</summary>
    public static void Multiply(Tensor a, Tensor b, bool transposeB, Tensor? bias, Tensor c, bool accumulate, Tensor? gelu)
    {
        if (c.Count == 0) return;
        fixed (T* aData = a.Raw<T>(), bData = b.Raw<T>(), cData = c.Raw<T>())
        fixed (T* biasData = bias is null ? [] : bias.Raw<T>(), geluData = gelu is null ? [] : gelu.Raw<T>())
        {
            var operands = new MatMulOperands<T>(a, aData, b, bData, transposeB, bias, biasData, c, cData, accumulate, gelu, geluData);
            int threads = operands.MultiplyAdds >= WorthSharing ? CpuThreads.Count : 1;
            bool panelByPanel = operands.M <= MatMulFewRows<TVector, T>.Most && operands.B.Row == 1;
            var cut = new MatMulCut(operands.Items, operands.M, operands.N, TVector.TileRows, Width, threads, panelByPanel);
            if (cut.RowChunks > 1)
            {
                MultiplyPacked(operands, cut, threads);
                return;
            }
            int pieces = operands.Items * cut.PiecesPerItem;
            var work = new MatMulKernel<TVector, THalf, T>(operands, cut);
            if (threads > 1) CpuThreads.For(pieces, work);
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
        int firstRow = _cut.FirstRow(rowChunk), rows = Math.Min(_cut.FirstRow(rowChunk + 1), x.M) - firstRow;
        int firstColumn = _cut.FirstColumn(columnGroup), endColumn = Math.Min(_cut.FirstColumn(columnGroup + 1), x.N);
        int depthBlock = MatMulChain.Block(x.K);

        byte* scratch = stackalloc byte[MostDepth * Width * sizeof(T) + 14 * Width * sizeof(T) + 64];
        T* panel = (T*)(((nint)scratch + 63) & ~63);
        T* start = panel + MostDepth * Width;
        T* edge = start + Width, zeros = edge + 12 * Width;
        bool isCut = MatMulChain.IsCut(x.K);
        if (isCut) new Span<T>(zeros, Width).Clear();

        MatMulTile<T> tile = default;
        bool packA = _packedA == null && IsWorthPacking(x.A) && rows <= MatMulCut.MostRows && endColumn - firstColumn >= 8 * Width;
        T* packedA = packA ? MatMulPack<TVector, T>.Buffer(MatMulPack<TVector, T>.RowsSize(rows, depthBlock)) : _packedA;
        int firstPackedRow = packA ? 0 : firstRow;
        bool wholeDepth = _firstDepth == 0 && _endDepth >= x.K;
        if (wholeDepth && rows <= MatMulFewRows<TVector, T>.Most && x.B.Column == 1 && endColumn - firstColumn >= Width)
        {
            int whole = (Math.Min(endColumn, x.N) - firstColumn) / Width * Width;
            MatMulFewRows<TVector, T>.Multiply(x, firstRow, rows, firstColumn, whole);
            firstColumn += whole; // what is left is narrower than a panel
        }
        for (int p = _firstDepth; p < _endDepth; p += depthBlock)
        {
            tile.Depth = Math.Min(depthBlock, x.K - p);
            StridedMatrix<T> a = new(x.A.At(firstRow, p), x.A.Row, x.A.Column);
            (tile.ARow, tile.AColumn) = packedA != null ? (1, TVector.TileRows) : (a.Row, a.Column);
            if (packA) MatMulPack<TVector, T>.Rows(a, rows, tile.Depth, tile.Depth, packedA);
            for (int j = firstColumn; j < endColumn; j += Width)
            {
                int columns = Math.Min(Width, x.N - j);
                tile.B = panel;
                tile.BRow = Width;
                nint nextPanel = 0;
                if (_packedB != null)
                {
                    nextPanel = MatMulPack<TVector, T>.PanelStride(tile.Depth);
                    tile.B = _packedB + j / Width * nextPanel;
                }
                else if (x.B.Column == 1 && columns == Width)
                {
                    nextPanel = Width;
                    tile.B = x.B.At(p, j);
                    tile.BRow = x.B.Row;
                }
                else
                {
                    MatMulPack<TVector, T>.Panel(x.B, p, tile.Depth, j, columns, panel);
                }
                // A chain that starts from 0 is added to what c holds, in a small tile of its own.
                bool begins = p == 0 && !x.Accumulate, adds = isCut && !begins;
                if (begins) x.CopyBias(j, columns, start, Width);

                for (int i = 0, height; i < rows; i += height)
                {
                    height = MatMulMicroKernel<TVector, T>.Height(rows - i);
                    T* c = x.C + (nint)(firstRow + i) * x.N + j;
                    tile.A = packedA != null ? MatMulPack<TVector, T>.Row(packedA, firstPackedRow + i, tile.Depth) : a.At(i, 0);
                    tile.C = c;
                    tile.CRow = x.N;
                    if (columns < Width || adds)
                    {
                        // So is the ragged right edge, in full width.
                        tile.C = edge;
                        tile.CRow = Width;
                        if (!begins && !adds) CopyTile(c, x.N, edge, Width, height, columns);
                    }
                    tile.BAhead = i + height < rows ? 0 : nextPanel;
                    if (tile.Depth >= WorthFetching && i + height < rows) FetchAhead(c + (nint)height * x.N, x.N, height);
                    tile.Start = begins ? start : adds ? zeros : tile.C;
                    tile.StartRow = begins || adds ? 0 : tile.CRow;
                    if (columns <= Width / 2) MatMulMicroKernel<THalf, T>.Rows(height, tile);
                    else MatMulMicroKernel<TVector, T>.Rows(height, tile);
                    if (adds) MatMulChain.Add<TVector, T>(edge, Width, c, x.N, height, columns);
                    else if (columns < Width) CopyTile(edge, Width, c, x.N, height, columns);
                }
            }
        }
        if (x.Gelu != null && _endDepth >= x.K) Gelu(x, firstRow, rows, _cut.FirstColumn(columnGroup), endColumn);
    }

    /// <summary>
    /// Several pieces read the same panels of b and the same tiles of a: what has to be packed is packed once, for all of them, one
    /// block of the depth after the other, so that the memory stays in the caches.
    /// </summary>
    private static void MultiplyPacked(in MatMulOperands<T> operands, MatMulCut cut, int threads)
    {
        int depthBlock = MatMulChain.Block(operands.K), panels = (operands.N + Width - 1) / Width;
        bool packB = IsWorthPacking(operands.B), packA = IsWorthPacking(operands.A) && operands.N >= 8 * Width;
        nint sizeB = packB ? panels * MatMulPack<TVector, T>.PanelStride(depthBlock) : 0;
        nint sizeA = packA ? MatMulPack<TVector, T>.RowsSize(operands.M, depthBlock) : 0;
        long[] block = CpuMemory.Rent((sizeB + sizeA) * sizeof(T));
        try
        {
            fixed (long* words = block)
            {
                T* start = (T*)((nint)words + CpuMemory.AlignedOffset(block)), packedB = packB ? start : null,
                    packedA = packA ? start + sizeB : null;
                for (int item = 0; item < operands.Items; item++)
                {
                    MatMulOperands<T> x = operands.Item(item);
                    int p = 0;
                    do
                    {
                        int depth = Math.Min(depthBlock, x.K - p);
                        var pack = new MatMulPackWork<TVector, T>(x, p, depth, packedB, packedA);
                        CpuThreads.For(pack.Pieces, pack, threads);
                        var work = new MatMulKernel<TVector, THalf, T>(operands, cut, packedB, packedA, item, p, Math.Max(p + depth, 1));
                        CpuThreads.For(cut.PiecesPerItem, work, threads);
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

    /// <summary>
    /// What is read many times is copied when its columns are far apart (a transposed view), or when its rows are so many pages
    /// apart that all that are read together fall on the same places of the first-level cache, which has room for eight.
    /// </summary>
    private static bool IsWorthPacking(in StridedMatrix<T> matrix) => matrix.Column != 1 || matrix.Row * sizeof(T) % 4096 == 0;

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

    /// <summary>
    /// GELU of a piece's sums while they are in a near cache; in runs as long as can be, because every run loads a page of constants.
    /// </summary>
    private static void Gelu(in MatMulOperands<T> x, int firstRow, int rows, int firstColumn, int endColumn)
    {
        int run = endColumn - firstColumn;
        if (run == x.N) (run, rows) = (rows * run, 1);
        for (int i = 0; i < rows; i++)
        {
            nint at = (nint)(firstRow + i) * x.N + firstColumn;
            VectorLoops.Map<T, Gelu>(new ReadOnlySpan<T>(x.C + at, run), new Span<T>(x.Gelu + at, run), x.StreamsGelu);
        }
    }

    private static void CopyTile(T* from, nint fromRow, T* to, nint toRow, int rows, int columns)
    {
        for (int i = 0; i < rows; i++)
            for (int j = 0; j < columns; j++) to[i * toRow + j] = from[i * fromRow + j];
    }
}
