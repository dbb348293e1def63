namespace MiniStack;

/// <summary>|x|·w + ln(1 + e^−|x|), with the logit x as a and the target t as b; w = t where x is below 0, else 1 − t.</summary>
/// <remarks>Where w is 0, so is the product, also for infinite x.</remarks>
internal readonly struct BinaryCrossEntropyOperator : IBinaryOperator
{
    public static TVector Apply<TVector>(TVector a, TVector b) where TVector : struct, IFloatVector<TVector>
    {
        TVector zero = TVector.Create(0), one = TVector.Create(1), e = VectorMath.Exp(-TVector.Abs(a));
        // ln(1 + e) keeps its relative accuracy for small e (Kahan): what 1 + e lost divides out.
        TVector sum = one + e, lost = sum - one;
        TVector log = TVector.Select(TVector.Less(zero, lost), TVector.Log(sum) * e / lost, e);
        TVector weight = TVector.Select(TVector.Less(a, zero), b, one - b);
        return TVector.Select(TVector.Less(zero, TVector.Abs(weight)), TVector.Abs(a) * weight, weight) + log;
    }
}
