namespace MiniStack.Training;

/// <summary>A distribution over functions, narrowed down by what is known of one: it predicts a mean and how sure it is.</summary>
/// <remarks>
/// Rasmussen and Williams 2006, "Gaussian Processes for Machine Learning": algorithm 2.1 on the Matérn 5/2 kernel of eq. 4.17. Scores are
/// brought to mean 0 and variance 1 first; the length scale and the noise are those of a grid that make the scores likeliest (eq. 2.30).
/// </remarks>
public sealed class GaussianProcess
{
    private static readonly double[] LengthScales = [0.05, 0.1, 0.2, 0.4, 0.8, 1.6], Noises = [1e-6, 1e-4, 1e-2, 1e-1];

    private readonly IReadOnlyList<double>[] _points;
    private readonly double[,] _cholesky;
    private readonly double[] _weights;
    private readonly double _lengthScale, _mean, _deviation;

    private GaussianProcess(IReadOnlyList<double>[] points, double[] scores, double lengthScale, double noise)
    {
        (_points, _lengthScale) = (points, lengthScale);
        _mean = scores.Average();
        _deviation = Math.Sqrt(scores.Average(score => (score - _mean) * (score - _mean)));
        if (!(_deviation > 0)) _deviation = 1; // all alike
        double[] standard = [.. scores.Select(score => (score - _mean) / _deviation)];
        _cholesky = Cholesky(points, lengthScale, noise);
        double[] half = SolveLower(standard);
        _weights = SolveUpper(half);
        double logDeterminant = 0;
        for (int i = 0; i < points.Length; i++) logDeterminant += Math.Log(_cholesky[i, i]);
        LogLikelihood = -0.5 * half.Sum(value => value * value) - logDeterminant - 0.5 * points.Length * Math.Log(2 * Math.PI);
    }

    /// <summary>Logarithm of how likely the scores were under this length scale and noise.</summary>
    public double LogLikelihood { get; }

    /// <summary>The process that explains some scores best.</summary>
    /// <param name="points">Where, each with coordinates from 0 to 1.</param>
    /// <param name="scores">What was found there.</param>
    /// <exception cref="ConfigException">There are no points, not as many scores, or a number is not finite.</exception>
    public static GaussianProcess Fit(IReadOnlyList<double>[] points, double[] scores)
    {
        if (points.Length == 0 || points.Length != scores.Length)
        {
            throw new ConfigException(
                $"GaussianProcess: {points.Length} points and {scores.Length} scores; give at least one point, and a score for each.");
        }
        if (!scores.All(double.IsFinite) || points.Any(point => point.Count != points[0].Count || !point.All(double.IsFinite)))
        {
            throw new ConfigException(
                "GaussianProcess: points must have as many coordinates each, and these and the scores must be finite numbers.");
        }
        return LengthScales.SelectMany(_ => Noises, (length, noise) => new GaussianProcess(points, scores, length, noise))
            .MaxBy(process => process.LogLikelihood)!;
    }

    /// <summary>What to expect at a point, and the deviation of the expectation.</summary>
    public (double Mean, double Deviation) Predict(IReadOnlyList<double> point)
    {
        double[] similar = new double[_points.Length];
        double mean = 0;
        for (int i = 0; i < similar.Length; i++) mean += (similar[i] = Kernel(point, _points[i], _lengthScale)) * _weights[i];
        double variance = 1 - SolveLower(similar).Sum(value => value * value);
        return (_mean + _deviation * mean, _deviation * Math.Sqrt(Math.Max(variance, 0)));
    }

    /// <summary>(1 + √5·r + 5r²/3)·e^(−√5·r), r the distance in length scales: functions that can be differentiated twice.</summary>
    private static double Kernel(IReadOnlyList<double> a, IReadOnlyList<double> b, double lengthScale)
    {
        double squares = 0;
        for (int i = 0; i < a.Count; i++) squares += (a[i] - b[i]) * (a[i] - b[i]);
        double r = Math.Sqrt(5 * squares) / lengthScale;
        return (1 + r + r * r / 3) * Math.Exp(-r);
    }

    /// <summary>L with L·Lᵀ = K + noise·1.</summary>
    private static double[,] Cholesky(IReadOnlyList<double>[] points, double lengthScale, double noise)
    {
        int n = points.Length;
        double[,] l = new double[n, n];
        for (int i = 0; i < n; i++)
        {
            for (int j = 0; j <= i; j++)
            {
                double sum = Kernel(points[i], points[j], lengthScale) + (i == j ? noise : 0);
                for (int k = 0; k < j; k++) sum -= l[i, k] * l[j, k];
                // Two points in one place: rounding may leave nothing, and then the least noise is what there is.
                l[i, j] = i == j ? Math.Sqrt(Math.Max(sum, 1e-12)) : sum / l[j, j];
            }
        }
        return l;
    }

    /// <summary>x with L·x = b.</summary>
    private double[] SolveLower(double[] b)
    {
        double[] x = [.. b];
        for (int i = 0; i < x.Length; i++)
        {
            for (int j = 0; j < i; j++) x[i] -= _cholesky[i, j] * x[j];
            x[i] /= _cholesky[i, i];
        }
        return x;
    }

    /// <summary>x with Lᵀ·x = b.</summary>
    private double[] SolveUpper(double[] b)
    {
        double[] x = [.. b];
        for (int i = x.Length - 1; i >= 0; i--)
        {
            for (int j = i + 1; j < x.Length; j++) x[i] -= _cholesky[j, i] * x[j];
            x[i] /= _cholesky[i, i];
        }
        return x;
    }
}
