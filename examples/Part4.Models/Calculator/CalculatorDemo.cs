using System.CommandLine;
using System.Globalization;
using MiniStack.Models;
using Spectre.Console;

namespace MiniStack.Examples.Models;

/// <summary>The demo calculator: what a GPT costs, by formulas, beside the model made and a step run.</summary>
internal sealed class CalculatorDemo
{
    private const double Mebi = 1 << 20, Gibi = 1 << 30;
    private readonly DemoOptions _common = new();
    private readonly Option<long?> _layers = CommandLine.Whole("--layers", 1, 48, "Transformer blocks (default: 4)");
    private readonly Option<long?> _heads = CommandLine.Whole("--heads", 1, 64, "Attention heads a block (default: 4)");
    private readonly Option<long?> _channels = CommandLine.Whole("--channels", 1, 2048, "Width of the model (default: 128)");
    private readonly Option<long?> _window = CommandLine.Whole("--context", 1, 2048, "Tokens a sequence (default: 64)");
    private readonly Option<long?> _vocabulary = CommandLine.Whole("--vocabulary", 1, 60_000, "Number of tokens (default: 65)");
    private readonly Option<long?> _batch = CommandLine.Whole("--batch", 1, 1024, "Sequences a step (default: 12)");

    public Command Command()
    {
        Command command = _common.AddTo(new Command("calculator", "Parameters, FLOPs and memory of a GPT from its sizes, checked against the model made and a step run."), Run);
        foreach (Option option in (Option[])[_layers, _heads, _channels, _window, _vocabulary, _batch]) command.Options.Add(option);
        return command;
    }

    private int Run(ParseResult options)
    {
        bool quick = _common.Quick(options);
        GptConfig sizes = new(Get(_vocabulary, 65), Get(_window, 64), Get(_layers, quick ? 2 : 4), Get(_heads, 4), Get(_channels, quick ? 64 : 128));
        sizes.Check();
        string folder = _common.Folder(options, "calculator");
        GptCost predicted = new(sizes, Get(_batch, 12));
        Report.Line($"A GPT of {sizes.Layers} layers, {sizes.Heads} heads, {sizes.Channels} channels, context {sizes.Context}, {sizes.VocabularySize} tokens; {predicted.Batch} sequences a step.");
        double available = GC.GetGCMemoryInfo().TotalAvailableMemoryBytes;
        bool fits = predicted.Bytes < available;
        if (fits) Report.Line($"Predicted from these numbers alone; then the model is made, one step is run, and its operators and blocks of memory are counted.");
        else Report.Line($"By formula alone: it wants {predicted.Bytes / Gibi:F1} GiB at least and this machine has {available / Gibi:F1}, so it is not made and nothing is measured.");
        StepCost? measured = fits ? StepCost.Measure(predicted) : null;
        Table table = fits ? Report.Table("", "by formula", "measured", "measured / formula") : Report.Table("", "by formula");
        Row($"parameters", predicted.Parameters, measured?.Parameters, 1, "N0");
        Row($"forward, MFLOP", predicted.ForwardFlops, measured?.ForwardFlops, 1e6, "N1");
        Row($"forward and backward, MFLOP", predicted.StepFlops, measured?.StepFlops, 1e6, "N1");
        Row($"weights, MiB", predicted.WeightBytes, measured?.WeightBytes, Mebi, "N2");
        Row($"gradients, MiB", predicted.WeightBytes, measured?.GradientBytes, Mebi, "N2");
        Row($"AdamW's moments, MiB", predicted.StateBytes, measured?.StateBytes, Mebi, "N2");
        Row($"kept for backward, MiB", predicted.ActivationBytes, measured?.ActivationBytes, Mebi, "N2");
        AnsiConsole.Write(table);
        Report.Line($"6 · parameters · tokens would be {6 * predicted.Parameters * predicted.Batch * sizes.Context / 1e6:N1} MFLOP: without attention, and with two tables of which one is only looked up.");

        Known[] known = [.. Known.All];
        Table others = Report.Table("model", "parameters", "GFLOP a token, a step", "weights to moments, GiB", "kept for a sequence, GiB");
        foreach (Known one in known)
        {
            GptCost cost = new(one.Sizes, 1);
            Report.Row(others, $"{one.Name}", $"{cost.Parameters:N0}", $"{cost.StepFlops / one.Sizes.Context / 1e9:F3}", $"{(2 * cost.WeightBytes + cost.StateBytes) / Gibi:F3}", $"{cost.ActivationBytes / Gibi:F3}");
        }
        AnsiConsole.Write(others);
        Report.Line($"By formula only: the larger of these were not made here.");
        Report.Picture(folder, "calculator.svg", Bars([.. known.Select(one => (one.Name, new GptCost(one.Sizes, 1)))]));
        return ExitCode.Done;

        int Get(Option<long?> option, int otherwise) => (int)(options.GetValue(option) ?? otherwise);

        void Row(FormattableString name, double formula, double? found, double unit, string format)
        {
            if (found is { } number) Report.Row(table, name, $"{Text(formula)}", $"{Text(number)}", $"{number / formula:F3}");
            else Report.Row(table, name, $"{Text(formula)}");

            string Text(double value) => (value / unit).ToString(format, CultureInfo.InvariantCulture);
        }
    }

    /// <summary>For each model where the memory of a step of one sequence goes, as shares.</summary>
    private static string Bars(IReadOnlyList<(string Name, GptCost Cost)> models)
    {
        string[] names = ["weights", "gradients", "moments", "kept for backward"], colors = ["#1a56db", "#16a2b8", "#1e8449", "#e67e22"];
        Svg svg = new(800, 90 + 44 * models.Count);
        svg.Text(400, 26, "Where the memory of a step of one sequence goes", "middle", size: 15);
        for (int i = 0; i < names.Length; i++)
        {
            svg.Rectangle(150 + 150 * i, 42, 12, 12, colors[i]);
            svg.Text(168 + 150 * i, 53, names[i]);
        }
        foreach ((int row, (string name, GptCost cost)) in models.Index())
        {
            double[] parts = [cost.WeightBytes, cost.WeightBytes, cost.StateBytes, cost.ActivationBytes];
            double x = 150, y = 70 + 44 * row;
            svg.Text(140, y + 20, name, "end");
            foreach ((int i, double part) in parts.Index())
            {
                double width = 560 * part / parts.Sum();
                svg.Rectangle(x, y, width, 30, colors[i]);
                x += width;
            }
            svg.Text(718, y + 20, FormattableString.Invariant($"{parts.Sum() / (1 << 20):N0} MiB"));
        }
        return svg.ToString();
    }
}
