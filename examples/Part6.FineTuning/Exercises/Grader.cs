using System.CommandLine;
using MiniStack.Nn;
using MiniStack.Optim;
using static MiniStack.Examples.Verdict;

namespace MiniStack.Examples.FineTuning;

/// <summary>Grades the exercises of the chapter, by the framework's own adapters.</summary>
internal static class Grader
{
    public static Command Command() => Exercises.Command(
        (nameof(Answers.AdapterNumbers), () => AdapterNumbers(Answers.AdapterNumbers)),
        (nameof(Answers.BreakEvenRank), () => BreakEvenRank(Answers.BreakEvenRank)),
        (nameof(Answers.Forward), () => Forward(Answers.Forward)),
        (nameof(Answers.Moved), () => Moved(Answers.Moved)));

    public static Verdict? AdapterNumbers(Func<int, int, int, long?> answer)
    {
        foreach ((int inputs, int outputs, int rank) in (ReadOnlySpan<(int, int, int)>)[(128, 512, 8), (3, 2, 1), (5, 5, 7)])
        {
            if (answer(inputs, outputs, rank) is not { } given) return null;
            long wanted = new Linear(inputs, outputs, new Rng(1)).AddLora("a", new LoraConfig(rank, Targets: ["*"]), new Rng(1)).Parameters.Sum(parameter => parameter.Value.Count);
            if (given != wanted) return Wrong($"{inputs} inputs, {outputs} outputs and rank {rank}", given, wanted);
        }
        return Right;
    }

    public static Verdict? BreakEvenRank(Func<int, int, int?> answer)
    {
        foreach ((int inputs, int outputs) in (ReadOnlySpan<(int, int)>)[(128, 512), (64, 64), (3, 2), (1, 1), (7, 1)])
        {
            if (answer(inputs, outputs) is not { } given) return null;
            int wanted = Enumerable.Range(0, inputs + outputs).Last(rank => (long)rank * (inputs + outputs) <= (long)inputs * outputs);
            if (given != wanted) return Wrong($"{inputs} inputs and {outputs} outputs", given, wanted);
        }
        return Right;
    }

    public static Verdict? Forward(Func<double[], double[,], double[,], double[,], double, double[]?> answer)
    {
        const double Alpha = 3;
        Linear layer = new(4, 3, new Rng(1), bias: false);
        layer.ConvertTo(DType.F64);
        LoraAdapter adapter = layer.AddLora("a", new LoraConfig(2, Alpha, Targets: ["*"]), new Rng(2));
        adapter.Parameters[1].Value.CopyFrom(Tensor.Normal([3, 2], new Rng(3)).To(DType.F64));
        double[] x = Tensor.Normal([4], new Rng(4)).To(DType.F64).ToArray<double>();
        if (answer(x, Square(layer.Weight.Value), Square(adapter.Parameters[0].Value), Square(adapter.Parameters[1].Value), Alpha) is not { } given) return null;
        double[] wanted = layer.Call(Tensor.CopyOf(x, [1, 4])).Value.ToArray<double>();
        if (given.Length != wanted.Length) return Wrong($"there are {wanted.Length} outputs, and you give {given.Length}");
        foreach ((int i, (double own, double right)) in given.Zip(wanted).Index())
            if (!(Math.Abs(own - right) <= 1e-9)) return Wrong($"output {i}", own, right);
        return Right;

        static double[,] Square(Tensor matrix)
        {
            double[,] numbers = new double[matrix.Shape[0], matrix.Shape[1]];
            double[] flat = matrix.ToArray<double>();
            Buffer.BlockCopy(flat, 0, numbers, 0, flat.Length * sizeof(double));
            return numbers;
        }
    }

    public static Verdict? Moved(Func<int, (bool A, bool B)?> answer)
    {
        for (int steps = 0; steps <= 2; steps++)
        {
            if (answer(steps) is not { } given) return null;
            Linear layer = new(4, 3, new Rng(1));
            LoraAdapter adapter = layer.AddLora("a", new LoraConfig(2, Targets: ["*"]), new Rng(2));
            (float[] a, float[] b) = (adapter.Parameters[0].Value.ToArray<float>(), adapter.Parameters[1].Value.ToArray<float>());
            Sgd optimizer = new(adapter.Parameters, 0.1);
            for (int step = 0; step < steps; step++)
            {
                using Tape tape = Tape.Begin();
                tape.Backward((layer.Call(Tensor.Ones([1, 4])) * Tensor.Arange(3).To(DType.F32)).Sum());
                optimizer.Step();
            }
            (bool, bool) wanted = (!a.SequenceEqual(adapter.Parameters[0].Value.ToArray<float>()), !b.SequenceEqual(adapter.Parameters[1].Value.ToArray<float>()));
            if (given != wanted) return Wrong($"after {steps} steps you say {given}, and it is {wanted}");
        }
        return Right;
    }
}
