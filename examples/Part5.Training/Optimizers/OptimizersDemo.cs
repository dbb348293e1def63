using System.CommandLine;
using MiniStack.Models;
using MiniStack.Optim;
using Spectre.Console;

namespace MiniStack.Examples.Training;

/// <summary>What an optimizer reached.</summary>
/// <param name="Name">Which.</param>
/// <param name="Rate">Its learning rate: the best of those tried with a seed that is not counted.</param>
/// <param name="Validation">Validation loss of each seed, in nats per character.</param>
/// <param name="Curve">Mean training loss of the seeds at each step.</param>
/// <param name="StateNumbers">Numbers its state holds for each parameter.</param>
internal sealed record OptimizerResult(string Name, double Rate, double[] Validation, double[] Curve, double StateNumbers)
{
    public double Mean => Validation.Average();

    /// <summary>Of the sample: n − 1 in the denominator.</summary>
    public double Deviation => Seeds.Deviation(Validation);
}

/// <summary>The demo optimizers: four of them on one job, each with its own best learning rate, over three seeds.</summary>
internal sealed class OptimizersDemo
{
    private static readonly (string Name, Func<IEnumerable<Parameter>, Optimizer> Make, double[] Rates)[] Candidates =
    [
        ("SGD", parameters => new Sgd(parameters, 0, momentum: 0.9), [0.1, 0.3, 1]),
        ("AdamW", parameters => new AdamW(parameters, beta2: 0.99, weightDecay: 0.1), [3e-3, 1e-2, 3e-2]),
        ("Lion", parameters => new Lion(parameters, weightDecay: 0.1), [6e-4, 2e-3, 6e-3]),
        ("Muon", parameters => new Muon(parameters), [5e-3, 1.5e-2, 5e-2]),
    ];

    private readonly DemoOptions _common = new();

    public Command Command() => _common.AddTo(new Command("optimizers", "SGD, AdamW, Lion and Muon on the same job: three seeds, mean and deviation."), Run);

    public static IReadOnlyList<OptimizerResult> Measure(int steps, int seeds)
    {
        SmallJob job = new();
        List<OptimizerResult> results = [];
        foreach ((string name, Func<IEnumerable<Parameter>, Optimizer> make, double[] rates) in Candidates)
        {
            double best = rates.MinBy(rate => Train(job, make, rate, steps, seed: 100).Validation);
            double[] validation = new double[seeds], curve = new double[steps];
            double state = 0;
            for (int seed = 0; seed < seeds; seed++)
            {
                (double[] losses, validation[seed], state) = Train(job, make, best, steps, (ulong)seed);
                for (int i = 0; i < steps; i++) curve[i] += losses[i] / seeds;
            }
            results.Add(new OptimizerResult(name, best, validation, curve, state));
        }
        return results;
    }

    private static (double[] Losses, double Validation, double State) Train(
        SmallJob job, Func<IEnumerable<Parameter>, Optimizer> make, double rate, int steps, ulong seed)
    {
        Gpt model = job.Model(seed);
        Optimizer optimizer = make(model.Parameters());
        double[] losses = job.Train(model, optimizer, new CosineSchedule(rate, rate / 10, steps / 10, steps).At, steps, seed);
        double validation = double.IsNaN(losses[^1]) ? double.PositiveInfinity : job.Validate(model);
        return (losses, validation, optimizer.State.Sum(pair => pair.Value.Count) / (double)model.ParameterCount);
    }

    private int Run(ParseResult options)
    {
        bool quick = _common.Quick(options);
        (int steps, int seeds) = (quick ? 60 : 300, 3);
        string folder = _common.Folder(options, "optimizers");
        Report.Line($"{steps} steps of a GPT of {new SmallJob().Model(0).ParameterCount:N0} parameters; each optimizer's rate is the best of three on a seed of its own.");
        Report.Line($"Predicted: SGD is last, because one rate has to serve embeddings and matrices alike; Muon, which makes all directions of a matrix equal, is first.");
        IReadOnlyList<OptimizerResult> results = Measure(steps, seeds);
        Table table = Report.Table("optimizer", "rate", "validation loss", "± deviation", "state per parameter");
        foreach (OptimizerResult result in results)
            Report.Row(table, $"{result.Name}", $"{result.Rate:G2}", $"{result.Mean:F3}", $"{result.Deviation:F3}", $"{result.StateNumbers:F1}");
        AnsiConsole.Write(table);
        Report.Line($"{seeds} seeds. A difference smaller than the deviations says nothing. Nobody can go below {SmallJob.Entropy:F3} nats per character.");
        LineChart chart = new() { Title = $"Training loss, mean of {seeds} seeds", X = "step", Y = "nats per character" };
        foreach (OptimizerResult result in results) chart.Add(result.Name, Smooth(result.Curve));
        Report.Picture(folder, "optimizers.svg", chart.Floor("exact entropy", SmallJob.Entropy).Draw());
        return ExitCode.Done;
    }

    private static IEnumerable<(double X, double Y)> Smooth(double[] losses)
    {
        int size = Math.Max(1, losses.Length / 30);
        return losses.Chunk(size).Index().Select(part => (part.Index * (double)size + size / 2.0, part.Item.Average()));
    }
}
