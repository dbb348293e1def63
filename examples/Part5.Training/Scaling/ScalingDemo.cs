using System.CommandLine;
using MiniStack.Data;
using MiniStack.Models;
using MiniStack.Optim;
using MiniStack.Training;
using Spectre.Console;

namespace MiniStack.Examples.Training;

/// <summary>The demo scaling: models of several sizes, a law fitted to their losses, and the loss it says nobody goes below, beside the one that is known.</summary>
internal sealed class ScalingDemo
{
    private readonly DemoOptions _common = new();

    public Command Command() => _common.AddTo(new Command("scaling", "Fits a scaling law to small models and compares its irreducible loss with the exact entropy."), Run);

    /// <summary>Each model is measured four times on its way: a constant rate makes every moment an end.</summary>
    public static IReadOnlyList<ScalingPoint> Measure(int[] widths, int steps)
    {
        List<ScalingPoint> points = [];
        foreach (int channels in widths)
        {
            SmallJob job = new(channels);
            Gpt model = job.Model(1);
            double rate = 3e-3 * Math.Sqrt(64.0 / channels);
            AdamW optimizer = new(model.Parameters(), beta2: 0.99, weightDecay: 0.1);
            Trainer trainer = new(model, optimizer, step => rate * Math.Min(1, (step + 1) / 20.0), SmallJob.Loss(model));
            foreach (Batch batch in job.Batches(1).Take(steps))
            {
                long step = trainer.Step(batch).Step;
                if (step * 8 % steps == 0 && (step * 8 / steps) is 1 or 2 or 4 or 8)
                    points.Add(new ScalingPoint(model.ParameterCount, step * job.Batch * job.Context, job.Validate(model)));
            }
        }
        return points;
    }

    private int Run(ParseResult options)
    {
        bool quick = _common.Quick(options);
        (int[] widths, int steps) = quick ? ([8, 16, 32], 160) : ((int[])[16, 32, 64, 96], 800);
        string folder = _common.Folder(options, "scaling");
        Report.Line($"Predicted: the fit's E lies near the exact entropy of {SmallJob.Entropy:F3}, and above it: windows of {new SmallJob().Context} characters hide what came before, and no run is long enough.");
        IReadOnlyList<ScalingPoint> points = Measure(widths, steps);
        ScalingLaw law = ScalingLaw.Fit(points);
        Table table = Report.Table("parameters", "characters read", "validation loss", "law", "residual");
        foreach (ScalingPoint point in points)
        {
            double expected = law.At(point.Parameters, point.Characters);
            Report.Row(table, $"{point.Parameters:N0}", $"{point.Characters:N0}", $"{point.Loss:F3}", $"{expected:F3}", $"{point.Loss - expected:+0.000;-0.000}");
        }
        AnsiConsole.Write(table);
        double residual = Math.Sqrt(points.Average(p => Math.Pow(p.Loss - law.At(p.Parameters, p.Characters), 2)));
        Report.Line($"loss = {law.E:F3} + {law.A:G3}/N^{law.Alpha:F2} + {law.B:G3}/D^{law.Beta:F2}, residuals {residual:F3} (root mean square).");
        Report.Line($"Fitted irreducible loss {law.E:F3}, exact entropy {SmallJob.Entropy:F3}: {law.E - SmallJob.Entropy:+0.000;-0.000}. {points.Count} points fix five numbers badly: read E as a guess.");
        LineChart chart = new() { Title = "Loss by characters read", X = "characters read", Y = "nats per character", LogX = true };
        foreach (IGrouping<long, ScalingPoint> model in points.GroupBy(point => point.Parameters))
            chart.Add($"{model.Key:N0} parameters", model.Select(point => ((double)point.Characters, point.Loss)));
        Report.Picture(folder, "scaling.svg", chart.Floor("exact entropy", SmallJob.Entropy).Floor("fitted E", law.E).Draw());
        return ExitCode.Done;
    }
}
