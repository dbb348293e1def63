namespace MiniStack.Operators;

/// <summary>x·σ(x), σ the logistic function, also called swish: Elfwing et al. 2017, arXiv:1702.03118.</summary>
/// <remarks>Far below 0, where σ is 0, x is kept finite: −∞·0 would be NaN.</remarks>
internal readonly struct Silu : IUnaryFormula<Silu>
{
    public static string? Kernel => "silu";

    public static double Flops => 4;

    public static double Plain(double x) => PlainMath.Share(x, Sigmoid.Plain(x));

    public static TVector Apply<TVector>(TVector x) where TVector : struct, IFloatVector<TVector> =>
        TVector.AtLeast(-1000, x) / (TVector.Create(1) + VectorMath.Exp(-x));
}

/// <summary>Gradient of <see cref="Silu"/>: dy·σ(x)·(1 + x·(1 − σ(x))).</summary>
internal readonly struct SiluBackward : IBinaryFormula<SiluBackward>
{
    public static string? Kernel => "silu_backward";

    public static double Flops => 9;

    public static double Plain(double x, double dy) => 
        dy * Sigmoid.Plain(x) * (1 + PlainMath.Share(x, Sigmoid.Plain(x) == 0 ? 0 : 1 - Sigmoid.Plain(x)));

    public static TVector Apply<TVector>(TVector x, TVector dy) where TVector : struct, IFloatVector<TVector>
    {
        x = TVector.AtMost(1000, TVector.AtLeast(-1000, x)); // ∞·0 would be NaN
        TVector one = TVector.Create(1), sigmoid = one / (one + VectorMath.Exp(-x));
        return dy * sigmoid * TVector.MultiplyAdd(x, one - sigmoid, one);
    }
}
