namespace MiniStack.Operators;

/// <summary>x·Φ(x), Φ the normal distribution function: Hendrycks and Gimpel 2016, arXiv:1606.08415, exact form.</summary>
/// <remarks>Far below 0, where Φ is 0, x is kept finite: −∞·0 would be NaN.</remarks>
internal readonly struct Gelu : IUnaryFormula<Gelu>
{
    public static string? Kernel => "gelu";

    public static double Flops => 5;

    public static double Plain(double x) => PlainMath.Share(x, PlainMath.NormalCdf(x));

    public static TVector Apply<TVector>(TVector x) where TVector : struct, IFloatVector<TVector> =>
        TVector.AtLeast(-1000, x) * VectorMath.NormalCdf(x, out _);
}

/// <summary>Gradient of <see cref="Gelu"/>: dy·(Φ(x) + x·φ(x)), φ(x) = e^(−x²/2) / √(2π).</summary>
internal readonly struct GeluBackward : IBinaryFormula<GeluBackward>
{
    public static string? Kernel => "gelu_backward";

    public static double Flops => 11;

    public static double Plain(double x, double dy) => 
        dy * (PlainMath.NormalCdf(x) + PlainMath.Share(x, Math.Exp(-x * x / 2)) / Math.Sqrt(2 * Math.PI));

    public static TVector Apply<TVector>(TVector x, TVector dy) where TVector : struct, IFloatVector<TVector>
    {
        x = TVector.AtMost(1000, TVector.AtLeast(-1000, x)); // ∞·0 would be NaN
        TVector cdf = VectorMath.NormalCdf(x, out TVector bell);
        return dy * TVector.MultiplyAdd(x * TVector.Create(0.39894228040143268), bell, cdf);
    }
}
