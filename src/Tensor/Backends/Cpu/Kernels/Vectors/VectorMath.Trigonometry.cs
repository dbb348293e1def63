using System.Runtime.CompilerServices;

namespace MiniStack;

internal static partial class VectorMath
{
    private const double HalfPi = 1.5707963267948966, QuarterPi = 0.78539816339744831;

    /// <summary>
    /// The arc tangent. |x| is brought below √2 − 1: beyond it by atan t = π/4 + atan((t − 1) / (t + 1)), beyond √2 + 1 by π/2 − atan(1/t).
    /// </summary>
    /// <remarks>The reductions are those of Cephes (Moshier 1989), the polynomial is coefficients.py's.</remarks>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TVector Atan<TVector>(TVector x) where TVector : struct, IFloatVector<TVector>
    {
        TVector one = TVector.Create(1), t = TVector.Abs(x);
        TVector far = TVector.Less(TVector.Create(2.4142135623730949), t), near = TVector.Less(t, TVector.Create(0.41421356237309503));
        TVector r = TVector.Select(near, t, TVector.Select(far, -one / t, (t - one) / (t + one)));
        TVector start = TVector.Select(near, TVector.Create(0), TVector.Select(far, TVector.Create(HalfPi), TVector.Create(QuarterPi)));
        TVector s = r * r, p;
        if (TVector.IsDouble)
        {
            p = TVector.Create(-0.01917688711906226);
            p = TVector.Horner(p, s, 0.03923165829558719, -0.0508544973794026, 0.0585814891280221, -0.06664511447381948);
            p = TVector.Horner(p, s, 0.07692183190826087, -0.09090904578123903, 0.11111111015256361, -0.14285714284666542);
            p = TVector.Horner(p, s, 0.1999999999999552);
            p = TVector.Horner(p, s, -0.3333333333333333);
        }
        else
        {
            p = TVector.Create(-0.06451928208);
            p = TVector.Horner(p, s, 0.1074373149, -0.142639556, 0.1999954048, -0.3333333176);
        }
        // The angle is added last, so that its rounding is the only one of its size.
        return TVector.CopySign(start + TVector.MultiplyAdd(r * s, p, r), x);
    }

    /// <summary>sinh x: x + x³·P(x²) for |x| below 1, where e^x − e^−x would cancel; further out (e − 1/e) / 2 with e = e^|x|.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TVector Sinh<TVector>(TVector x) where TVector : struct, IFloatVector<TVector>
    {
        TVector s = x * x, p;
        if (TVector.IsDouble)
        {
            p = TVector.Create(7.746178593018827e-13);
            p = TVector.Horner(p, s, 1.6057679623801638e-10, 2.5052117695907823e-08, 2.7557319191381816e-06, 0.00019841269841324198);
            p = TVector.Horner(p, s, 0.008333333333333299);
            p = TVector.Horner(p, s, 0.16666666666666666);
        }
        else
        {
            p = TVector.Create(2.806280258e-06);
            p = TVector.Horner(p, s, 0.0001983810197);
            p = TVector.Horner(p, s, 0.008333339676);
            p = TVector.Horner(p, s, 0.1666666665);
        }
        TVector t = TVector.Abs(x), half = HalfExp(t);
        TVector far = TVector.CopySign(half - TVector.Create(0.25) / half, x);
        return TVector.Select(TVector.Less(t, TVector.Create(1)), TVector.MultiplyAdd(x * s, p, x), far);
    }

    /// <summary>cosh x = (e + 1/e) / 2 with e = e^|x|.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TVector Cosh<TVector>(TVector x) where TVector : struct, IFloatVector<TVector>
    {
        TVector half = HalfExp(TVector.Abs(x));
        return half + TVector.Create(0.25) / half;
    }

    /// <summary>eˣ / 2 for x ≥ 0, which is finite a little longer than eˣ.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TVector HalfExp<TVector>(TVector x) where TVector : struct, IFloatVector<TVector>
    {
        (TVector n, TVector q) = ReducedExp(TVector.AtMost(TVector.IsDouble ? 712 : 91, x));
        return TVector.Scale(TVector.Create(1) + q, n - TVector.Create(1));
    }
}
