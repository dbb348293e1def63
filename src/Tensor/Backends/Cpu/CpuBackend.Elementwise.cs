using System.Runtime.CompilerServices;

namespace MiniStack;

// Each operator: what it does to a span, by dtype. Elementwise.Run does the rest.
internal sealed partial class CpuBackend
{
    /// <inheritdoc/>
    public override void Negate(Tensor x, Tensor y) => Numbers<NegateMap>(x, y);

    /// <inheritdoc/>
    public override void Abs(Tensor x, Tensor y) => Numbers<AbsMap>(x, y);

    /// <inheritdoc/>
    public override void Exp(Tensor x, Tensor y) => Map<ExpOperator>(x, y);

    /// <inheritdoc/>
    public override void Log(Tensor x, Tensor y) => Map<LogOperator>(x, y);

    /// <inheritdoc/>
    public override void Tanh(Tensor x, Tensor y) => Map<TanhOperator>(x, y);

    /// <inheritdoc/>
    public override void Sigmoid(Tensor x, Tensor y) => Map<SigmoidOperator>(x, y);

    /// <inheritdoc/>
    public override void Erf(Tensor x, Tensor y) => Map<ErfOperator>(x, y);

    /// <inheritdoc/>
    public override void Relu(Tensor x, Tensor y) => Map<ReluOperator>(x, y);

    /// <inheritdoc/>
    public override void Gelu(Tensor x, Tensor y) => Map<GeluOperator>(x, y);

    /// <inheritdoc/>
    public override void Silu(Tensor x, Tensor y) => Map<SiluOperator>(x, y);

    /// <inheritdoc/>
    public override void TanhBackward(Tensor y, Tensor dy, Tensor dx) => Map<TanhBackwardOperator>(y, dy, dx);

    /// <inheritdoc/>
    public override void SigmoidBackward(Tensor y, Tensor dy, Tensor dx) => Map<SigmoidBackwardOperator>(y, dy, dx);

    /// <inheritdoc/>
    public override void ReluBackward(Tensor x, Tensor dy, Tensor dx) => Map<ReluBackwardOperator>(x, dy, dx);

    /// <inheritdoc/>
    public override void SiluBackward(Tensor x, Tensor dy, Tensor dx) => Map<SiluBackwardOperator>(x, dy, dx);

    /// <inheritdoc/>
    public override void GeluBackward(Tensor x, Tensor dy, Tensor dx) => Map<GeluBackwardOperator>(x, dy, dx);

    /// <inheritdoc/>
    public override void Sqrt(Tensor x, Tensor y)
    {
        if (IsF32(x.DType)) Elementwise.Run<float, float, SqrtMap<float>>(x, y);
        else Elementwise.Run<double, double, SqrtMap<double>>(x, y);
    }

    /// <inheritdoc/>
    public override void Sin(Tensor x, Tensor y)
    {
        if (IsF32(x.DType)) Elementwise.Run<float, float, SinMap<float>>(x, y);
        else Elementwise.Run<double, double, SinMap<double>>(x, y);
    }

    /// <inheritdoc/>
    public override void Cos(Tensor x, Tensor y)
    {
        if (IsF32(x.DType)) Elementwise.Run<float, float, CosMap<float>>(x, y);
        else Elementwise.Run<double, double, CosMap<double>>(x, y);
    }

    /// <inheritdoc/>
    public override void Add(Tensor a, Tensor b, Tensor y) => Numbers<AddMap, AddOperator>(a, b, y);

    /// <inheritdoc/>
    public override void Subtract(Tensor a, Tensor b, Tensor y) => Numbers<SubtractMap, SubtractOperator>(a, b, y);

    /// <inheritdoc/>
    public override void Multiply(Tensor a, Tensor b, Tensor y) => Numbers<MultiplyMap, MultiplyOperator>(a, b, y);

    /// <inheritdoc/>
    public override void Divide(Tensor a, Tensor b, Tensor y) => Map<DivideOperator>(a, b, y);

    /// <inheritdoc/>
    public override void Pow(Tensor a, Tensor b, Tensor y)
    {
        if (IsF32(a.DType)) Elementwise.Run<float, float, PowMap<float>>(a, b, y);
        else Elementwise.Run<double, double, PowMap<double>>(a, b, y);
    }

    /// <inheritdoc/>
    public override void Maximum(Tensor a, Tensor b, Tensor y) => Numbers<MaximumMap>(a, b, y);

    /// <inheritdoc/>
    public override void Minimum(Tensor a, Tensor b, Tensor y) => Numbers<MinimumMap>(a, b, y);

    /// <inheritdoc/>
    public override void Equal(Tensor a, Tensor b, Tensor y) => Compare<EqualComparison>(a, b, y);

