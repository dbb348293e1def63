namespace MiniStack;

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

/// <summary>x·Φ(x): Hendrycks and Gimpel 2016, arXiv:1606.08415.</summary>
internal readonly struct GeluOperator : IUnaryOperator
{
    public static TVector Apply<TVector>(TVector x) where TVector : struct, IFloatVector<TVector> =>
        x * VectorMath.NormalCdf(x, out _);
}

/// <summary>dy·(Φ(x) + x·φ(x)), φ(x) = e^(−x²/2) / √(2π).</summary>
internal readonly struct GeluBackwardOperator : IBinaryOperator
{
    public static TVector Apply<TVector>(TVector x, TVector dy) where TVector : struct, IFloatVector<TVector>
    {
        TVector cdf = VectorMath.NormalCdf(x, out TVector bell);
        return dy * TVector.MultiplyAdd(x * TVector.Create(0.39894228040143268), bell, cdf);
    }
}
