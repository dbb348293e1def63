using System.CommandLine;
using System.Diagnostics;
using MiniStack.Data;
using Spectre.Console;

namespace MiniStack.Examples.Models;

/// <summary>What one change did.</summary>
internal sealed record Ablated(string Name, long Parameters, double[] Losses, double Milliseconds)
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
        (long parameters, double best) = (0, double.PositiveInfinity);
        for (int seed = 0; seed < seeds; seed++)
        {
            AblatedModel model = new(config, job.Text.VocabularySize, job.Context, new Rng((ulong)seed).Split(1));
            parameters = model.ParameterCount;
            long start = Stopwatch.GetTimestamp();
            job.Train(model, 1e-2, steps, (ulong)seed, config.Experts > 1 ? () => model.Balance * 0.01 : null);
            best = Math.Min(best, Stopwatch.GetElapsedTime(start).TotalMilliseconds / steps);
            losses[seed] = job.Validate(model).Average();
        }
        return new Ablated(name, parameters, losses, best);
    }

    private int Run(ParseResult options)
    {
        bool quick = _common.Quick(options);
        string folder = _common.Folder(options, "ablate");
        (int steps, int seeds) = (quick ? 60 : 1500, 3);
        LanguageJob job = LanguageJob.Of(null);
        Report.Line($"{AblatedConfig.Layers} layers of {AblatedConfig.Channels} channels on TinyTales, {steps} steps, {seeds} seeds; the baseline is GPT-2's block.");
        Report.Line($"Predicted: RoPE gains most, because distances between characters need not be learned; SwiGLU gains a little; RMSNorm changes nothing;");
        Report.Line($"GQA loses a little and saves parameters; MoE gains little for many parameters, because there is little to remember.");
        IReadOnlyList<Ablated> rows = Measure(job, steps, seeds);
        Table table = Report.Table("change", "parameters", "held-out loss", "± deviation", "against baseline", "in deviations", "ms a step");
        foreach (Ablated row in rows)
        {
            double change = row.Mean - rows[0].Mean, deviation = Math.Sqrt((row.Deviation * row.Deviation + rows[0].Deviation * rows[0].Deviation) / 2);
            Report.Row(table, $"{row.Name}", $"{row.Parameters:N0}", $"{row.Mean:F3}", $"{row.Deviation:F3}", $"{change:+0.000;-0.000;0.000}", $"{(deviation > 0 ? change / deviation : 0):+0.0;-0.0;0.0}", $"{row.Milliseconds:F1}");
        }
        AnsiConsole.Write(table);
        Report.Line($"In nats per character; nobody can go below {TinyTales.EntropyPerCharacter:F3}. With {seeds} seeds, less than two deviations say nothing.");
        Report.Picture(folder, "ablate.svg", Draw(rows));
        return ExitCode.Done;
    }

    /// <summary>For each row its seeds as dots and their mean as a line.</summary>
    private static string Draw(IReadOnlyList<Ablated> rows)
    {
        double low = rows.Min(row => row.Losses.Min()), high = rows.Max(row => row.Losses.Max()), scale = 520 / Math.Max(1e-9, high - low);
        Svg svg = new(800, 80 + 36 * rows.Count);
        svg.Text(400, 26, "One change a row: held-out loss of each seed, and the mean", "middle", size: 15);
        svg.Line(At(rows[0].Mean), 40, At(rows[0].Mean), 50 + 36 * rows.Count, "#c0392b", dash: "6 4");
        foreach ((int i, Ablated row) in rows.Index())
        {
            double y = 62 + 36 * i;
            svg.Text(190, y + 4, row.Name, "end");
            svg.Line(At(row.Mean), y - 10, At(row.Mean), y + 10, "#1a56db", 3);
            foreach (double loss in row.Losses) svg.Dot(At(loss), y, 4, "#e67e22");
        }
        svg.Text(At(low), 72 + 36 * rows.Count, FormattableString.Invariant($"{low:F3}"), "middle", "#555");
        svg.Text(At(high), 72 + 36 * rows.Count, FormattableString.Invariant($"{high:F3} nats per character"), "middle", "#555");
        return svg.ToString();

        double At(double loss) => 215 + (loss - low) * scale;
    }
}
