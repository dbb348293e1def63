using System.Numerics.Tensors;
using System.Runtime.InteropServices;
using System.Numerics;
using System.Runtime.CompilerServices;

namespace MiniStack;

internal sealed partial class CpuBackend
{
    /// <inheritdoc/>
    public override void Gather(Tensor x, Tensor indices, Tensor y)
    {
        if (y.Count == 0) return;
        switch (x.DType.Size()) // only moves elements, so the size is all that matters
        {
            case 8: Gather<long>(x, indices, y); break;
            case 4: Gather<int>(x, indices, y); break;
            case 2: Gather<short>(x, indices, y); break;
            case 1: Gather<byte>(x, indices, y); break;
            default: throw Unknown(x.DType);
        }
    }

    /// <inheritdoc/>
    public override void ScatterAdd(Tensor indices, Tensor source, Tensor y, bool accumulate)
    {
        if (y.DType.IsHalf())
        {
            _widened.ScatterAdd(indices, source, y, accumulate);
            return;
        }
        if (y.Count == 0 || (accumulate && indices.Count == 0)) return;
        switch (y.DType)
        {
            case DType.F32: ScatterAdd<float>(indices, source, y, accumulate); break;
            case DType.F64: ScatterAdd<double>(indices, source, y, accumulate); break;
            case DType.I64: ScatterAdd<long>(indices, source, y, accumulate); break;
            case DType.U8: ScatterAdd<byte>(indices, source, y, accumulate); break;
            case DType.I32: ScatterAdd<int>(indices, source, y, accumulate); break;
            default: throw Unknown(y.DType);
        }
    }

    /// <summary>True for I64, false for I32.</summary>
    /// <exception cref="DTypeException">It is neither.</exception>
    private static bool IsI64(DType dtype, [CallerMemberName] string operation = "") => dtype switch
    {
        DType.I64 => true,
        DType.I32 => false,
        _ => throw Unknown(dtype, operation),
    };

    private static void Gather<T>(Tensor x, Tensor indices, Tensor y) where T : unmanaged
    {
        int length = x.Shape[^1], count = y.Shape[^1], perPiece = Pieces.Rows(Math.Max(count, x.IsContiguous ? 0 : length));
        int pieces = Pieces.Count(y.Count / count, perPiece);
        if (IsI64(indices.DType)) CpuThreads.For(pieces, new GatherKernel<T, long>(new(x), new(indices), y, length, perPiece));
        else CpuThreads.For(pieces, new GatherKernel<T, int>(new(x), new(indices), y, length, perPiece));
    }

    private static void ScatterAdd<T>(Tensor indices, Tensor source, Tensor y, bool accumulate) where T : unmanaged, INumber<T>
    {
        int length = y.Shape[^1], count = indices.Shape[^1], perPiece = Pieces.Rows(Math.Max(count, length));
        int pieces = Pieces.Count(y.Count / length, perPiece);
        if (IsI64(indices.DType))
            CpuThreads.For(pieces, new ScatterAddKernel<T, long>(new(indices), new(source), y, accumulate, count, perPiece));
        else CpuThreads.For(pieces, new ScatterAddKernel<T, int>(new(indices), new(source), y, accumulate, count, perPiece));
    }

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
