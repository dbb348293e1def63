using System.CommandLine;
using MiniStack.Models;
using MiniStack.Nn;
using static MiniStack.Examples.Verdict;

namespace MiniStack.Examples.Models;

/// <summary>Grades the exercises of the chapter, by the framework's own classes.</summary>
internal static class Grader
{
    public static Command Command() => Exercises.Command(
        (nameof(Answers.LlamaParameters), () => LlamaParameters(Answers.LlamaParameters)),
        (nameof(Answers.Shares), () => Shares(Answers.Shares)),
        (nameof(Answers.Turn), () => Turn(Answers.Turn)),
        (nameof(Answers.Crossover), () => Crossover(Answers.Crossover)));

    public static Verdict? LlamaParameters(Func<long, long, long, long, long, long, long?> answer)
    {
        LlamaConfig[] models = [new(57, 32, 2, 4, 2, 48, 128), new(100, 8, 1, 2, 2, 16, 40), new(32000, 2048, 32, 32, 8, 4096, 11008)];
        foreach (LlamaConfig one in models)
        {
            if (answer(one.VocabularySize, one.Layers, one.Heads, one.KeyHeads, one.Channels, one.Hidden) is not { } given) return null;
            if (given != one.ParameterCount)
                return Wrong($"{one.Layers} layers of {one.Channels} channels, {one.Heads} heads and {one.KeyHeads} key heads", given, one.ParameterCount);
        }
        return Right;
    }

    public static Verdict? Shares(Func<double[], double[][], double[]?> answer)
    {
        Rng rng = new(3);
        foreach ((int count, int d) in (ReadOnlySpan<(int, int)>)[(1, 4), (3, 4), (5, 16)])
        {
            double[] query = Normal(d);
            double[][] keys = [.. Enumerable.Range(0, count).Select(_ => Normal(d))];
            // The kernel returns no shares; with the unit vectors as values it returns nothing else.
            double[] units = [.. Enumerable.Range(0, count * count).Select(i => i / count == i % count ? 1.0 : 0)];
            Tensor wanted = Tensor.Attention(
                Tensor.CopyOf(query, [1, 1, 1, d]), Tensor.CopyOf([.. keys.SelectMany(key => key)], [1, 1, count, d]), Tensor.CopyOf(units, [1, 1, count, count]), causal: false);
            if (answer(query, keys) is not { } given) return null;
            if (Compare(given, wanted.ToArray<double>(), $"{count} keys of {d} channels") is { IsRight: false } wrong) return wrong;
        }
        return Right;

        double[] Normal(int d) => Tensor.Normal([d], rng).To(DType.F64).ToArray<double>();
    }

    public static Verdict? Turn(Func<double[], int, double[]?> answer)
    {
        double[] vector = [1, 2, 3, 4, -1, 0.5];
        RotaryEmbedding rotary = new(positions: 40, vector.Length);
        foreach (int position in (int[])[0, 1, 7, 39])
        {
            if (answer(vector, position) is not { } given) return null;
            double[] wanted = rotary.Turn(Tensor.CopyOf(vector, [1, vector.Length]), position).Value.ToArray<double>();
            if (Compare(given, wanted, $"position {position}") is { IsRight: false } wrong) return wrong;
        }
        return Right;
    }

    public static Verdict? Crossover(Func<int, int?> answer)
    {
        foreach (int channels in (int[])[16, 128, 768])
        {
            if (answer(channels) is not { } given) return null;
            int wanted = Enumerable.Range(1, 100 * channels).First(context => Attention(context) > Products(context));
            if (given != wanted) return Wrong($"{channels} channels", given, wanted);

            double Products(int context) => 2.0 * context * 12 * channels * channels;

            double Attention(int context) => 4.0 * channels * context * (context + 1) / 2;
        }
        return Right;
    }

    private static Verdict Compare(double[] given, double[] wanted, FormattableString question)
    {
        if (given.Length != wanted.Length) return Wrong($"for {question} there are {wanted.Length} numbers, and you give {given.Length}");
        for (int i = 0; i < wanted.Length; i++)
            if (!(Math.Abs(given[i] - wanted[i]) <= 1e-6)) return Wrong($"number {i + 1} of {question}", given[i], wanted[i]);
        return Right;
    }
}
