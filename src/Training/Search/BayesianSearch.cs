namespace MiniStack.Training;

/// <summary>Models the score as a Gaussian process of what was tried, and tries next where it expects the largest improvement.</summary>
/// <remarks>
/// Jones et al. 1998, "Efficient Global Optimization of Expensive Black-Box Functions", eq. 15, with the Matérn kernel of Snoek et al.
/// 2012, arXiv:1206.2944. The first points are random: a model of nothing expects nothing.
/// </remarks>
public sealed class BayesianSearch : HyperParameterSearch
{
    private const int Candidates = 1000, Nearby = 200;

    private readonly int _trials, _initial;
    private readonly double _budget;

    /// <param name="space">Where to look.</param>
    /// <param name="trials">How many points in all.</param>
    /// <param name="budget">Of each.</param>
    /// <param name="initial">How many of them are random.</param>
    /// <param name="seed">Of all random choices.</param>
    /// <exception cref="ConfigException">A number makes no sense.</exception>
    public BayesianSearch(SearchSpace space, int trials, double budget, int initial = 5, ulong seed = 0)
        : base(space, seed)
    {
        _initial = CheckAtLeast(initial, 2, "a number of initial points");
        (_trials, _budget) = (CheckAtLeast(trials, _initial, "a number of trials"), CheckBudget(budget));
    }

    /// <inheritdoc/>
    public override string Description => FormattableString.Invariant($"Bayesian, {_trials} trials of {_budget}, {_initial} random");

    /// <inheritdoc/>
    protected override SearchRequest? Next(IReadOnlyList<SearchTrial> done, Rng rng)
    {
        if (done.Count == _trials) return null;
        // A failed run says only "not here": the model takes it for as bad as the worst that did not fail.
        double[] finite = [.. done.Select(trial => trial.Score).Where(double.IsFinite)];
        if (done.Count < _initial || finite.Length == 0) return new SearchRequest(done.Count, Space.Sample(rng), _budget);
        double worst = finite.Max(), best = finite.Min();
        GaussianProcess model = GaussianProcess.Fit(
            [.. done.Select(trial => trial.Request.Point.Coordinates)],
            [.. done.Select(trial => double.IsFinite(trial.Score) ? trial.Score : worst)]);
        IReadOnlyList<double> leader = done.MinBy(trial => trial.Score)!.Request.Point.Coordinates;
        IReadOnlyList<double> choice = leader;
        double most = double.NegativeInfinity;
        for (int i = 0; i < Candidates + Nearby; i++)
        {
            IReadOnlyList<double> candidate = i < Candidates ? Space.Sample(rng).Coordinates : Near(leader, rng);
            (double mean, double deviation) = model.Predict(candidate);
            double improvement = ExpectedImprovement(best, mean, deviation);
            if (improvement > most) (choice, most) = (candidate, improvement);
        }
        return new SearchRequest(done.Count, new SearchPoint(Space, choice), _budget);
    }

    /// <summary>E[max(best − y, 0)] for a normal y.</summary>
    internal static double ExpectedImprovement(double best, double mean, double deviation)
    {
        if (deviation <= 0) return Math.Max(best - mean, 0);
        double z = (best - mean) / deviation;
        return deviation * (z * Normal(z) + Math.Exp(-z * z / 2) / Math.Sqrt(2 * Math.PI));
    }

    private static double[] Near(IReadOnlyList<double> point, Rng rng) =>
    [
        .. point.Select(coordinate =>
            Math.Clamp(coordinate + 0.1 * (rng.NextDouble() + rng.NextDouble() + rng.NextDouble() - 1.5), 0, 1))
    ];

    /// <summary>The normal distribution function: Abramowitz and Stegun 1964, 7.1.26, whose error of 1.5e-7 changes no choice.</summary>
    private static double Normal(double z)
    {
        double t = 1 / (1 + 0.3275911 * Math.Abs(z) / Math.Sqrt(2));
        double tail =
            ((((1.061405429 * t - 1.453152027) * t + 1.421413741) * t - 0.284496736) * t + 0.254829592) * t * Math.Exp(-z * z / 2) / 2;
        return z < 0 ? tail : 1 - tail;
    }
}
