using System.CommandLine;
using MiniStack.Data;
using MiniStack.Models;
using MiniStack.Optim;
using MiniStack.Training;
using Spectre.Console;

namespace MiniStack.Examples.Training;

/// <summary>What a method of search found, for each seed.</summary>
internal sealed record SearchOutcome(string Name, IReadOnlyList<SearchResult> Results)
{
    public double Mean => Results.Average(result => result.Best.Score);

    public double Worst => Results.Max(result => result.Best.Score);

    public double Cost => Results.Average(result => result.Cost);
}

/// <summary>The demo search: three methods look for a learning rate, a momentum and a clipping norm, each for the same number of training steps.</summary>
internal sealed class SearchDemo
{
    private static readonly SearchSpace Space = new(
        new LogUniformDimension("lr", 1e-5, 0.3), new UniformDimension("beta1", 0, 0.98), new LogUniformDimension("clip", 0.01, 10));

    private readonly DemoOptions _common = new();

    public Command Command() => _common.AddTo(new Command("search", "Random search, successive halving and Bayesian search for hyper-parameters, with an equal budget."), Run);

    /// <param name="unit">Steps of the shortest training; a method has 48 times as many in all.</param>
    /// <param name="seeds">How often each method searches.</param>
    public static IReadOnlyList<SearchOutcome> Measure(int unit, int seeds)
    {
        (string Name, Func<ulong, HyperParameterSearch> Make)[] methods =
        [
            ("random", seed => new RandomSearch(Space, trials: 6, budget: 8 * unit, seed)),
            ("successive halving", seed => new SuccessiveHalving(Space, points: 16, budget: unit, seed: seed)),
            ("Bayesian", seed => new BayesianSearch(Space, trials: 6, budget: 8 * unit, initial: 3, seed)),
        ];
        return [.. methods.Select(method => new SearchOutcome(method.Name,
            [.. Enumerable.Range(1, seeds).Select(seed => method.Make((ulong)seed).Run(new Objective().Train))]))];
    }

    private int Run(ParseResult options)
    {
        bool quick = _common.Quick(options);
        (int unit, int seeds) = quick ? (5, 2) : (20, 3);
        string folder = _common.Folder(options, "search");
        Report.Line($"Three dimensions: {string.Join("; ", Space.Dimensions)}. {48 * unit} training steps for each method, {seeds} seeds.");
        Report.Line($"Predicted: most rates of so wide a range are hopeless, and halving finds that out for {unit} steps each where the others pay {8 * unit}.");
        IReadOnlyList<SearchOutcome> outcomes = Measure(unit, seeds);
        Table table = Report.Table("method", "trials", "steps", "validation loss", "of the worst seed", "best point of seed 1");
        foreach (SearchOutcome outcome in outcomes)
        {
            Report.Row(table, $"{outcome.Name}", $"{outcome.Results[0].Trials.Count}", $"{outcome.Cost:F0}", $"{outcome.Mean:F3}", $"{outcome.Worst:F3}",
                $"{outcome.Results[0].Best.Request.Point}");
        }
        AnsiConsole.Write(table);
        Report.Line($"Six trials are few for a model of the scores; a method that is ahead here by less than the seeds differ is not ahead.");
        LineChart chart = new() { Title = "What was tried: loss by learning rate, all seeds", X = "learning rate", Y = "validation loss", LogX = true };
        foreach (SearchOutcome outcome in outcomes)
            chart.Add(outcome.Name, outcome.Results.SelectMany(result => result.Trials).Select(trial => (trial.Request.Point["lr"], Math.Min(trial.Score, 6))), dots: true);
        Report.Picture(folder, "search.svg", chart.Draw());
        return ExitCode.Done;
    }

    /// <summary>Trains; a trial that continues another one goes on with its model, its optimizer and its batches.</summary>
    private sealed class Objective
    {
        private readonly SmallJob _job = new(channels: 32);
        private readonly Dictionary<int, (Gpt Model, Trainer Trainer, IEnumerator<Batch> Batches)> _runs = [];

        public double Train(SearchRequest request)
        {
            if (request.Continues is not { } earlier || !_runs.Remove(earlier, out (Gpt Model, Trainer Trainer, IEnumerator<Batch> Batches) run))
            {
                Gpt model = _job.Model(1);
                double rate = request.Point["lr"];
                AdamW optimizer = new(model.Parameters(), beta1: request.Point["beta1"], beta2: 0.99);
                run = (model, new Trainer(model, optimizer, step => rate * Math.Min(1, (step + 1) / 5.0), SmallJob.Loss(model)) { ClipNorm = request.Point["clip"] },
                    _job.Batches(1).GetEnumerator());
            }
            long done = (long)(request.Continues is null ? 0 : request.Budget / 2);
            try
            {
                for (long step = done; step < (long)request.Budget && run.Batches.MoveNext(); step++) run.Trainer.Step(run.Batches.Current);
            }
            catch (TrainingException)
            {
                return double.PositiveInfinity;
            }
            _runs[request.Number] = run;
            return _job.Validate(run.Model, batches: 10);
        }
    }
}
