using System.Numerics;
using System.Numerics.Tensors;
using System.Runtime.InteropServices;
using MiniStack.Operators;

namespace MiniStack;

internal sealed partial class CpuBackend
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
            case 2: CpuThreads.For(pieces, new EmbeddingKernel<short>(new(table), new(indices), y, channels)); break;
            case 1: CpuThreads.For(pieces, new EmbeddingKernel<byte>(new(table), new(indices), y, channels)); break;
            default: throw Unknown(table.DType);
        }
    }

    /// <inheritdoc/>
    public override void EmbeddingBackward(Tensor indices, Tensor dy, Tensor dtable)
    {
        if (dy.DType.IsHalf())
        {
            _widened.EmbeddingBackward(indices, dy, dtable);
            return;
        }
        if (dtable.Count == 0) return;
        if (IsF32(dy.DType)) EmbeddingBackwardKernel<float>.Run(new(indices), dy, dtable);
        else EmbeddingBackwardKernel<double>.Run(new(indices), dy, dtable);
    }

    /// <inheritdoc/>
    public override long? FindOutside(Tensor indices, long limit) => IsI64(indices.DType)
        ? FindOutside<long, ulong>(new(indices), limit)
        : FindOutside<int, uint>(new(indices), limit);

    /// <summary>Without its sign, a negative index is larger than every limit: one maximum tells whether any index is outside.</summary>
    private static long? FindOutside<T, TUnsigned>(Operand<T> indices, long limit)
        where T : unmanaged, IBinaryInteger<T>
        where TUnsigned : unmanaged, IBinaryInteger<TUnsigned>
    {
        Span<T> buffer = stackalloc T[Pieces.Block];
        for (long start = 0; start < indices.Count; start += Pieces.Block)
        {
            ReadOnlySpan<T> some = indices.Read(start, (int)Math.Min(Pieces.Block, indices.Count - start), buffer);
            if (ulong.CreateTruncating(TensorPrimitives.Max(MemoryMarshal.Cast<T, TUnsigned>(some))) < (ulong)limit) continue;
            foreach (T index in some)
                if (index < T.Zero || long.CreateTruncating(index) >= limit) return long.CreateTruncating(index);
        }
        return null;
    }
}
