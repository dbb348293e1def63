using System.Numerics;

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
            default: Gather<byte>(x, indices, y); break;
        }
    }

    /// <inheritdoc/>
    public override void ScatterAdd(Tensor indices, Tensor source, Tensor y, bool accumulate)
    {
        if (y.Count == 0 || (accumulate && indices.Count == 0)) return;
        switch (y.DType)
        {
            case DType.F32: ScatterAdd<float>(indices, source, y, accumulate); break;
            case DType.F64: ScatterAdd<double>(indices, source, y, accumulate); break;
            case DType.I64: ScatterAdd<long>(indices, source, y, accumulate); break;
            case DType.U8: ScatterAdd<byte>(indices, source, y, accumulate); break;
            default: ScatterAdd<int>(indices, source, y, accumulate); break;
        }
    }

    private static void Gather<T>(Tensor x, Tensor indices, Tensor y) where T : unmanaged
    {
        int length = x.Shape[^1], count = y.Shape[^1], perPiece = Pieces.Rows(Math.Max(count, x.IsContiguous ? 0 : length));
        int pieces = Pieces.Count(y.Count / count, perPiece);
        if (indices.DType == DType.I64) CpuThreads.For(pieces, new GatherKernel<T, long>(new(x), new(indices), y, length, perPiece));
        else CpuThreads.For(pieces, new GatherKernel<T, int>(new(x), new(indices), y, length, perPiece));
    }

    private static void ScatterAdd<T>(Tensor indices, Tensor source, Tensor y, bool accumulate) where T : unmanaged, INumber<T>
    {
        int length = y.Shape[^1], count = indices.Shape[^1], perPiece = Pieces.Rows(Math.Max(count, length));
        int pieces = Pieces.Count(y.Count / length, perPiece);
        if (indices.DType == DType.I64) CpuThreads.For(pieces, new ScatterAddKernel<T, long>(new(indices), new(source), y, accumulate, count, perPiece));
        else CpuThreads.For(pieces, new ScatterAddKernel<T, int>(new(indices), new(source), y, accumulate, count, perPiece));
    }
}
