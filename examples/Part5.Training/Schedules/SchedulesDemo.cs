using System.CommandLine;
using MiniStack.Optim;
using Spectre.Console;

namespace MiniStack.Examples.Training;

/// <summary>The demo schedules: the shapes of learning rates over a run.</summary>
internal sealed class SchedulesDemo
{
    private const double Peak = 1;
    private const long Steps = 1000, WarmUp = 100;

    private readonly DemoOptions _common = new();

    public static IReadOnlyList<(string Name, ISchedule Schedule)> All { get; } =
    [
        ("constant", new ConstantSchedule(Peak)),
        ("warm-up, cosine", new CosineSchedule(Peak, Peak / 10, WarmUp, Steps)),
        ("warm-up, stable, decay", new WarmUpStableDecaySchedule(Peak, 0, WarmUp, Steps * 7 / 10, Steps * 2 / 10)),
        ("warm-up, steps", new WarmUpSchedule(new StepSchedule(Peak, Steps * 3 / 10), WarmUp)),
        ("one cycle", new OneCycleSchedule(Peak, Steps)),
        ("cosine restarts", new CosineRestartsSchedule(Peak, 0, WarmUp, Growth: 2)),
    ];

    public Command Command() => _common.AddTo(new Command("schedules", "Draws the learning rate over a run for six schedules."), Run);

    private int Run(ParseResult options)
    {
        string folder = _common.Folder(options, "schedules");
        Report.Line($"Learning rate as a share of its peak, over {Steps} steps:");
        Table table = Report.Table("schedule", "step 0", "step 50", "step 100", "step 500", "step 900", "step 999", "mean");
        LineChart chart = new() { Title = "Schedules", X = "step", Y = "share of the peak" };
        foreach ((string name, ISchedule schedule) in All)
        {
            double[] rates = [.. Enumerable.Range(0, (int)Steps).Select(step => schedule.At(step))];
            Report.Row(table, $"{name}", $"{rates[0]:F3}", $"{rates[50]:F3}", $"{rates[100]:F3}", $"{rates[500]:F3}", $"{rates[900]:F3}", $"{rates[999]:F3}", $"{rates.Average():F3}");
            chart.Add(name, rates.Index().Where(rate => rate.Index % 20 == 0).Select(rate => ((double)rate.Index, rate.Item)));
        }
        AnsiConsole.Write(table);
        Report.Line($"The mean is how far the run can go, whatever its shape.");
        Report.Picture(folder, "schedules.svg", chart.Draw());
        return ExitCode.Done;
    }
}
