namespace MiniStack.Cuda;

// Long rows are cut into chunks, each a partial result; a second launch reduces those. The cut follows from the shape alone, so that no
// result depends on the device.
internal sealed partial class CudaBackend
{
    /// <summary>Enough blocks to fill any device; fewer elements than these are not worth a block.</summary>
    private const long EnoughBlocks = 1024, LeastAlongRow = 4096, LeastAcrossRows = 256;

    private const int ColumnsAtOnce = 32;

    public override void Sum(Tensor x, Tensor y)
    {
        if (StandIns(x.DType) is { } standIns) standIns.Sum(x, y);
        else Reduce("sum_rows", "sum_columns", x, y);
    }

    public override void Max(Tensor x, Tensor y)
    {
        if (StandIns(x.DType) is { } standIns) standIns.Max(x, y);
        else Reduce("max_rows", "max_columns", x, y);
    }

    public override void Min(Tensor x, Tensor y)
    {
        if (StandIns(x.DType) is { } standIns) standIns.Min(x, y);
        else Reduce("min_rows", "min_columns", x, y);
    }

    public override void ArgMax(Tensor x, Tensor y)
    {
        if (StandIns(x.DType) is { } standIns)
        {
            standIns.ArgMax(x, y);
            return;
        }
        if (y.Count == 0) return;
        Arguments arguments = new();
        arguments.Pointer(x).Value(Axes.Of(x, ..y.Rank)).Value(Axes.Of(x, y.Rank..)).Pointer(y).Value(y.Count).Value(x.Count / y.Count);
        _engine.Run(new("argmax_rows", x.DType), (y.Count, 1, 1), (256, 1), ref arguments);
    }

    public override double SquaredNorm(ReadOnlySpan<Tensor> tensors)
    {
        if (tensors.Length > 0 && tensors[0].DType.IsHalf()) return _widened.SquaredNorm(tensors);
        using MemoryScope scope = MemoryScope.Begin();
        Tensor sums = Tensor.Zeros([tensors.Length], DType.F64, Device);
        for (int i = 0; i < tensors.Length; i++)
            if (tensors[i].Count > 0) SumOfSquares(tensors[i], sums.Select(0, i));
        return sums.ToArray<double>().Sum();
    }

    private void SumOfSquares(Tensor x, Tensor sum)
    {
        using MemoryScope scope = MemoryScope.Begin();
        long chunk = Chunk(x.Count, EnoughBlocks, LeastAlongRow);
        Tensor partial = Tensor.Empty([(int)CudaEngine.Blocks(x.Count, chunk)], DType.F64, Device);
        Arguments arguments = new();
        arguments.Operand(x).Pointer(partial).Value(x.Count).Value(chunk);
        _engine.Run(new("sum_squares", x.DType), (partial.Count, 1, 1), (256, 1), ref arguments);
        Sum(partial, sum);
    }

    private void Reduce(string alongRows, string acrossRows, Tensor x, Tensor y)
    {
        if (y.Count == 0) return;
        Axes kept = Axes.Of(x, ..y.Rank), reduced = Axes.Of(x, y.Rank..);
        long rows = y.Count, length = x.Count / rows;
        // A block along each row, or a thread down each of 32 columns: whichever reads neighbours, unless that leaves threads idle.
        bool across = rows >= ColumnsAtOnce && (length < ColumnsAtOnce || (kept.Innermost == 1 && reduced.Innermost != 1));
        long blocks = across ? CudaEngine.Blocks(rows, ColumnsAtOnce) : rows;
        long chunk = Chunk(length, EnoughBlocks / blocks, across ? LeastAcrossRows : LeastAlongRow);
        long chunks = Math.Max(1, CudaEngine.Blocks(length, chunk));
        if (chunks == 1)
        {
            Share(x, kept, reduced, y, length, chunk);
            return;
        }
        using MemoryScope scope = MemoryScope.Begin();
        Tensor partial = Tensor.Empty([(int)(rows * chunks)], x.DType, Device);
        Share(x, kept, reduced, partial, length, chunk);
        (long row, long share) = across ? (1L, rows) : (chunks, 1L);
        Share(partial, Axes.Line(rows, row), Axes.Line(chunks, share), y, chunks, chunks);

        void Share(Tensor from, in Axes kept, in Axes reduced, Tensor to, long length, long chunk)
        {
            Arguments arguments = new();
            arguments.Pointer(from).Value(kept).Value(reduced).Pointer(to).Value(rows).Value(length).Value(chunk);
            long shares = Math.Max(1, CudaEngine.Blocks(length, chunk));
            if (across) _engine.Run(new(acrossRows, x.DType), (blocks, shares, 1), (ColumnsAtOnce, 8), ref arguments);
            else _engine.Run(new(alongRows, x.DType), (rows, shares, 1), (256, 1), ref arguments);
        }
    }

    /// <summary>
    /// Elements of a chunk when there should be so many chunks, but none of fewer than <paramref name="least"/> elements.
    /// </summary>
    private static long Chunk(long length, long chunks, long least) =>
        Math.Max(1, CudaEngine.Blocks(length, Math.Clamp(chunks, 1, Math.Max(1, length / least))));
}
