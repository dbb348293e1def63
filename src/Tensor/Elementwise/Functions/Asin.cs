namespace MiniStack.Operators;

/// <summary>arcsin x; NaN outside [−1, 1].</summary>
/// <remarks>x / √(1 − x²) is the tangent of the angle whose sine is x.</remarks>
internal readonly struct Asin : IUnaryFormula<Asin>
{
    public static string? Kernel => "asin";

    public static double Plain(double x) => Math.Asin(x);

    public static TVector Apply<TVector>(TVector x) where TVector : struct, IFloatVector<TVector> =>
        VectorMath.Atan(x / TVector.Sqrt((TVector.Create(1) - x) * (TVector.Create(1) + x)));
}
