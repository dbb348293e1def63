namespace MiniStack.Operators;

/// <summary>ln x; −∞ at 0, NaN below.</summary>
internal readonly struct Log : IUnaryFormula<Log>
{
    public static string? Kernel => "log";

    public static double Plain(double x) => Math.Log(x);

    public static TVector Apply<TVector>(TVector x) where TVector : struct, IFloatVector<TVector> =>
        TVector.Log(x);
}
