using System.CommandLine;
using MiniStack.Data;
using Spectre.Console;

namespace MiniStack.Examples.Models;

/// <summary>The demo ladder: one text, four ideas, the loss of each.</summary>
internal sealed class LadderDemo
{
    private readonly DemoOptions _common = new();
    private readonly Option<string?> _data = CommandLine.Path("--data", "FILE", "Text file to read (default: TinyTales)");
    private readonly Option<long?> _steps = CommandLine.Whole("--steps", 30, 100_000, "Steps of each training (default: 3000)");

    public Command Command()
    {
        Command command = _common.AddTo(new Command("ladder", "Bigram, MLP, LSTM and transformer on one text: what each idea buys."), Run);
        command.Options.Add(_data);
        command.Options.Add(_steps);
        return command;
    }

    public static IReadOnlyList<Climbed> Measure(LanguageJob job, int steps, bool search) => [.. Rung.All.Select(rung => rung.Climb(job, steps, search))];

    private int Run(ParseResult options)
    {
        bool quick = _common.Quick(options);
        string? data = options.GetValue(_data);
        int steps = (int)(options.GetValue(_steps) ?? (quick ? 150 : 3000));
        LanguageJob job = LanguageJob.Of(data);
        if (!quick) job.ForChoosing().Text.CheckContext(job.Context);
        string folder = _common.Folder(options, "ladder");
        TaleEstimate? estimate = data is null ? TinyTales.WindowEntropy(job.Context, windows: 1000, new Rng(5)) : null;
        double? floor = estimate?.Mean;

        Report.Line($"{data ?? "TinyTales"}: {job.Text.VocabularySize} characters, windows of {job.Context}, {steps} steps of {job.Batch} windows for each idea.");
        Report.Line($"Predicted: the bigram ends at {Bigram.Counted(job):F3}, which counting pairs gives without any training; the MLP gains most, because words are short;");
        Report.Line($"LSTM and transformer are below it by what a window of 8 cannot see, and near each other: 32 characters are no distance yet.");
        IReadOnlyList<Climbed> all = Measure(job, steps, search: !quick);
        double[] milliseconds = job.StepTimes(Rung.All.Select(rung => (rung.Make(job, new Rng(1)), (Func<Variable>?)null)), quick ? 5 : 30);
        Table table = Report.Table("idea", "a prediction sees", "parameters", "rate", "held-out loss", "gain", "above the floor", "ms a step");
        foreach ((int i, Climbed one) in all.Index())
        {
            string gain = i == 0 ? "" : FormattableString.Invariant($"{all[i - 1].Loss - one.Loss:F3}"), above = floor is { } f ? FormattableString.Invariant($"{one.Loss - f:F3}") : "";
            Report.Row(table, $"{one.Rung.Name}", $"{one.Rung.Sees}", $"{one.Parameters:N0}", $"{one.Rate:G2}", $"{one.Loss:F3}", $"{gain}", $"{above}", $"{milliseconds[i]:F2}");
        }
        AnsiConsole.Write(table);
        if (floor is { } least)
            Report.Line($"In nats per character. Nobody who sees windows of {job.Context} can go below {least:F3} ± {estimate!.Value.StandardError:F3}, nobody at all below {TinyTales.EntropyPerCharacter:F3}. {(quick ? "One rate for each." : FormattableString.Invariant($"Each idea has its best rate of {Rung.Rates.Length}, by a part of the training text."))}");
        if (!quick && all.FirstOrDefault(one => one.Rate == Rung.Rates[0] || one.Rate == Rung.Rates[^1]) is { } edge)
            Report.Line($"The best rate of {edge.Rung.Name} is the last one tried: a better one may lie beyond.");
        Pictures(all, job, floor, folder);
        return ExitCode.Done;
    }

    private static void Pictures(IReadOnlyList<Climbed> all, LanguageJob job, double? floor, string folder)
    {
        LineChart learning = new() { Title = "Four ideas on one text", X = "step", Y = "nats per character, training" };
        LineChart seen = new() { Title = "What more context is worth", X = "characters seen", Y = "nats per character, held out" };
        foreach (Climbed one in all)
        {
            int size = Math.Max(1, one.Curve.Length / 30);
            learning.Add(one.Rung.Name, one.Curve.Chunk(size).Index().Select(part => (part.Index * (double)size + size / 2.0, part.Item.Average())));
            seen.Add(one.Rung.Name, one.BySeen.Index().Select(point => (point.Index + 1.0, point.Item)));
        }
        if (floor is { } least)
        {
            learning.Floor($"floor of windows of {job.Context}", least);
            seen.Floor("exact entropy", TinyTales.EntropyPerCharacter);
        }
        Report.Picture(folder, "ladder.svg", learning.Draw());
        Report.Picture(folder, "context.svg", seen.Draw());
    }
}
