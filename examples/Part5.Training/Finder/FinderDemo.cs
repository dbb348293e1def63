using System.CommandLine;
using MiniStack.Models;
using MiniStack.Optim;
using MiniStack.Training;
using Spectre.Console;

namespace MiniStack.Examples.Training;

/// <summary>The demo lr-finder: one sweep of learning rates, and what training with some of them really gives.</summary>
internal sealed class FinderDemo
{
    private readonly DemoOptions _common = new();

    public Command Command() => _common.AddTo(
        new Command("lr-finder", "Sweeps the learning rate once, suggests one, and trains with it, a tenth and ten times of it."), Run);

    /// <summary>The sweep, and the validation loss after training at each factor of the suggestion.</summary>
    public static (LearningRateSweep Sweep, IReadOnlyList<(double Rate, double Loss)> Trained) Measure(int sweepSteps, int steps)
    {
        SmallJob job = new();
        Gpt model = job.Model(1);
        LearningRateSweep sweep = LearningRateFinder.Run(model, new AdamW(model.Parameters()), SmallJob.Loss(model), job.Batches(1), 1e-5, 1, sweepSteps);
        double suggestion = sweep.Suggestion ?? throw new InvalidOperationException("The loss of the sweep never fell.");
        List<(double Rate, double Loss)> trained = [];
        foreach (double factor in (double[])[0.01, 0.1, 1, 10, 100])
        {
            Gpt fresh = job.Model(1);
            double rate = suggestion * factor;
            double[] losses = job.Train(fresh, new AdamW(fresh.Parameters()), _ => rate, steps, seed: 1);
            trained.Add((rate, double.IsNaN(losses[^1]) ? double.NaN : job.Validate(fresh)));
        }
        return (sweep, trained);
    }

    private int Run(ParseResult options)
    {
        bool quick = _common.Quick(options);
        string folder = _common.Folder(options, "lr-finder");
        Report.Line($"Predicted: the loss falls fastest just below the rates that ruin it; a hundredth of that rate hardly learns, a hundred times of it diverges.");
        (LearningRateSweep sweep, IReadOnlyList<(double Rate, double Loss)> trained) = Measure(quick ? 60 : 150, quick ? 80 : 400);
        Report.Line($"The sweep made {sweep.Points.Count} steps, from a rate of {sweep.Points[0].Rate:G2} to {sweep.Points[^1].Rate:G2}; it suggests {sweep.Suggestion:G3}.");
        Table table = Report.Table("learning rate", "of the suggestion", "validation loss");
        foreach ((double rate, double loss) in trained)
            Report.Row(table, $"{rate:G3}", $"{rate / sweep.Suggestion:G2}", double.IsNaN(loss) ? (FormattableString)$"diverged" : $"{loss:F3}");
        AnsiConsole.Write(table);
        Report.Line($"Nobody can go below {SmallJob.Entropy:F3} nats per character.");
        Report.Picture(folder, "lr-finder.svg", new LineChart { Title = "One sweep, and what training with a rate gives", X = "learning rate", Y = "loss, nats per character", LogX = true }
            .Add("loss of the sweep", sweep.Points.Select(p => (p.Rate, p.Loss))).Add("trained with it", trained, dots: true).Floor("exact entropy", SmallJob.Entropy).Draw());
        return ExitCode.Done;
    }
}