    /// <inheritdoc/>
    public override void Less(Tensor a, Tensor b, Tensor y) => Compare<LessComparison>(a, b, y);

    /// <inheritdoc/>
    public override void LessOrEqual(Tensor a, Tensor b, Tensor y) => Compare<LessOrEqualComparison>(a, b, y);

    /// <inheritdoc/>
    public override void Not(Tensor x, Tensor y) => Elementwise.Run<byte, byte, NotMap>(x, y);

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

    private static void Numbers<TMap>(Tensor x, Tensor y, [CallerMemberName] string operation = "") where TMap : struct, INumberMap
    {
        switch (x.DType)
        {
            case DType.F32: Elementwise.Run<float, float, NumberMap<float, TMap>>(x, y); break;
            case DType.F64: Elementwise.Run<double, double, NumberMap<double, TMap>>(x, y); break;
            case DType.I64: Elementwise.Run<long, long, NumberMap<long, TMap>>(x, y); break;
            case DType.U8: Elementwise.Run<byte, byte, NumberMap<byte, TMap>>(x, y); break;
            case DType.I32: Elementwise.Run<int, int, NumberMap<int, TMap>>(x, y); break;
            default: throw Unknown(x.DType, operation);
        }
    }

    private static void Numbers<TMap>(Tensor a, Tensor b, Tensor y, [CallerMemberName] string operation = "") where TMap : struct, INumberMap2
    {
        switch (a.DType)
        {
            case DType.F32: Elementwise.Run<float, float, NumberMap2<float, TMap>>(a, b, y); break;
            case DType.F64: Elementwise.Run<double, double, NumberMap2<double, TMap>>(a, b, y); break;
            case DType.I64: Elementwise.Run<long, long, NumberMap2<long, TMap>>(a, b, y); break;
            case DType.U8: Elementwise.Run<byte, byte, NumberMap2<byte, TMap>>(a, b, y); break;
            case DType.I32: Elementwise.Run<int, int, NumberMap2<int, TMap>>(a, b, y); break;
            default: throw Unknown(a.DType, operation);
        }
    }

    private static void Numbers<TMap, TOperator>(Tensor a, Tensor b, Tensor y, [CallerMemberName] string operation = "")
        where TMap : struct, INumberMap2
        where TOperator : struct, IBinaryOperator
    {
        if (a.DType.IsFloat()) Map<TOperator>(a, b, y, operation);
        else Numbers<TMap>(a, b, y, operation);
    }

    private static void Map<TOperator>(Tensor x, Tensor y, [CallerMemberName] string operation = "") where TOperator : struct, IUnaryOperator
    {
        if (IsF32(x.DType, operation)) Map<float, TOperator>(x, y);
        else Map<double, TOperator>(x, y);
    }

    private static void Map<T, TOperator>(Tensor x, Tensor y)
        where T : unmanaged
        where TOperator : struct, IUnaryOperator
    {
        if (Streaming.Pays(y, x)) Elementwise.Run<T, T, StreamingMap<T, TOperator>>(x, y);
        else Elementwise.Run<T, T, VectorMap<T, TOperator>>(x, y);
    }

    private static void Map<TOperator>(Tensor a, Tensor b, Tensor y, [CallerMemberName] string operation = "") where TOperator : struct, IBinaryOperator
    {
        if (IsF32(a.DType, operation)) Map<float, TOperator>(a, b, y);
        else Map<double, TOperator>(a, b, y);
    }

    private static void Map<T, TOperator>(Tensor a, Tensor b, Tensor y)
        where T : unmanaged
        where TOperator : struct, IBinaryOperator
    {
        if (Streaming.Pays(y, a)) Elementwise.Run<T, T, StreamingMap2<T, TOperator>>(a, b, y);
        else Elementwise.Run<T, T, VectorMap2<T, TOperator>>(a, b, y);
    }

    private static void Compare<TComparison>(Tensor a, Tensor b, Tensor y, [CallerMemberName] string operation = "") where TComparison : struct, IComparison
    {
        switch (a.DType)
        {
            case DType.F32: Elementwise.Run<float, byte, CompareMap<float, TComparison>>(a, b, y); break;
            case DType.F64: Elementwise.Run<double, byte, CompareMap<double, TComparison>>(a, b, y); break;
            case DType.I64: Elementwise.Run<long, byte, CompareMap<long, TComparison>>(a, b, y); break;
            case DType.I32: Elementwise.Run<int, byte, CompareMap<int, TComparison>>(a, b, y); break;
            case DType.U8 or DType.Bool: Elementwise.Run<byte, byte, CompareMap<byte, TComparison>>(a, b, y); break;
            default: throw Unknown(a.DType, operation);
        }
    }
}
