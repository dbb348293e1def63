namespace MiniStack.Tests;

/// <summary>One function of variables to check, with the shapes and numbers it is checked on.</summary>
/// <param name="Method">The method of <see cref="Variable"/> that it proves, as <see cref="OperatorMethods.KeyOf"/> names it.</param>
/// <param name="Condition">What is special about the shapes.</param>
/// <param name="Numbers">Which numbers go in.</param>
/// <param name="Function">The function.</param>
/// <param name="Shapes">The inputs' shapes.</param>
internal sealed record GradCase(
    string Method, string Condition, NumberSource Numbers, Func<Variable[], Variable> Function, Shape[] Shapes)
{
    public string Name => $"{Method}: {Condition}";

    /// <summary>The inputs on a device, all under one layout.</summary>
    public Tensor[] Inputs(Device device, InputLayout layout)
    {
        double[] numbers = Numbers(new Rng(7), (int)Shapes.Sum(shape => shape.Count));
        Tensor[] inputs = new Tensor[Shapes.Length];
        int start = 0;
        for (int i = 0; i < inputs.Length; i++)
        {
            int count = (int)Shapes[i].Count;
            inputs[i] = Lay(Tensor.CopyOf(numbers.AsSpan(start, count).ToArray(), Shapes[i]).To(device), layout);
            start += count;
        }
        return inputs;
    }

    private static Tensor Lay(Tensor plain, InputLayout layout)
    {
        Tensor view = layout switch
        {
            InputLayout.Permuted => Permuted(plain),
            InputLayout.Sliced => Sliced(plain),
            _ => plain,
        };
        return view == plain ? plain : view.CopyFrom(plain);
    }

    /// <summary>The axes lie in reverse order in memory, as after Transpose.</summary>
    private static Tensor Permuted(Tensor like)
    {
        int[] reverse = Enumerable.Range(0, like.Rank).Reverse().ToArray();
        return Tensor.Zeros(like.Shape.Reverse().ToArray(), like.DType, like.Device).Permute(reverse);
    }

    /// <summary>Every second element of a larger block, from the second on, along each axis.</summary>
    private static Tensor Sliced(Tensor like)
    {
        if (like.Rank == 0) return Tensor.Zeros([3], like.DType, like.Device).Select(0, 1);
        Tensor view = Tensor.Zeros(like.Shape.Select(size => 2 * size + 1).ToArray(), like.DType, like.Device);
        for (int axis = 0; axis < like.Rank; axis++) view = view.Slice(axis, 1, like.Shape[axis], step: 2);
        return view;
    }
}

/// <summary>How an input lies in memory.</summary>
public enum InputLayout
{
    Contiguous,
    Permuted,
    Sliced,
}

/// <summary>Makes the given count of numbers, the same ones for the same stream.</summary>
internal delegate double[] NumberSource(Rng rng, int count);

/// <summary>Numbers that keep functions away from their kinks and poles: differences reach 0.002 to each side.</summary>
internal static class Numbers
{
    /// <summary>Any, in ±2.</summary>
    public static double[] Any(Rng rng, int count) => Make(count, () => 4 * rng.NextDouble() - 2);

    /// <summary>From 0.6 to 2: for logarithms, roots and divisors.</summary>
    public static double[] Positive(Rng rng, int count) => Make(count, () => 0.6 + 1.4 * rng.NextDouble());

    /// <summary>In ±2 but not within 0.1 of 0.</summary>
    public static double[] NotZero(Rng rng, int count) =>
        Make(count, () => (0.1 + 1.9 * rng.NextDouble()) * (rng.Next(2) == 0 ? 1 : -1));

    /// <summary>No two within 0.05 of each other, in random order: for the largest and the smallest.</summary>
    public static double[] Distinct(Rng rng, int count)
    {
        double[] numbers = [.. Enumerable.Range(0, count).Select(i => 0.05 * (i - count / 2) + 0.01)];
        for (int i = count - 1; i > 0; i--)
        {
            int j = rng.Next(i + 1);
            (numbers[i], numbers[j]) = (numbers[j], numbers[i]);
        }
        return numbers;
    }

    private static double[] Make(int count, Func<double> next)
    {
        double[] numbers = new double[count];
        for (int i = 0; i < count; i++) numbers[i] = next();
        return numbers;
    }
}
