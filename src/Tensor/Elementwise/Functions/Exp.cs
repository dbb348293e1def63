namespace MiniStack.Operators;

/// <summary>eˣ.</summary>
internal readonly struct Exp : IUnaryFormula<Exp>
{
    public static string? Kernel => "exp";

    public static double Plain(double x) => Math.Exp(x);

    public static TVector Apply<TVector>(TVector x) where TVector : struct, IFloatVector<TVector> =>
        VectorMath.Exp(x);
}
