namespace MiniStack.Operators;

/// <summary>The error function, 2/√π · ∫₀ˣ e^(−t²) dt.</summary>
internal readonly struct Erf : IUnaryFormula<Erf>
{
    public static string? Kernel => "erf";

    public static double Plain(double x) => ErrorFunction.Erf(x);

    public static TVector Apply<TVector>(TVector x) where TVector : struct, IFloatVector<TVector> =>
        VectorMath.Erf(x);
}
