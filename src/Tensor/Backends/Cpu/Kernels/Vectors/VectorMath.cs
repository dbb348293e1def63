using System.Runtime.CompilerServices;

namespace MiniStack;

/// <summary>
/// Exponential, error function and their relatives for any <see cref="IFloatVector{TSelf}"/>: one formula for every lane,
/// F32 and F64 differing only in the number of terms.
/// </summary>
/// <remarks>
/// The polynomials interpolate at Chebyshev nodes; coefficients.py, beside this file, computes them with 60 digits. Their own relative
/// error is below 6e-8 for F32 and 2e-17 for F64, so that what remains is rounding.
/// </remarks>
internal static partial class VectorMath
{
    /// <summary>eˣ; 0 and ∞ where it leaves the range, gradually through the subnormal numbers.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TVector Exp<TVector>(TVector x) where TVector : struct, IFloatVector<TVector>
    {
        x = TVector.AtLeast(TVector.IsDouble ? -746 : -104, x);
        x = TVector.AtMost(TVector.IsDouble ? 710 : 89, x);
        (TVector n, TVector q) = ReducedExp(x);
        return TVector.Scale(TVector.Create(1) + q, n);
    }

    /// <summary>eˣ for x ≤ 0 (a little above does no harm), with 0 instead of subnormal numbers: for probabilities.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TVector ExpOrZero<TVector>(TVector x) where TVector : struct, IFloatVector<TVector>
    {
        // At the bound n is −127 (F64: −1023), whose power of two is made of zero bits: 0.
        (TVector n, TVector q) = ReducedExp(TVector.AtLeast(TVector.IsDouble ? -709 : -88, x));
        TVector scale = TVector.TwoToThe(n);
        return TVector.MultiplyAdd(scale, q, scale);
    }

    /// <summary>eˣ − 1 without cancellation near 0, for 0 ≤ x ≤ 80.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TVector ExpMinusOne<TVector>(TVector x) where TVector : struct, IFloatVector<TVector>
    {
        (TVector n, TVector q) = ReducedExp(x);
        TVector scale = TVector.TwoToThe(n);
        return TVector.MultiplyAdd(scale, q, scale - TVector.Create(1));
    }

    /// <summary>1 / (1 + e⁻ˣ), from e^−|x|, which never overflows.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TVector Sigmoid<TVector>(TVector x) where TVector : struct, IFloatVector<TVector>
    {
        TVector one = TVector.Create(1), e = Exp(-TVector.Abs(x));
        return TVector.Select(TVector.Less(x, TVector.Create(0)), e, one) / (one + e);
    }

    /// <summary>tanh x = m / (m + 2) with m = e^2|x| − 1, and the sign of x.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TVector Tanh<TVector>(TVector x) where TVector : struct, IFloatVector<TVector>
    {
        TVector t = TVector.AtMost(TVector.IsDouble ? 20 : 10, TVector.Abs(x)); // beyond, tanh rounds to 1
        TVector m = ExpMinusOne(t + t);
        return TVector.CopySign(m / (m + TVector.Create(2)), x);
    }

    /// <summary>(n, q) with eˣ = 2ⁿ·(1 + q), n whole and |q| below 0.42.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static (TVector N, TVector Q) ReducedExp<TVector>(TVector x) where TVector : struct, IFloatVector<TVector>
    {
        TVector n = TVector.Round(x * TVector.Create(1.4426950408889634));
        // ln 2 in two parts, or n·ln 2 would lose the low bits of r = x − n·ln 2. Where products are rounded by themselves, the first part
        // has so few digits that n times it is exact: Cody and Waite 1980.
        (double first, double second) = MultiplyAdd.IsFused
            ? TVector.IsDouble ? (-0.6931471805599453, -2.3190468138462996e-17) : (-0.693147182464599609375, 1.9046542999577671e-9)
            : TVector.IsDouble ? (-0.693147180369123816490, -1.90821492927058770002e-10) : (-0.693359375, 2.1219444005469058277e-4);
        TVector r = TVector.MultiplyAdd(n, TVector.Create(second), TVector.MultiplyAdd(n, TVector.Create(first), x));
        // p(r) = (eʳ − 1 − r) / r² on |r| ≤ ln(2) / 2.
        TVector p;
        if (TVector.IsDouble)
        {
            p = TVector.Create(2.5100375832561234e-08);
            p = TVector.Horner(p, r, 2.7620075879983367e-07, 2.7557268480310024e-06, 2.4801521322368692e-05, 0.00019841269863040545);
            p = TVector.Horner(p, r, 0.0013888888917196719, 0.008333333333330065, 0.041666666666624164, 0.16666666666666669);
        }
        else
        {
            p = TVector.Create(0.001392617612);
            p = TVector.Horner(p, r, 0.008363173075);
            p = TVector.Horner(p, r, 0.04166655466);
            p = TVector.Horner(p, r, 0.1666657703);
        }
        p = TVector.Horner(p, r, 0.5);
        return (n, TVector.MultiplyAdd(r * r, p, r));
    }
}
