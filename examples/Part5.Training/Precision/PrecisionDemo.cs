using System.CommandLine;
using System.Diagnostics;
using MiniStack.Data;
using MiniStack.Models;
using MiniStack.Nn;
using MiniStack.Optim;
using Spectre.Console;

namespace MiniStack.Examples.Training;

/// <summary>A run in one precision.</summary>
/// <param name="Name">Which.</param>
/// <param name="Validation">In nats per character; NaN when it diverged.</param>
/// <param name="LostGradients">Share of the gradient's numbers at the start that are 0 here and are not in F32.</param>
/// <param name="Bytes">Of the parameters.</param>
/// <param name="Milliseconds">A step.</param>
internal sealed record PrecisionResult(string Name, double Validation, double LostGradients, long Bytes, double Milliseconds);

/// <summary>The demo precision: the same run in F32, BF16 and F16, the last with and without loss scaling.</summary>
internal sealed class PrecisionDemo
{
    private const double Rate = 3e-3;

    private readonly DemoOptions _common = new();

    public Command Command() => _common.AddTo(new Command("precision", "Trains in F32, BF16 and F16, with and without loss scaling."), Run);

    public static IReadOnlyList<PrecisionResult> Measure(int steps)
    {
        SmallJob job = new();
        Tensor[] exact = Gradients(job, DType.F32, 1);
        return
        [
            One("F32", DType.F32, null),
            One("BF16, F32 masters", DType.BF16, LossScaler.Static(1)),
            One("F16, F32 masters", DType.F16, LossScaler.Static(1)),
            One("F16, F32 masters, loss scaled", DType.F16, new LossScaler(scale: 4096, interval: 200)),
        ];

        PrecisionResult One(string name, DType dtype, LossScaler? scaler)
        {
            double lost = Lost(exact, Gradients(job, dtype, scaler?.Scale ?? 1));
            Gpt model = job.Model(1).To(dtype);
            Optimizer optimizer = scaler is null ? Make([.. model.Parameters()]) : new MixedPrecision(model.Parameters(), Make, scaler);
            long start = Stopwatch.GetTimestamp();
            double[] losses = job.Train(model, optimizer, new CosineSchedule(Rate, Rate / 10, steps / 10, steps).At, steps, seed: 1);
            double milliseconds = Stopwatch.GetElapsedTime(start).TotalMilliseconds / steps;
            return new PrecisionResult(name, double.IsNaN(losses[^1]) ? double.NaN : job.Validate(model), lost, model.ParameterCount * dtype.Size(), milliseconds);
        }

        static Optimizer Make(IReadOnlyList<Parameter> parameters) => new AdamW(parameters, Rate, beta2: 0.99, weightDecay: 0.1);
    }

    /// <summary>The gradient of the first batch. The loss is a mean over many characters, divided once more by a thousand: as small as that of a
    /// large batch, where underflow is an everyday matter.</summary>
    private static Tensor[] Gradients(SmallJob job, DType dtype, double scale)
    {
        const double LargeBatch = 1e-3;
        Gpt model = job.Model(1).To(dtype);
        Batch batch = job.Batches(1).First();
        using Tape tape = Tape.Begin();
        tape.Backward(SmallJob.Loss(model)(batch) * LargeBatch * scale);
        return [.. model.Parameters().Select(parameter => parameter.Grad!.To(DType.F32).Persist())];
    }

    private static double Lost(Tensor[] exact, Tensor[] rounded)
    {
        long lost = 0, all = 0;
        for (int i = 0; i < exact.Length; i++)
        {
            foreach ((float wanted, float have) in exact[i].ToArray<float>().Zip(rounded[i].ToArray<float>()))
            {
                if (wanted == 0) continue; // a character that the batch does not have
                all++;
                if (have == 0) lost++;
            }
        }
        return lost / (double)all;
    }

    private int Run(ParseResult options)
    {
        bool quick = _common.Quick(options);
        int steps = quick ? 60 : 300;
        string folder = _common.Folder(options, "precision");
        Report.Line($"Smallest numbers above 0: F32 1.4E-45, BF16 9.2E-41, F16 6.0E-8. BF16 rounds to 3 digits, F16 to 4.");
        Report.Line($"Predicted: BF16 loses no gradient, F16 loses many unless the loss is scaled; with F32 masters all end within a percent.");
        IReadOnlyList<PrecisionResult> results = Measure(steps);
        Table table = Report.Table("parameters", "validation loss", "against F32", "gradients lost", "KiB of parameters", "ms a step");
        foreach (PrecisionResult result in results)
        {
            Report.Row(table, $"{result.Name}", $"{result.Validation:F4}", $"{result.Validation / results[0].Validation - 1:+0.00 %;-0.00 %;0.00 %}",
                $"{result.LostGradients:P2}", $"{result.Bytes / 1024.0:F0}", $"{result.Milliseconds:F1}");
        }
        AnsiConsole.Write(table);
        Report.Line($"Lost: 0 here and not in F32, for the first batch and a loss a thousand times smaller, as in a large batch.");
        Report.Line($"This CPU stores 16 bits and computes in 32: it saves memory, not time. What Tensor Cores gain cannot be measured here.");
        Report.Picture(folder, "precision.svg", new LineChart { Title = "Share of the gradient that F16 rounds to 0", X = "factor on the loss", Y = "share lost", LogX = true }
            .Add("F16", Curve(DType.F16)).Add("BF16", Curve(DType.BF16)).Draw());
        return ExitCode.Done;
    }

    private static IEnumerable<(double X, double Y)> Curve(DType dtype)
    {
        SmallJob job = new();
        Tensor[] exact = Gradients(job, DType.F32, 1);
        for (double scale = 1; scale <= 65536; scale *= 8) yield return (scale, Lost(exact, Gradients(job, dtype, scale)));
    }
}
