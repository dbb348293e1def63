namespace MiniStack;

/// <summary>a + b.</summary>
internal readonly struct AddOperator : IBinaryOperator
{
    public static TVector Apply<TVector>(TVector a, TVector b) where TVector : struct, IFloatVector<TVector> => a + b;
}

/// <summary>a − b.</summary>
internal readonly struct SubtractOperator : IBinaryOperator
{
    public static TVector Apply<TVector>(TVector a, TVector b) where TVector : struct, IFloatVector<TVector> => a - b;
}

/// <summary>a · b.</summary>
internal readonly struct MultiplyOperator : IBinaryOperator
{
    public static TVector Apply<TVector>(TVector a, TVector b) where TVector : struct, IFloatVector<TVector> => a * b;
}

/// <summary>a / b.</summary>
internal readonly struct DivideOperator : IBinaryOperator
{
    public static TVector Apply<TVector>(TVector a, TVector b) where TVector : struct, IFloatVector<TVector> => a / b;
}

/// <summary>eˣ.</summary>
internal readonly struct ExpOperator : IUnaryOperator
{
    public static TVector Apply<TVector>(TVector x) where TVector : struct, IFloatVector<TVector> => VectorMath.Exp(x);
}

/// <summary>ln x.</summary>
internal readonly struct LogOperator : IUnaryOperator
{
    public static TVector Apply<TVector>(TVector x) where TVector : struct, IFloatVector<TVector> => TVector.Log(x);
}

/// <summary>tanh x.</summary>
internal readonly struct TanhOperator : IUnaryOperator
{
    public static TVector Apply<TVector>(TVector x) where TVector : struct, IFloatVector<TVector> => VectorMath.Tanh(x);
}

/// <summary>1 / (1 + e⁻ˣ).</summary>
internal readonly struct SigmoidOperator : IUnaryOperator
{
    public static TVector Apply<TVector>(TVector x) where TVector : struct, IFloatVector<TVector> => VectorMath.Sigmoid(x);
}

/// <summary>erf x.</summary>
internal readonly struct ErfOperator : IUnaryOperator
{
    public static TVector Apply<TVector>(TVector x) where TVector : struct, IFloatVector<TVector> => VectorMath.Erf(x);
}

/// <summary>max(x, 0); NaN stays NaN, because a NaN is not less than 0.</summary>
internal readonly struct ReluOperator : IUnaryOperator
{
    public static TVector Apply<TVector>(TVector x) where TVector : struct, IFloatVector<TVector> =>
        TVector.Select(TVector.Less(x, TVector.Create(0)), TVector.Create(0), x);
}

/// <summary>x·Φ(x): Hendrycks and Gimpel 2016, arXiv:1606.08415. Far below 0, where Φ is 0, x is kept finite: −∞·0 would be NaN.</summary>
internal readonly struct GeluOperator : IUnaryOperator
{
    public static TVector Apply<TVector>(TVector x) where TVector : struct, IFloatVector<TVector> =>
        TVector.AtLeast(-1000, x) * VectorMath.NormalCdf(x, out _);
}

/// <summary>dy·(Φ(x) + x·φ(x)), φ(x) = e^(−x²/2) / √(2π).</summary>
internal readonly struct GeluBackwardOperator : IBinaryOperator
{
    public static TVector Apply<TVector>(TVector x, TVector dy) where TVector : struct, IFloatVector<TVector>
    {
        x = TVector.AtMost(1000, TVector.AtLeast(-1000, x)); // ∞·0 would be NaN
        TVector cdf = VectorMath.NormalCdf(x, out TVector bell);
        return dy * TVector.MultiplyAdd(x * TVector.Create(0.39894228040143268), bell, cdf);
    }
}

/// <summary>x·σ(x): Elfwing et al. 2017, arXiv:1702.03118. Far below 0, where σ is 0, x is kept finite: −∞·0 would be NaN.</summary>
internal readonly struct SiluOperator : IUnaryOperator
{
    public static TVector Apply<TVector>(TVector x) where TVector : struct, IFloatVector<TVector> =>
        TVector.AtLeast(-1000, x) / (TVector.Create(1) + VectorMath.Exp(-x));
}

/// <summary>dy·σ(x)·(1 + x·(1 − σ(x))).</summary>
internal readonly struct SiluBackwardOperator : IBinaryOperator
{
    public static TVector Apply<TVector>(TVector x, TVector dy) where TVector : struct, IFloatVector<TVector>
    {
        x = TVector.AtMost(1000, TVector.AtLeast(-1000, x)); // ∞·0 would be NaN
        TVector one = TVector.Create(1), sigmoid = one / (one + VectorMath.Exp(-x));
        return dy * sigmoid * TVector.MultiplyAdd(x, one - sigmoid, one);
    }
}

/// <summary>dy·(1 − y²), y = tanh x.</summary>
internal readonly struct TanhBackwardOperator : IBinaryOperator
{
    public static TVector Apply<TVector>(TVector y, TVector dy) where TVector : struct, IFloatVector<TVector> =>
        dy * TVector.MultiplyAdd(-y, y, TVector.Create(1));
}

/// <summary>dy·y·(1 − y), y = σ(x).</summary>
internal readonly struct SigmoidBackwardOperator : IBinaryOperator
{
    public static TVector Apply<TVector>(TVector y, TVector dy) where TVector : struct, IFloatVector<TVector> =>
        dy * y * (TVector.Create(1) - y);
}

/// <summary>dy where x > 0, otherwise 0.</summary>
internal readonly struct ReluBackwardOperator : IBinaryOperator
{
    public static TVector Apply<TVector>(TVector x, TVector dy) where TVector : struct, IFloatVector<TVector> =>
        TVector.Select(TVector.Less(TVector.Create(0), x), dy, TVector.Create(0));
}
