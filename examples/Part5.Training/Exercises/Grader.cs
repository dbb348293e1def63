using System.CommandLine;
using MiniStack.Optim;
using static MiniStack.Examples.Verdict;

namespace MiniStack.Examples.Training;

/// <summary>Grades the exercises of the chapter, by the framework's own classes.</summary>
internal static class Grader
{
    public static Command Command() => Exercises.Command(
        (nameof(Answers.Rate), () => Rate(Answers.Rate)),
        (nameof(Answers.AdamWeights), () => AdamWeights(Answers.AdamWeights)),
        (nameof(Answers.LossScale), () => LossScale(Answers.LossScale)),
        (nameof(Answers.Segments), () => Segments(Answers.Segments)));

    public static Verdict? Rate(Func<long, double, long, long, double?> answer)
    {
        foreach ((long step, long warmUp) in (ReadOnlySpan<(long, long)>)[(0, 10), (9, 10), (10, 10), (55, 10), (99, 10), (100, 10), (500, 10), (0, 0), (25, 0)])
        {
            if (answer(step, 0.5, warmUp, 100) is not { } given) return null;
            double wanted = new CosineSchedule(0.5, 0, warmUp, 100).At(step);
            if (!Near(given, wanted)) return Wrong($"step {step} with a warm-up of {warmUp}", given, wanted);
        }
        return Right;
    }

    public static Verdict? AdamWeights(Func<double, double[], double, double, double[]?> answer)
    {
        double[] gradients = [0.5, 0.5, -2, 1e-3];
        foreach (double decay in (double[])[0, 0.1])
        {
            if (answer(3, gradients, 0.01, decay) is not { } given) return null;
            if (given.Length != gradients.Length) return Wrong($"{gradients.Length} gradients make as many weights, and you give {given.Length}");
            Parameter weight = new(Tensor.CopyOf([3.0]));
            AdamW optimizer = new([weight], 0.01, weightDecay: decay, decays: _ => true);
            for (int i = 0; i < gradients.Length; i++)
            {
                weight.AddGrad(Tensor.CopyOf([gradients[i]]));
                optimizer.Step();
                double wanted = weight.Value.ToArray<double>()[0];
                if (!Near(given[i], wanted)) return Wrong($"gradient {i + 1} with a decay of {decay}", given[i], wanted);
            }
        }
        return Right;
    }

    public static Verdict? LossScale(Func<double, bool[], int, double?> answer)
    {
        foreach (string steps in (string[])["", "+", "++", "-", "+-++", "++++", "--+++", "++-+"])
        {
            bool[] finite = [.. steps.Select(step => step == '+')];
            if (answer(1024, finite, 2) is not { } given) return null;
            LossScaler scaler = new(1024, interval: 2);
            foreach (bool step in finite) scaler.Report(step);
            if (!Near(given, scaler.Scale)) return Wrong($"steps '{steps}' and an interval of 2", given, scaler.Scale);
        }
        return Right;
    }

    public static Verdict? Segments(Func<int, double, int?> answer)
    {
        foreach ((int blocks, double size) in (ReadOnlySpan<(int, double)>)[(16, 1), (64, 1), (16, 18), (36, 4), (12, 0.1)])
        {
            if (answer(blocks, size) is not { } given) return null;
            int wanted = Enumerable.Range(1, blocks).Where(segments => blocks % segments == 0).MinBy(segments => segments + size * blocks / segments);
            if (given != wanted) return Wrong($"{blocks} blocks that hold {size} each", given, wanted);
        }
        return Right;
    }

    private static bool Near(double given, double wanted) => Math.Abs(given - wanted) <= 1e-9 * Math.Max(1, Math.Abs(wanted));
}
