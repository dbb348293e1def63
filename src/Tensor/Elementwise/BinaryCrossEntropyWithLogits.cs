namespace MiniStack.Operators;

/// <summary>−t·ln σ(x) − (1 − t)·ln(1 − σ(x)) of the logit x and the target t.</summary>
/// <remarks>|x|·w + ln(1 + e^−|x|), w = t where x is below 0, else 1 − t. Where w is 0, so is the product, also for infinite x.</remarks>
internal readonly struct BinaryCrossEntropyWithLogits : IBinaryFormula<BinaryCrossEntropyWithLogits>
{
    public static string? Kernel => "binary_cross_entropy_with_logits";

    public static double Flops => 8;

    public static double Plain(double x, double t) =>
        PlainMath.Share(Math.Abs(x), x < 0 ? t : 1 - t) + PlainMath.LogOnePlus(Math.Exp(-Math.Abs(x)));

    public static TVector Apply<TVector>(TVector x, TVector t) where TVector : struct, IFloatVector<TVector>
    {
        TVector zero = TVector.Create(0), one = TVector.Create(1), e = VectorMath.Exp(-TVector.Abs(x));
        // ln(1 + e) keeps its relative accuracy for small e (Kahan): what 1 + e lost divides out.
        TVector sum = one + e, lost = sum - one;
        TVector log = TVector.Select(TVector.Less(zero, lost), TVector.Log(sum) * e / lost, e);
        TVector weight = TVector.Select(TVector.Less(x, zero), t, one - t);
        return TVector.Select(TVector.Less(zero, TVector.Abs(weight)), TVector.Abs(x) * weight, weight) + log;
    }
}
