namespace MiniStack.Operators;

/// <summary>max(x, 0); NaN stays NaN, because a NaN is not less than 0.</summary>
internal readonly struct Relu : IUnaryFormula<Relu>
{
    public static string? Kernel => "relu";

    public static double Plain(double x) => x < 0 ? 0 : x;

    public static TVector Apply<TVector>(TVector x) where TVector : struct, IFloatVector<TVector> =>
        TVector.Select(TVector.Less(x, TVector.Create(0)), TVector.Create(0), x);
}

/// <summary>Gradient of <see cref="Relu"/>: dy where x &gt; 0, otherwise 0.</summary>
internal readonly struct ReluBackward : IBinaryFormula<ReluBackward>
{
    public static string? Kernel => "relu_backward";

    public static double Plain(double x, double dy) => x > 0 ? dy : 0;

    public static TVector Apply<TVector>(TVector x, TVector dy) where TVector : struct, IFloatVector<TVector> =>
        TVector.Select(TVector.Less(TVector.Create(0), x), dy, TVector.Create(0));
}
