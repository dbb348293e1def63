namespace MiniStack.Operators;

/// <summary>sinh x.</summary>
internal readonly struct Sinh : IUnaryFormula<Sinh>
{
    public static string? Kernel => "sinh";

    public static double Plain(double x) => Math.Sinh(x);

    public static TVector Apply<TVector>(TVector x) where TVector : struct, IFloatVector<TVector> =>
        VectorMath.Sinh(x);
}
