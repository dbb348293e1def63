namespace MiniStack.Tests;

/// <summary>Makes the given count of numbers, the same ones for the same stream.</summary>
internal delegate double[] NumberSource(Rng rng, int count);

/// <summary>Numbers that keep functions away from their kinks and poles: differences reach 0.002 to each side.</summary>
internal static class Draw
{
    /// <summary>Any, in ±2.</summary>
    public static double[] Any(Rng rng, int count) => Make(count, () => 4 * rng.NextDouble() - 2);

    /// <summary>In ±0.9: for arc sines, and away from the poles of the tangent.</summary>
    public static double[] Small(Rng rng, int count) => Make(count, () => 1.8 * rng.NextDouble() - 0.9);

    /// <summary>−2, −1, 0, 1 or 2: many are equal.</summary>
    public static double[] Whole(Rng rng, int count) => Make(count, () => rng.Next(5) - 2);

    /// <summary>From 0.6 to 2: for logarithms, roots and divisors.</summary>
    public static double[] Positive(Rng rng, int count) => Make(count, () => 0.6 + 1.4 * rng.NextDouble());

    /// <summary>In ±2 but not within 0.1 of 0.</summary>
    public static double[] NotZero(Rng rng, int count) =>
        Make(count, () => (0.1 + 1.9 * rng.NextDouble()) * (rng.Next(2) == 0 ? 1 : -1));

    /// <summary>No two within 0.05 of each other, in random order: for the largest and the smallest.</summary>
    public static double[] Distinct(Rng rng, int count)
    {
        double[] numbers = [.. Enumerable.Range(0, count).Select(i => 0.05 * (i - count / 2) + 0.01)];
        for (int i = count - 1; i > 0; i--)
        {
            int j = rng.Next(i + 1);
            (numbers[i], numbers[j]) = (numbers[j], numbers[i]);
        }
        return numbers;
    }

    private static double[] Make(int count, Func<double> next)
    {
        double[] numbers = new double[count];
        for (int i = 0; i < count; i++) numbers[i] = next();
        return numbers;
    }
}
