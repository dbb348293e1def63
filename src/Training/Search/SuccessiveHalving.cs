namespace MiniStack.Training;

/// <summary>Trains many points a little, keeps the better ones and trains those longer, until one is left.</summary>
/// <remarks>Jamieson and Talwalkar 2016, arXiv:1502.07943, Figure 1, with a factor as in Li et al. 2018, arXiv:1603.06560.</remarks>
public sealed class SuccessiveHalving : HyperParameterSearch
{
    private readonly int _points, _factor;
    private readonly double _budget;

    /// <param name="space">Where to look.</param>
    /// <param name="points">How many to begin with.</param>
    /// <param name="budget">What each may cost in the first round; later rounds have <paramref name="factor"/> times as much.</param>
    /// <param name="factor">One in so many goes on to the next round.</param>
    /// <param name="seed">Of all random choices.</param>
    /// <exception cref="ConfigException">A number makes no sense.</exception>
    public SuccessiveHalving(SearchSpace space, int points, double budget, int factor = 2, ulong seed = 0)
        : base(space, seed)
    {
        (_points, _budget) = (CheckAtLeast(points, 2, "a number of points"), CheckBudget(budget));
        _factor = CheckAtLeast(factor, 2, "a factor");
    }

    /// <inheritdoc/>
    public override string Description =>
        FormattableString.Invariant($"successive halving, {_points} points from {_budget} on, one in {_factor}");

    /// <inheritdoc/>
    protected override SearchRequest? Next(IReadOnlyList<SearchTrial> done, Rng rng)
    {
        int first = 0, size = _points;
        double budget = _budget;
        if (done.Count < size) return new SearchRequest(done.Count, Space.Sample(rng), budget);
        while (size >= _factor)
        {
            // Of equals the earlier goes on, so that the choice does not depend on how a sort treats them.
            SearchTrial[] best =
            [
                .. done.Skip(first).Take(size).OrderBy(trial => trial.Score).ThenBy(trial => trial.Request.Number).Take(size / _factor)
            ];
            (first, size, budget) = (first + size, size / _factor, budget * _factor);
            int place = done.Count - first;
            if (place < size) return new SearchRequest(done.Count, best[place].Request.Point, budget, best[place].Request.Number);
        }
        return null;
    }
}
