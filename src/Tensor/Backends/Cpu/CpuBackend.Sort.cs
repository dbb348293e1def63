namespace MiniStack;

internal sealed partial class CpuBackend
{
    /// <inheritdoc/>
    public override void Sort(Tensor x, bool descending, Tensor values, Tensor indices)
    {
        if (x.DType.IsHalf())
        {
            _widened.Sort(x, descending, values, indices);
            return;
        }
        if (values.Count == 0) return;
        switch (x.DType)
        {
            case DType.F32: SortKernel<float, uint, FloatRank>.Run(x, descending, values, indices); break;
            case DType.F64: SortKernel<double, ulong, DoubleRank>.Run(x, descending, values, indices); break;
            case DType.I64: SortKernel<long, ulong, LongRank>.Run(x, descending, values, indices); break;
            case DType.I32: SortKernel<int, uint, IntRank>.Run(x, descending, values, indices); break;
            case DType.U8: SortKernel<byte, uint, ByteRank>.Run(x, descending, values, indices); break;
            default: throw Unknown(x.DType);
        }
    }

    /// <inheritdoc/>
    public override void TopK(Tensor x, bool largest, Tensor values, Tensor indices)
    {
        if (x.DType.IsHalf())
        {
            _widened.TopK(x, largest, values, indices);
            return;
        }
        if (values.Count == 0) return;
        int length = x.Shape[^1], k = values.Shape[^1], pieces = Pieces.Count(values.Count / k, Pieces.Rows(length));
        switch (x.DType)
        {
            case DType.F32: CpuThreads.For(pieces, new TopKKernel<float, uint, FloatRank>(new(x), largest, values, indices, length)); break;
            case DType.F64:
                CpuThreads.For(pieces, new TopKKernel<double, ulong, DoubleRank>(new(x), largest, values, indices, length));
                break;
            case DType.I64: CpuThreads.For(pieces, new TopKKernel<long, ulong, LongRank>(new(x), largest, values, indices, length)); break;
            case DType.I32: CpuThreads.For(pieces, new TopKKernel<int, uint, IntRank>(new(x), largest, values, indices, length)); break;
            case DType.U8: CpuThreads.For(pieces, new TopKKernel<byte, uint, ByteRank>(new(x), largest, values, indices, length)); break;
            default: throw Unknown(x.DType);
        }
    }

    /// <inheritdoc/>
    public override void CumSum(Tensor x, int axis, bool reverse, Tensor y)
    {
        if (x.DType.IsHalf())
        {
            _widened.CumSum(x, axis, reverse, y);
            return;
        }
        if (y.Count == 0) return;
        switch (x.DType)
        {
            case DType.F32: CumSums<float, double, FloatPrefix<float>>.Run(x, axis, reverse, y); break;
            case DType.F64: CumSums<double, double, FloatPrefix<double>>.Run(x, axis, reverse, y); break;
            case DType.I64: CumSums<long, long, IntegerPrefix<long>>.Run(x, axis, reverse, y); break;
            case DType.I32: CumSums<int, int, IntegerPrefix<int>>.Run(x, axis, reverse, y); break;
            case DType.U8: CumSums<byte, byte, IntegerPrefix<byte>>.Run(x, axis, reverse, y); break;
            default: throw Unknown(x.DType);
        }
    }

    /// <inheritdoc/>
    public override void BinCount(Tensor x, Tensor counts)
    {
        counts.Raw<long>().Clear();
        int pieces = Pieces.Count(x.Count, BinCountKernel<long>.Elements);
        switch (x.DType)
        {
            case DType.I64: CpuThreads.For(pieces, new BinCountKernel<long>(new(x), counts)); break;
            case DType.I32: CpuThreads.For(pieces, new BinCountKernel<int>(new(x), counts)); break;
            case DType.U8: CpuThreads.For(pieces, new BinCountKernel<byte>(new(x), counts)); break;
            default: throw Unknown(x.DType);
        }
    }
}
