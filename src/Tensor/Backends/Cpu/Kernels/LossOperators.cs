namespace MiniStack;

/// <summary>max(x, 0) − x·t + ln(1 + e^−|x|), with the logit x as a and the target t as b.</summary>
internal readonly struct BinaryCrossEntropyOperator : IBinaryOperator
{
    public static TVector Apply<TVector>(TVector a, TVector b) where TVector : struct, IFloatVector<TVector>
    {
        TVector zero = TVector.Create(0), one = TVector.Create(1), e = VectorMath.Exp(-TVector.Abs(a));
        // ln(1 + e) keeps its relative accuracy for small e (Kahan): what 1 + e lost divides out.
        TVector sum = one + e, lost = sum - one;
        TVector log = TVector.Select(TVector.Less(zero, lost), TVector.Log(sum) * e / lost, e);
        return TVector.AtLeast(0, a) - a * b + log;
    }
}
