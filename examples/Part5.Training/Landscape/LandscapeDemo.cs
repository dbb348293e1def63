using System.CommandLine;
using MiniStack.Models;
using MiniStack.Nn;
using MiniStack.Optim;
using Spectre.Console;

namespace MiniStack.Examples.Training;

/// <summary>The demo landscape: the loss along straight lines through a hundred thousand dimensions.</summary>
/// <remarks>Goodfellow et al. 2015, arXiv:1412.6544: the line from the start to the end of a run. Li et al. 2018, arXiv:1712.09913: a random
/// direction says something only when it is as long as the weights that it moves; here each parameter's part is as long as the run moved it.</remarks>
internal sealed class LandscapeDemo
{
    private readonly DemoOptions _common = new();

    public Command Command() => _common.AddTo(new Command("landscape", "The loss on the line from the start of a run to its end, and away from the end at random."), Run);

    /// <summary>Validation loss at places along both lines: 0 is the start, 1 the end of the run, for the random line too.</summary>
    public static IReadOnlyList<(double Place, double Way, double Random)> Measure(int steps, IReadOnlyList<double> places)
    {
        SmallJob job = new();
        Gpt model = job.Model(1);
        Parameter[] parameters = [.. model.Parameters()];
        Tensor[] start = [.. parameters.Select(parameter => parameter.Value.Clone())];
        job.Train(model, new AdamW(parameters), new CosineSchedule(3e-3, 3e-4, steps / 10, steps).At, steps, seed: 1);
        Tensor[] end = [.. parameters.Select(parameter => parameter.Value.Clone())];
        Tensor[] way = [.. end.Zip(start, (last, first) => last - first)];
        Rng rng = new(7);
        Tensor[] random = [.. way.Select(step => Tensor.Normal(step.Shape, rng) is var other ? other * (Length(step) / Length(other)) : other)];
        return [.. places.Select(place => (place, Loss(way, place - 1), Loss(random, place - 1)))];

        double Loss(Tensor[] direction, double distance)
        {
            for (int i = 0; i < parameters.Length; i++) parameters[i].Value.CopyFrom(end[i] + direction[i] * distance);
            return job.Validate(model, 10);
        }

        static double Length(Tensor tensor) => Math.Sqrt((tensor * tensor).Sum().Item());
    }

    private int Run(ParseResult options)
    {
        bool quick = _common.Quick(options);
        int steps = quick ? 60 : 300;
        double[] places = [.. Enumerable.Range(-2, 15).Select(i => i / 5.0).Where(place => place <= 2)];
        string folder = _common.Folder(options, "landscape");
        Report.Line($"Predicted: downhill all the way from start to end, and a narrow valley beyond it; as far away at random, less is lost.");
        IReadOnlyList<(double Place, double Way, double Random)> lines = Measure(steps, places);
        Table table = Report.Table("place", "from start to end", "through the end at random");
        foreach ((double place, double way, double random) in lines) Report.Row(table, $"{place:F1}", $"{way:F3}", $"{random:F3}");
        AnsiConsole.Write(table);
        Report.Line($"Place 0 is the start of the run of {steps} steps and 1 its end; the other line goes through the same end, with steps as long in each parameter.");
        Report.Picture(folder, "landscape.svg", new LineChart { Title = "The loss along two straight lines", X = "place", Y = "nats per character" }
            .Add("start to end", lines.Select(line => (line.Place, line.Way))).Add("at random", lines.Select(line => (line.Place, line.Random)))
            .Floor("exact entropy", SmallJob.Entropy).Draw());
        return ExitCode.Done;
    }
}
