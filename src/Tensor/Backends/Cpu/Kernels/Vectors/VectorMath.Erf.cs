using System.Runtime.CompilerServices;

namespace MiniStack;

internal static partial class VectorMath
{
    /// <summary>The error function: x·P(x²) for |x| below 1, 1 − e^(−x²)·erfcx|x| further out.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TVector Erf<TVector>(TVector x) where TVector : struct, IFloatVector<TVector>
    {
        TVector one = TVector.Create(1), t = TVector.Abs(x), square = x * x;
        TVector near = t * ErfOverX(square);
        TVector far = one - Exp(-square) * ScaledErfc(t, scale: 1);
        return TVector.CopySign(TVector.Select(TVector.Less(t, one), near, far), x);
    }

    /// <summary>Φ(x), the normal distribution function, and e^(−x²/2), which its derivative φ(x) = e^(−x²/2) / √(2π) needs.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TVector NormalCdf<TVector>(TVector x, out TVector bell) where TVector : struct, IFloatVector<TVector>
    {
        TVector half = TVector.Create(0.5);
        bell = Exp(-half * x * x);
        TVector tail = half * bell * ScaledErfc(TVector.Abs(x), scale: 0.70710678118654752);
        return TVector.Select(TVector.Less(x, TVector.Create(0)), tail, TVector.Create(1) - tail);
    }

    /// <summary>erfcx t = e^(t²)·(1 − erf t) for t = scale·x ≥ 0.</summary>
    /// <remarks>
    /// With w = 1 / (t + k), erfcx t = w·P(1 − 2kw): as in Shepherd and Laframboise 1981, doi:10.1090/S0025-5718-1981-0595058-X,
    /// the map brings all of t ≥ 0 into [−1, 1], where a polynomial fits well.
    /// </remarks>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TVector ScaledErfc<TVector>(TVector x, double scale) where TVector : struct, IFloatVector<TVector>
    {
        double k = TVector.IsDouble ? 4.5 : 2;
        TVector w = TVector.Create(1) / TVector.MultiplyAdd(x, TVector.Create(scale), TVector.Create(k));
        TVector v = TVector.MultiplyAdd(TVector.Create(-2 * k), w, TVector.Create(1));
        TVector p;
        if (TVector.IsDouble)
        {
            p = TVector.Create(-2.449954156755164e-09);
            p = TVector.Horner(p, v, -3.6930606025315146e-09, 2.7148376367140015e-08, 1.838295056488647e-08, -2.3528489814811555e-07);
            p = TVector.Horner(p, v, 1.8041176395139675e-07, 1.6066520316799186e-06, -4.842719750781172e-06, -2.7391684180039975e-06);
            p = TVector.Horner(p, v, 5.29836050452512e-05, -0.00014249063952797693, -2.6846002697067697e-05, 0.0017034199049945097);
            p = TVector.Horner(p, v, -0.008209020097672126, 0.02619896721017897, -0.06614072529323951, 0.14074148035815748);
            p = TVector.Horner(p, v, -0.26052397656815884, 0.427280277488718, -0.6281259956147479, 0.8339512420846492);
            p = TVector.Horner(p, v, -1.0049269806415524);
            p = TVector.Horner(p, v, 1.1023632384645727);
        }
        else
        {
            p = TVector.Create(-0.0004688500399);
            p = TVector.Horner(p, v, -0.0007674106657, 0.002980084248, 0.006447337585, -0.02148166468);
            p = TVector.Horner(p, v, -0.03643751227, 0.2794691713, -0.6871608315, 1.021582755);
        }
        return p * w;
    }

    /// <summary>erf(√s) / √s for 0 ≤ s ≤ 1.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TVector ErfOverX<TVector>(TVector s) where TVector : struct, IFloatVector<TVector>
    {
        TVector p;
        if (TVector.IsDouble)
        {
            p = TVector.Create(5.957176147748911e-11);
            p = TVector.Horner(p, s, -1.1372848856791674e-09, 1.4659775274047436e-08, -1.6350312701054695e-07, 1.6461000484121368e-06);
            p = TVector.Horner(p, s, -1.4925595266831182e-05, 0.0001205533111164271, -0.000854832698083379, 0.0052239776248180145);
            p = TVector.Horner(p, s, -0.026866170645076792);
            p = TVector.Horner(p, s, 0.11283791670954879);
            p = TVector.Horner(p, s, -0.3761263890318375);
        }
        else
        {
            p = TVector.Create(7.875875063e-05);
            p = TVector.Horner(p, s, -0.0008016864287, 0.005189087423, -0.02685421201, 0.1128359472);
            p = TVector.Horner(p, s, -0.3761262667);
        }
        return TVector.Horner(p, s, 1.1283791670955126);
    }
}
