using System.Numerics;

namespace MiniStack;

public sealed partial class CpuBackend
{
    /// <inheritdoc/>
    public override void Gather(Tensor x, Tensor indices, Tensor y)
    {
        if (y.Count == 0) return;
        switch (x.DType.Size()) // only moves elements, so the size is all that matters
        {
            case 8: Gather<long>(x, indices, y); break;
            case 4: Gather<int>(x, indices, y); break;
            default: Gather<byte>(x, indices, y); break;
        }
    }

    /// <inheritdoc/>
    public override void ScatterAdd(Tensor indices, Tensor source, Tensor y)
    {
        if (indices.Count == 0) return;
        switch (y.DType)
        {
            case DType.F32: ScatterAdd<float>(indices, source, y); break;
            case DType.F64: ScatterAdd<double>(indices, source, y); break;
            case DType.I64: ScatterAdd<long>(indices, source, y); break;
            case DType.U8: ScatterAdd<byte>(indices, source, y); break;
            default: ScatterAdd<int>(indices, source, y); break;
        }
    }

    private static void Gather<T>(Tensor x, Tensor indices, Tensor y) where T : unmanaged
    {
        int count = y.Shape[^1], perPiece = Pieces.Rows(Math.Max(count, x.IsContiguous ? 0 : x.Shape[^1]));
        CpuThreads.For(Pieces.Count(y.Count / count, perPiece), new GatherKernel<T>(new(x), new(indices), y, x.Shape[^1], perPiece));
    }

    private static void ScatterAdd<T>(Tensor indices, Tensor source, Tensor y) where T : unmanaged, INumber<T>
    {
        int count = indices.Shape[^1], perPiece = Pieces.Rows(Math.Max(count, y.Shape[^1]));
        CpuThreads.For(Pieces.Count(indices.Count / count, perPiece), new ScatterAddKernel<T>(new(indices), new(source), y, count, perPiece));
    }
}
