namespace MiniStack.Operators;

/// <summary>arctan x.</summary>
internal readonly struct Atan : IUnaryFormula<Atan>
{
    public static string? Kernel => "atan";

    public static double Plain(double x) => Math.Atan(x);

    public static TVector Apply<TVector>(TVector x) where TVector : struct, IFloatVector<TVector> =>
        VectorMath.Atan(x);
}
