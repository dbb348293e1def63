namespace MiniStack.Operators;

/// <summary>arccos x; NaN outside [−1, 1].</summary>
/// <remarks>√((1 − x) / (1 + x)) is the tangent of half the angle whose cosine is x.</remarks>
internal readonly struct Acos : IUnaryFormula<Acos>
{
    public static string? Kernel => "acos";

    public static double Plain(double x) => Math.Acos(x);

    public static TVector Apply<TVector>(TVector x) where TVector : struct, IFloatVector<TVector> =>
        TVector.Create(2) * VectorMath.Atan(TVector.Sqrt((TVector.Create(1) - x) / (TVector.Create(1) + x)));
}
