namespace MiniStack.Operators;

/// <summary>cosh x.</summary>
internal readonly struct Cosh : IUnaryFormula<Cosh>
{
    public static string? Kernel => "cosh";

    public static double Plain(double x) => Math.Cosh(x);

    public static TVector Apply<TVector>(TVector x) where TVector : struct, IFloatVector<TVector> =>
        VectorMath.Cosh(x);
}
