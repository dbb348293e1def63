namespace MiniStack;

/// <summary>What several plain formulas share.</summary>
internal static class PlainMath
{
    /// <summary>x·share, and 0 for a share of 0, also where x is infinite.</summary>
    public static double Share(double x, double share) => share == 0 ? 0 : x * share;

    /// <summary>Φ, the normal distribution function.</summary>
    public static double NormalCdf(double x) => 0.5 * (1 + ErrorFunction.Erf(x / Math.Sqrt(2)));

    /// <summary>ln(1 + x) without the loss of a small x beside 1 (Kahan's quotient of two equal roundings).</summary>
    public static double LogOnePlus(double x)
    {
        double sum = 1 + x;
        return sum == 1 ? x : Math.Log(sum) * x / (sum - 1);
    }
}
