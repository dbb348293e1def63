using MiniStack.Training;

namespace MiniStack.Tests;

public sealed class SearchTests : IDisposable
{
    private static readonly SearchSpace Space = new(
        new LogUniformDimension("lr", 1e-4, 1), new UniformDimension("decay", -1, 1), new IntegerDimension("layers", 1, 4), new ChoiceDimension("norm", "none", "layer", "rms"));

    private readonly TemporaryFolder _folder = new();

    private string Journal => Path.Combine(_folder.Run.Path, "search.jsonl");

    public void Dispose() => _folder.Dispose();

    public static TheoryData<string> Methods() => ["random", "halving", "bayesian"];

    [Fact]
    public void SearchPoint_MapsItsCoordinatesToValues()
    {
        SearchPoint point = new(Space, [0.5, 0.75, 0.99, 0.4]);
        Assert.Equal(0.01, point["lr"], 1e-12);
        Assert.Equal(0.5, point["decay"], 1e-12);
        Assert.Equal(4, point["layers"]);
        Assert.Equal(1, point["norm"]);
        Assert.Equal("lr=0.01 decay=0.5 layers=4 norm=layer", point.ToString());
        Assert.Equal((4, "rms"), (new SearchPoint(Space, [1, 1, 1, 1])["layers"], new SearchPoint(Space, [1, 1, 1, 1]).Text("norm")));
        ConfigException error = Assert.Throws<ConfigException>(() => point["momentum"]);
        Assert.Equal("The search has no dimension 'momentum'. It has lr, decay, layers, norm.", error.Message);
    }

    [Fact]
    public void SearchSpace_ThatMakesNoSense_Throws()
    {
        Assert.Equal("The search's dimension 'lr' must run from a number above 0 to a higher one, not from 0 to 1.",
            Assert.Throws<ConfigException>(() => new LogUniformDimension("lr", 0, 1)).Message);
        Assert.Equal("The search's dimension 'a' must run from a lower to a higher number, not from 2 to 1.",
            Assert.Throws<ConfigException>(() => new UniformDimension("a", 2, 1)).Message);
        Assert.Equal("The search's dimension 'a' must run from a lower to a higher number, not from 1 to 1.",
            Assert.Throws<ConfigException>(() => new IntegerDimension("a", 1, 1)).Message);
        Assert.Equal("The search's dimension 'a' needs at least two choices.", Assert.Throws<ConfigException>(() => new ChoiceDimension("a", "x")).Message);
        Assert.Equal("Two dimensions of a search have one name. Give each its own.",
            Assert.Throws<ConfigException>(() => new SearchSpace(new UniformDimension("a", 0, 1), new UniformDimension("a", 0, 1))).Message);
        Assert.Equal("A search needs at least one dimension.", Assert.Throws<ConfigException>(() => new SearchSpace()).Message);
        Assert.Equal("A search needs a number of trials of at least 1, not 0.", Assert.Throws<ConfigException>(() => new RandomSearch(Space, 0, 1)).Message);
    }

    [Fact]
    public void SuccessiveHalving_KeepsTheBetterHalf_AndContinuesIt()
    {
        List<SearchRequest> requests = [];
        SearchResult result = new SuccessiveHalving(Space, 8, budget: 10).Run(request =>
        {
            requests.Add(request);
            return request.Point["lr"];
        });
        Assert.Equal([10, 10, 10, 10, 10, 10, 10, 10, 20, 20, 20, 20, 40, 40, 80], requests.Select(request => request.Budget));
        int[] bestFour = [.. result.Trials.Take(8).OrderBy(trial => trial.Score).Take(4).Select(trial => trial.Request.Number)];
        Assert.Equal(bestFour, requests.Skip(8).Take(4).Select(request => request.Continues!.Value));
        Assert.All(requests.Skip(8), request => Assert.Equal(requests[request.Continues!.Value].Point.Coordinates, request.Point.Coordinates));
        Assert.Equal(result.Trials.Take(8).Min(trial => trial.Score), result.Best.Score);
        Assert.Equal(14, result.Best.Request.Number);
        Assert.Equal(8 * 10 + 4 * 10 + 2 * 20 + 40, result.Cost);
    }

    [Fact]
    public void Best_AmongDifferentBudgets_IsOfTheLargest()
    {
        // Short training looks better here: it must not win.
        SearchResult result = new SuccessiveHalving(Space, 4, budget: 1).Run(request => request.Budget);
        Assert.Equal(4, result.Best.Score);
    }

    [Fact]
    public void BayesianSearch_OnASmoothValley_BeatsRandomSearch()
    {
        SearchSpace plane = new(new UniformDimension("x", 0, 1), new UniformDimension("y", 0, 1));
        static double Valley(SearchRequest request) => Math.Pow(request.Point["x"] - 0.31, 2) + Math.Pow(request.Point["y"] - 0.77, 2);
        double[] bayesian = [.. Enumerable.Range(0, 5).Select(seed => new BayesianSearch(plane, 25, 1, seed: (ulong)seed).Run(Valley).Best.Score)];
        double[] random = [.. Enumerable.Range(0, 5).Select(seed => new RandomSearch(plane, 25, 1, seed: (ulong)seed).Run(Valley).Best.Score)];
        Assert.True(bayesian.Max() < 1e-4, $"Bayesian: {string.Join(", ", bayesian)}");
        Assert.True(bayesian.Average() < random.Average() / 10, $"Bayesian {bayesian.Average()}, random {random.Average()}");
    }

