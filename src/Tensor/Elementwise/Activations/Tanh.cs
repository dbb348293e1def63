namespace MiniStack.Operators;

/// <summary>tanh x.</summary>
internal readonly struct Tanh : IUnaryFormula<Tanh>
{
    public static string? Kernel => "tanh";

    public static double Plain(double x) => Math.Tanh(x);

    public static TVector Apply<TVector>(TVector x) where TVector : struct, IFloatVector<TVector> =>
        VectorMath.Tanh(x);
}

/// <summary>Gradient of <see cref="Tanh"/> from its result y: dy·(1 − y²).</summary>
internal readonly struct TanhBackward : IBinaryFormula<TanhBackward>
{
    public static string? Kernel => "tanh_backward";

    public static double Flops => 3;

    public static double Plain(double y, double dy) => dy * (1 - y * y);

    public static TVector Apply<TVector>(TVector y, TVector dy) where TVector : struct, IFloatVector<TVector> =>
        dy * TVector.MultiplyAdd(-y, y, TVector.Create(1));
}
