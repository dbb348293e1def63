namespace MiniStack.Examples.Training;

/// <summary>A trained model: how large it was, how much it had read, what it reached.</summary>
internal sealed record ScalingPoint(long Parameters, long Characters, double Loss);

/// <summary>loss(N, D) = E + A/N^α + B/D^β, fitted to points.</summary>
/// <remarks>Hoffmann et al. 2022, arXiv:2203.15556, eq. 2, fitted by least squares: α and β from a grid, and for each pair the best E, A and B, which
/// the loss depends on linearly.</remarks>
internal sealed record ScalingLaw(double E, double A, double Alpha, double B, double Beta)
{
    public double At(long parameters, long characters) => E + A * Math.Pow(parameters, -Alpha) + B * Math.Pow(characters, -Beta);

    /// <exception cref="ConfigException">There are fewer than five points.</exception>
    public static ScalingLaw Fit(IReadOnlyList<ScalingPoint> points)
    {
        if (points.Count < 5) throw new ConfigException($"A law with five numbers needs at least five points, not {points.Count}.");
        ScalingLaw best = new(0, 0, 0, 0, 0);
        double least = double.PositiveInfinity;
        for (double alpha = 0.05; alpha < 1.5; alpha += 0.05)
        {
            for (double beta = 0.05; beta < 1.5; beta += 0.05)
            {
                double[] numbers = LeastSquares([.. points.Select(p => (double[])[1, Math.Pow(p.Parameters, -alpha), Math.Pow(p.Characters, -beta)])], [.. points.Select(p => p.Loss)]);
                // What cannot be would fit too: more parameters or text that make a model worse, a loss below 0 at the end.
                if (numbers.Any(number => !(number >= 0))) continue;
                ScalingLaw law = new(numbers[0], numbers[1], alpha, numbers[2], beta);
                double squares = points.Sum(p => Math.Pow(p.Loss - law.At(p.Parameters, p.Characters), 2));
                if (squares < least) (best, least) = (law, squares);
            }
        }
        return best;
    }

    /// <summary>x that makes |rows·x − y|² least, by the normal equations and Gauss's elimination with pivots.</summary>
    private static double[] LeastSquares(double[][] rows, double[] y)
    {
        int n = rows[0].Length;
        double[,] a = new double[n, n + 1];
        for (int i = 0; i < n; i++)
        {
            for (int j = 0; j < n; j++) a[i, j] = rows.Sum(row => row[i] * row[j]);
            a[i, n] = rows.Select((row, k) => row[i] * y[k]).Sum();
        }
        for (int column = 0; column < n; column++)
        {
            int pivot = Enumerable.Range(column, n - column).MaxBy(row => Math.Abs(a[row, column]));
            for (int j = 0; j <= n; j++) (a[column, j], a[pivot, j]) = (a[pivot, j], a[column, j]);
            for (int row = 0; row < n; row++)
            {
                if (row == column) continue;
                double factor = a[row, column] / a[column, column];
                for (int j = column; j <= n; j++) a[row, j] -= factor * a[column, j];
            }
        }
        return [.. Enumerable.Range(0, n).Select(i => a[i, n] / a[i, i])];
    }
}
