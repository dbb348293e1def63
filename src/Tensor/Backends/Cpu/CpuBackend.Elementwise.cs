using MiniStack.Operators;

namespace MiniStack;

// Which of an operator's forms runs, by dtype. Elementwise.Run cuts the work and brings the inputs into rows.
internal sealed partial class CpuBackend
{
    /// <inheritdoc/>
    public override void Unary<TOperator>(Tensor x, Tensor y)
    {
        if (!TOperator.Takes(x.DType)) throw Unknown(x.DType, typeof(TOperator).Name);
        switch (x.DType)
        {
            case DType.F32 when Streaming.Pays(y, x): Elementwise.Run<float, float, StreamingMap<float, TOperator>>(x, y); break;
            case DType.F32: Elementwise.Run<float, float, FloatMap<float, TOperator>>(x, y); break;
            case DType.F64 when Streaming.Pays(y, x): Elementwise.Run<double, double, StreamingMap<double, TOperator>>(x, y); break;
            case DType.F64: Elementwise.Run<double, double, FloatMap<double, TOperator>>(x, y); break;
            case DType.F16 or DType.BF16: HalfElementwise.Unary<TOperator>(x, y); break;
            case DType.I64: Elementwise.Run<long, long, IntegerMap<long, TOperator>>(x, y); break;
            case DType.I32: Elementwise.Run<int, int, IntegerMap<int, TOperator>>(x, y); break;
            case DType.U8 or DType.Bool: Elementwise.Run<byte, byte, IntegerMap<byte, TOperator>>(x, y); break;
            default: throw Unknown(x.DType, typeof(TOperator).Name);
        }
    }

    /// <inheritdoc/>
    public override void Binary<TOperator>(Tensor a, Tensor b, Tensor y)
    {
        if (!TOperator.Takes(y.DType)) throw Unknown(y.DType, typeof(TOperator).Name);
        switch (y.DType)
        {
            case DType.F32 when Streaming.Pays(y, a): Elementwise.Run<float, float, StreamingMap2<float, TOperator>>(a, b, y); break;
            case DType.F32: Elementwise.Run<float, float, FloatMap2<float, TOperator>>(a, b, y); break;
            case DType.F64 when Streaming.Pays(y, a): Elementwise.Run<double, double, StreamingMap2<double, TOperator>>(a, b, y); break;
            case DType.F64: Elementwise.Run<double, double, FloatMap2<double, TOperator>>(a, b, y); break;
            case DType.F16 or DType.BF16: HalfElementwise.Binary<TOperator>(a, b, y); break;
            case DType.I64: Elementwise.Run<long, long, IntegerMap2<long, TOperator>>(a, b, y); break;
            case DType.I32: Elementwise.Run<int, int, IntegerMap2<int, TOperator>>(a, b, y); break;
            case DType.U8: Elementwise.Run<byte, byte, IntegerMap2<byte, TOperator>>(a, b, y); break;
            default: throw Unknown(y.DType, typeof(TOperator).Name);
        }
    }

    /// <inheritdoc/>
    public override void Compare<TComparison>(Tensor a, Tensor b, Tensor y)
    {
        // A 16-bit tensor may stand beside a number in F32.
        switch (a.DType.IsHalf() ? a.DType : b.DType)
        {
            case DType.F32: Elementwise.Run<float, byte, CompareMap<float, TComparison>>(a, b, y); break;
            case DType.F64: Elementwise.Run<double, byte, CompareMap<double, TComparison>>(a, b, y); break;
            case DType.F16 or DType.BF16: HalfElementwise.Compare<TComparison>(a, b, y); break;
            case DType.I64: Elementwise.Run<long, byte, CompareMap<long, TComparison>>(a, b, y); break;
            case DType.I32: Elementwise.Run<int, byte, CompareMap<int, TComparison>>(a, b, y); break;
            case DType.U8 or DType.Bool: Elementwise.Run<byte, byte, CompareMap<byte, TComparison>>(a, b, y); break;
            default: throw Unknown(a.DType, typeof(TComparison).Name);
        }
    }

    /// <inheritdoc/>
    public override void Where(Tensor condition, Tensor a, Tensor b, Tensor y)
    {
        switch (y.DType.Size()) // only moves elements, so the size is all that matters
        {
            case 8: Elementwise.Where<long>(condition, a, b, y); break;
            case 4: Elementwise.Where<int>(condition, a, b, y); break;
            case 2: Elementwise.Where<short>(condition, a, b, y); break;
            case 1: Elementwise.Where<byte>(condition, a, b, y); break;
            default: throw Unknown(y.DType);
        }
    }
}
