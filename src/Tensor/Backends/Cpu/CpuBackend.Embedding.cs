namespace MiniStack;

public sealed partial class CpuBackend
{
    /// <inheritdoc/>
    public override void Embedding(Tensor table, Tensor indices, Tensor y)
    {
        if (y.Count == 0) return;
        int channels = table.Shape[1], pieces = Pieces.Count(indices.Count, Pieces.Rows(channels));
        switch (table.DType.Size()) // only moves elements, so the size is all that matters
        {
            case 8: CpuThreads.For(pieces, new EmbeddingKernel<long>(new(table), new(indices), y, channels)); break;
            case 4: CpuThreads.For(pieces, new EmbeddingKernel<int>(new(table), new(indices), y, channels)); break;
            default: CpuThreads.For(pieces, new EmbeddingKernel<byte>(new(table), new(indices), y, channels)); break;
        }
    }

    /// <inheritdoc/>
    public override void EmbeddingBackward(Tensor indices, Tensor dy, Tensor dtable)
    {
        Fill(dtable, 0);
        int channels = dtable.Shape[1], pieces = Pieces.Count(channels, EmbeddingBackwardKernel<float>.ColumnsAtOnce);
        if (dy.DType == DType.F32)
            VectorWork.For<float, EmbeddingBackwardKernel<float>>(pieces, new(new(indices), new(dy), dtable, channels));
        else
            VectorWork.For<double, EmbeddingBackwardKernel<double>>(pieces, new(new(indices), new(dy), dtable, channels));
    }

    /// <inheritdoc/>
    public override long? FindOutside(Tensor indices, long limit) => indices.DType == DType.I64
        ? FindOutside<long>(new(indices), limit)
        : FindOutside<int>(new(indices), limit);

    private static long? FindOutside<T>(Operand<T> indices, long limit) where T : unmanaged, System.Numerics.IBinaryInteger<T>
    {
        Span<T> buffer = stackalloc T[Pieces.Block];
        for (long start = 0; start < indices.Count; start += Pieces.Block)
        {
            int count = (int)Math.Min(Pieces.Block, indices.Count - start);
            foreach (T index in indices.Read(start, count, buffer))
                if (ulong.CreateTruncating(long.CreateTruncating(index)) >= (ulong)limit) return long.CreateTruncating(index);
        }
        return null;
    }
}
