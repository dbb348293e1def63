namespace MiniStack.Operators;

/// <summary>The logistic function σ(x) = 1 / (1 + e⁻ˣ).</summary>
internal readonly struct Sigmoid : IUnaryFormula<Sigmoid>
{
    public static string? Kernel => "sigmoid";

    public static double Flops => 4;

    public static double Plain(double x) => 1 / (1 + Math.Exp(-x));

    public static TVector Apply<TVector>(TVector x) where TVector : struct, IFloatVector<TVector> =>
        VectorMath.Sigmoid(x);
}

/// <summary>Gradient of <see cref="Sigmoid"/> from its result y: dy·y·(1 − y).</summary>
internal readonly struct SigmoidBackward : IBinaryFormula<SigmoidBackward>
{
    public static string? Kernel => "sigmoid_backward";

    public static double Flops => 3;

    public static double Plain(double y, double dy) => dy * y * (1 - y);

    public static TVector Apply<TVector>(TVector y, TVector dy) where TVector : struct, IFloatVector<TVector> =>
        dy * y * (TVector.Create(1) - y);
}
