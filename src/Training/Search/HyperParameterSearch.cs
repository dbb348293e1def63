namespace MiniStack.Training;

/// <summary>What a search wants tried next.</summary>
/// <param name="Number">Counted from 0.</param>
/// <param name="Point">The hyper-parameters.</param>
/// <param name="Budget">How much training it may cost, in the unit of the search, such as steps.</param>
/// <param name="Continues">An earlier trial with the same hyper-parameters and a smaller budget, whose training may be continued; null for
/// none.</param>
public sealed record SearchRequest(int Number, SearchPoint Point, double Budget, int? Continues = null);

/// <summary>What came of a <see cref="SearchRequest"/>.</summary>
/// <param name="Request">What was tried.</param>
/// <param name="Score">What is minimised, such as the validation loss; infinite for a run that failed.</param>
public sealed record SearchTrial(SearchRequest Request, double Score);

/// <summary>All that a search tried.</summary>
/// <param name="Trials">In order.</param>
public sealed record SearchResult(IReadOnlyList<SearchTrial> Trials)
{
    /// <summary>The lowest score among the trials of the largest budget: scores of different budgets cannot be compared.</summary>
    public SearchTrial Best => Trials.OrderByDescending(trial => trial.Request.Budget).ThenBy(trial => trial.Score).First();

    /// <summary>Budgets of all trials together; what a trial continues is not paid twice.</summary>
    public double Cost =>
        Trials.Sum(trial => trial.Request.Budget - (trial.Request.Continues is { } earlier ? Trials[earlier].Request.Budget : 0));
}

/// <summary>Looks for hyper-parameters that make a number small.</summary>
/// <remarks>What is tried next is a function of the seed, the trial's number and the trials before: a search that is resumed from its
/// journal goes on as if it had never stopped.</remarks>
/// <param name="space">Where to look.</param>
/// <param name="seed">Of all random choices.</param>
public abstract class HyperParameterSearch(SearchSpace space, ulong seed)
{
    /// <summary>Where it looks.</summary>
    public SearchSpace Space { get; } = space;

    /// <summary>Of all random choices.</summary>
    public ulong Seed { get; } = seed;

    /// <summary>The method and its settings, for the journal: a journal of another search is refused.</summary>
    public abstract string Description { get; }

    /// <summary>Tries until the search is done.</summary>
    /// <param name="objective">Trains with a request's hyper-parameters and returns what is to be small. NaN counts as a failure.</param>
    /// <param name="journal">A file that notes each trial when it is done; trials it holds already are not run again. Null for
    /// none.</param>
    /// <param name="report">Told of each new trial.</param>
    /// <param name="cancellation">Ends the search between two trials.</param>
    /// <exception cref="CheckpointException">The journal cannot be read or written, or is of another search.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled; the journal holds what was done.</exception>
    public SearchResult Run(
        Func<SearchRequest, double> objective, string? journal = null, Action<SearchTrial>? report = null,
        CancellationToken cancellation = default)
    {
        SearchJournal? file = journal is null ? null : new SearchJournal(journal, this);
        List<SearchTrial> trials = [];
        Rng root = new(Seed);
        while (Next(trials, root.Split((ulong)trials.Count)) is { } request)
        {
            if (file?.Recall(request) is { } known)
            {
                trials.Add(known);
                continue;
            }
            cancellation.ThrowIfCancellationRequested();
            double score = objective(request);
            SearchTrial trial = new(request, double.IsNaN(score) ? double.PositiveInfinity : score);
            trials.Add(trial);
            file?.Add(trial);
            report?.Invoke(trial);
        }
        return new SearchResult(trials);
    }

    /// <summary>What to try after these trials; null when done.</summary>
    /// <param name="done">All trials so far.</param>
    /// <param name="rng">A stream of this trial's own.</param>
    protected abstract SearchRequest? Next(IReadOnlyList<SearchTrial> done, Rng rng);

    /// <summary>Passes a budget on if it makes sense.</summary>
    /// <exception cref="ConfigException">It is not a number above 0.</exception>
    private protected static double CheckBudget(double budget) => Settings.Positive("A search", budget, "the budget");

    /// <summary>Passes a setting on if it makes sense.</summary>
    /// <exception cref="ConfigException">It is less than it may be.</exception>
    private protected static int CheckAtLeast(int value, int least, string what) => value >= least
        ? value
        : throw new ConfigException($"A search needs {what} of at least {least}, not {value}.");
}
