using System.CommandLine;
using MiniStack.Data;
using MiniStack.Nn;
using Spectre.Console;

namespace MiniStack.Examples.Models;

/// <summary>What one change did.</summary>
/// <param name="Name">Of the change.</param>
/// <param name="Parameters">Numbers of the model.</param>
/// <param name="Flops">Of a training step, for each token.</param>
/// <param name="Losses">On held-out text, of each seed.</param>
internal sealed record Ablated(string Name, long Parameters, double Flops, double[] Losses)
{
    public double Mean => Losses.Average();

    /// <summary>Of the sample: n − 1 in the denominator.</summary>
    public double Deviation => Seeds.Deviation(Losses);
}

/// <summary>The demo ablate: from GPT-2 to Llama, one change a row.</summary>
internal sealed class AblateDemo
{
    private readonly DemoOptions _common = new();

    public Command Command() => _common.AddTo(new Command("ablate", "RoPE, RMSNorm, SwiGLU, GQA, MoE: one change a row against a baseline, three seeds."), Run);

    public static IReadOnlyList<Ablated> Measure(LanguageJob job, int steps, int seeds) =>
        [.. AblatedConfig.Rows.Select(row => One(job, row.Name, row.Config, steps, seeds))];

    private static Ablated One(LanguageJob job, string name, AblatedConfig config, int steps, int seeds)
    {
        double[] losses = new double[seeds];
        for (int seed = 0; seed < seeds; seed++)
        {
            (AblatedModel model, Func<Variable>? balance) = Model(job, config, (ulong)seed);
            job.Train(model, 1e-2, steps, (ulong)seed, balance);
            losses[seed] = job.Validate(model).Average();
        }
        AblatedModel any = Model(job, config, 0).Model;
        return new Ablated(name, any.ParameterCount, job.Flops(any), losses);
    }

    /// <summary>The model, and what is added to its loss so that its experts are used alike.</summary>
    private static (AblatedModel Model, Func<Variable>? Balance) Model(LanguageJob job, AblatedConfig config, ulong seed)
    {
        AblatedModel model = new(config, job.Text.VocabularySize, job.Context, new Rng(seed).Split(1));
        return (model, config.Experts > 1 ? () => model.Balance * 0.01 : null);
    }

    private int Run(ParseResult options)
    {
        bool quick = _common.Quick(options);
        string folder = _common.Folder(options, "ablate");
        (int steps, int seeds) = (quick ? 60 : 1500, 3);
        LanguageJob job = LanguageJob.Of(null);
        Report.Line($"{AblatedConfig.Layers} layers of {AblatedConfig.Channels} channels on TinyTales, {steps} steps, {seeds} seeds; the baseline is GPT-2's block without biases, and its starts do not shrink with depth.");
        Report.Line($"Predicted: RoPE gains most, because distances between characters need not be learned; SwiGLU gains a little; RMSNorm changes nothing;");
        Report.Line($"GQA loses a little and saves parameters; MoE gains little for many parameters, because there is little to remember.");
        TaleEstimate floor = TinyTales.WindowEntropy(job.Context, windows: 1000, new Rng(5));
        IReadOnlyList<Ablated> rows = Measure(job, steps, seeds);
        double[] milliseconds = job.StepTimes(AblatedConfig.Rows.Select(row => Model(job, row.Config, 0)).Select(one => ((Layer<Tensor, Variable>)one.Model, one.Balance)), quick ? 5 : 30);
        Table table = Report.Table("change", "parameters", "kFLOP a token", "held-out loss", "± deviation", "against baseline", "in deviations", "ms a step");
        foreach ((int i, Ablated row) in rows.Index())
        {
            double change = row.Mean - rows[0].Mean, deviation = Math.Sqrt((row.Deviation * row.Deviation + rows[0].Deviation * rows[0].Deviation) / 2);
            Report.Row(table, $"{row.Name}", $"{row.Parameters:N0}", $"{row.Flops / 1000:F0}", $"{row.Mean:F3}", $"{row.Deviation:F3}", $"{change:+0.000;-0.000;0.000}", $"{(deviation > 0 ? change / deviation : 0):+0.0;-0.0;0.0}", $"{milliseconds[i]:F2}");
        }
        AnsiConsole.Write(table);
        Report.Line($"In nats per character; nobody who sees windows of {job.Context} can go below {floor.Mean:F3} ± {floor.StandardError:F3}. FLOPs are of forward and backward. With {seeds} seeds, less than two deviations say nothing.");
        Report.Picture(folder, "ablate.svg", Draw(rows, floor.Mean, job.Context));
        return ExitCode.Done;
    }

    /// <summary>For each row its seeds as dots and their mean as a line.</summary>
    private static string Draw(IReadOnlyList<Ablated> rows, double floor, int context)
    {
        double low = Math.Min(floor, rows.Min(row => row.Losses.Min())), high = rows.Max(row => row.Losses.Max()), scale = 520 / Math.Max(1e-9, high - low);
        int bottom = 66 + 36 * rows.Count;
        Svg svg = new(800, bottom + 46);
        svg.Text(400, 26, "One change a row: held-out loss of each seed, and the mean", "middle", size: 15);
        Dashed(rows[0].Mean, "baseline");
        Dashed(floor, $"floor of windows of {context}");
        foreach ((int i, Ablated row) in rows.Index())
        {
            double y = 72 + 36 * i;
            svg.Text(190, y + 4, row.Name, "end");
            svg.Line(At(row.Mean), y - 10, At(row.Mean), y + 10, "#1a56db", 3);
            foreach (double loss in row.Losses) svg.Dot(At(loss), y, 4, "#e67e22");
        }
        svg.Text(At(low), bottom + 18, FormattableString.Invariant($"{low:F3}"), "middle", "#555");
        svg.Text(At(high), bottom + 18, FormattableString.Invariant($"{high:F3}"), "middle", "#555");
        svg.Text((At(low) + At(high)) / 2, bottom + 36, "nats per character", "middle", "#555");
        return svg.ToString();

        void Dashed(double loss, string name)
        {
            svg.Line(At(loss), 54, At(loss), bottom, "#c0392b", dash: "6 4");
            svg.Text(At(loss), 50, name, "middle", "#c0392b");
        }

        double At(double loss) => 215 + (loss - low) * scale;
    }
}