    [Theory]
    [MemberData(nameof(Methods))]
    public void Run_CancelledAndResumed_TriesWhatAnUndisturbedSearchTries(string method)
    {
        static double Score(SearchRequest request) => request.Point["lr"] + request.Point["decay"] * request.Point["layers"] / request.Budget;
        SearchResult whole = Make(method).Run(Score);
        using CancellationTokenSource cancellation = new();
        int calls = 0;
        Assert.Throws<OperationCanceledException>(() => Make(method).Run(Count, Journal, _ => cancellation.CancelIf(calls == 7), cancellation.Token));
        File.AppendAllText(Journal, "{\"trial\":7,\"po"); // a crash inside a line
        SearchResult resumed = Make(method).Run(Count, Journal);
        Assert.Equal(whole.Trials.Count, calls);
        Assert.Equal(whole.Trials.Select(trial => (trial.Request.Point.ToString(), trial.Score)), resumed.Trials.Select(trial => (trial.Request.Point.ToString(), trial.Score)));
        Make(method).Run(Count, Journal); // all known: nothing is run again
        Assert.Equal(whole.Trials.Count, calls);

        double Count(SearchRequest request)
        {
            calls++;
            return Score(request);
        }
    }

    [Theory]
    [MemberData(nameof(Methods))]
    public void Run_WhenTrialsFail_GoesOn(string method)
    {
        SearchResult result = Make(method).Run(request => request.Number % 2 == 0 ? double.NaN : request.Point["decay"], Journal);
        Assert.True(double.IsPositiveInfinity(result.Trials[0].Score));
        Assert.True(double.IsFinite(result.Trials.Min(trial => trial.Score)));
        Assert.Equal(result.Trials.Select(trial => trial.Score), Make(method).Run(_ => throw new InvalidOperationException(), Journal).Trials.Select(trial => trial.Score));
    }

    [Fact]
    public void Run_WithTheJournalOfAnotherSearch_Throws()
    {
        new RandomSearch(Space, 2, 1).Run(_ => 0, Journal);
        string message = $"{Journal}: it is the journal of another search. Choose another file, or delete it to begin anew.";
        Assert.Equal(message, Assert.Throws<CheckpointException>(() => new RandomSearch(Space, 2, 1, seed: 1).Run(_ => 0, Journal)).Message);
        SearchSpace other = new(new LogUniformDimension("lr", 1e-4, 0.5));
        Assert.Equal(message, Assert.Throws<CheckpointException>(() => new RandomSearch(other, 2, 1).Run(_ => 0, Journal)).Message);
        File.WriteAllText(Journal, File.ReadAllText(Journal).Replace("\"budget\":1", "\"budget\":2", StringComparison.Ordinal));
        CheckpointException changed = Assert.Throws<CheckpointException>(() => new RandomSearch(Space, 2, 1).Run(_ => 0, Journal));
        Assert.Equal($"{Journal}: trial 0 is not what this search would have tried. The file was changed, or made on another machine; delete it to begin anew.", changed.Message);
    }

    [Fact]
    public void GaussianProcess_AtWhatItKnows_IsSureAndRight_AndUnsureFarAway()
    {
        double[] at = [0, 0.2, 0.4, 0.6, 0.8, 1];
        GaussianProcess process = GaussianProcess.Fit([.. at.Select(x => new[] { x })], [.. at.Select(x => Math.Sin(4 * x))]);
        foreach (double x in at)
        {
            (double mean, double deviation) = process.Predict([x]);
            Assert.Equal(Math.Sin(4 * x), mean, 1e-2);
            Assert.InRange(deviation, 0, 1e-2);
        }
        Assert.Equal(Math.Sin(4 * 0.5), process.Predict([0.5]).Mean, 0.02);
        (double farMean, double farDeviation) = process.Predict([30]);
        Assert.Equal(at.Average(x => Math.Sin(4 * x)), farMean, 1e-6);
        Assert.InRange(farDeviation, 0.4, 0.8); // the deviation of the scores
    }

    [Fact]
    public void GaussianProcess_OfOnePoint_IsTheClosedForm()
    {
        // Two points, by hand: K = [[1 + n, k], [k, 1 + n]]; standard scores −1 and 1; mean at x is (k(x,b) − k(x,a)) / (1 + n − k).
        GaussianProcess process = GaussianProcess.Fit([[0.0], [1.0]], [2, 4]);
        Assert.Equal(3, process.Predict([0.5]).Mean, 1e-9);
        Assert.Throws<ConfigException>(() => GaussianProcess.Fit([], []));
    }

    [Theory]
    [InlineData(0, 0, 1, 0.39894228)] // φ(0)
    [InlineData(1, 0, 1, 1.08331547)] // Φ(1) + φ(1)
    [InlineData(-1, 0, 1, 0.08331547)]
    [InlineData(2, 0.5, 0, 1.5)]
    public void ExpectedImprovement_IsItsFormula(double best, double mean, double deviation, double expected) =>
        Assert.Equal(expected, BayesianSearch.ExpectedImprovement(best, mean, deviation), 2e-7);

    private static HyperParameterSearch Make(string method) => method switch
    {
        "random" => new RandomSearch(Space, 12, 4, seed: 3),
        "halving" => new SuccessiveHalving(Space, 8, 1, seed: 3),
        _ => new BayesianSearch(Space, 12, 4, seed: 3),
    };
}

internal static class CancellationExtensions
{
    public static void CancelIf(this CancellationTokenSource source, bool condition)
    {
        if (condition) source.Cancel();
    }
}
