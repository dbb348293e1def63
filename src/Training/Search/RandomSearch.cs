namespace MiniStack.Training;

/// <summary>Tries points at random: hard to beat where few of many hyper-parameters matter, because no value is ever tried twice.</summary>
/// <remarks>Bergstra and Bengio 2012, JMLR 13.</remarks>
public sealed class RandomSearch : HyperParameterSearch
{
    private readonly int _trials;
    private readonly double _budget;

    /// <param name="space">Where to look.</param>
    /// <param name="trials">How many points.</param>
    /// <param name="budget">Of each.</param>
    /// <param name="seed">Of all random choices.</param>
    /// <exception cref="ConfigException">There are no trials, or the budget is not a number above 0.</exception>
    public RandomSearch(SearchSpace space, int trials, double budget, ulong seed = 0)
        : base(space, seed) => (_trials, _budget) = (CheckAtLeast(trials, 1, "a number of trials"), CheckBudget(budget));

    /// <inheritdoc/>
    public override string Description => FormattableString.Invariant($"random, {_trials} trials of {_budget}");

    /// <inheritdoc/>
    protected override SearchRequest? Next(IReadOnlyList<SearchTrial> done, Rng rng) =>
        done.Count == _trials ? null : new SearchRequest(done.Count, Space.Sample(rng), _budget);
}
