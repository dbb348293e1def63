namespace MiniStack.Operators;

/// <summary>a / b.</summary>
internal readonly struct Divide : IBinaryFormula<Divide>
{
    public static string? Kernel => "divide";

    public static double Plain(double a, double b) => a / b;

    public static TVector Apply<TVector>(TVector a, TVector b) where TVector : struct, IFloatVector<TVector> =>
        a / b;
}
