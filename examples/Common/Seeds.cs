namespace MiniStack.Examples;

/// <summary>What runs with several seeds say together.</summary>
public static class Seeds
{
    /// <summary>Standard deviation of a sample, with n − 1 in the denominator; 0 for a single number.</summary>
    public static double Deviation(double[] results)
    {
        double mean = results.Average();
        return Math.Sqrt(results.Sum(result => (result - mean) * (result - mean)) / Math.Max(1, results.Length - 1));
    }
}
