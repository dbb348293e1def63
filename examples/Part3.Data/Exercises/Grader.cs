using System.CommandLine;
using static MiniStack.Examples.Verdict;

namespace MiniStack.Examples.Data;

/// <summary>Grades the exercises of the chapter.</summary>
internal static class Grader
{
    public static Command Command() => Exercises.Command(
        (nameof(Answers.BroadcastShape), () => BroadcastShape(Answers.BroadcastShape)),
        (nameof(Answers.StretchedStrides), () => StretchedStrides(Answers.StretchedStrides)),
        (nameof(Answers.ReverseOrder), () => ReverseOrder(Answers.ReverseOrder)),
        (nameof(Answers.SiluTensors), () => SiluTensors(Answers.SiluTensors)));

    public static Verdict? BroadcastShape(Func<int[], int[], int[]?> answer)
    {
        foreach ((int[] a, int[] b) in (ReadOnlySpan<(int[], int[])>)[([4, 1, 3], [2, 3]), ([3], [5, 3]), ([1], [2, 1, 7]), ([], [4]), ([1, 0], [3, 1]), ([6, 5], [6, 5])])
        {
            if (answer(a, b) is not { } given) return null;
            int[] wanted = Shape.Broadcast(a, b, nameof(BroadcastShape)).ToArray();
            if (!given.SequenceEqual(wanted)) return Wrong($"{Text(a)} and {Text(b)}", Text(given), Text(wanted));
        }
        return Right;
    }

    public static Verdict? StretchedStrides(Func<int[], int[], long[]?> answer)
    {
        foreach ((int[] shape, int[] stretched) in (ReadOnlySpan<(int[], int[])>)[([4, 1, 3], [4, 2, 3]), ([2, 3], [4, 2, 3]), ([3, 1], [3, 5]), ([], [2, 2]), ([2, 3], [2, 3])])
        {
            if (answer(shape, stretched) is not { } given) return null;
            long[] wanted = Layout.Contiguous(shape).Expand(stretched).Strides.ToArray();
            if (!given.SequenceEqual(wanted)) return Wrong($"{Text(shape)} as {Text(stretched)}", Text(given), Text(wanted));
        }
        return Right;
    }

    public static Verdict? ReverseOrder(Func<int[][], int[]?> answer)
    {
        int[][] chain = [.. Enumerable.Range(0, 100_000).Select(i => i == 0 ? [] : new[] { i - 1 })];
        // A diamond, a diamond with a longer side, a node that uses one twice, numbers in any order, and the chain.
        int[][][] graphs = [[[], [0], [0], [1, 2]], [[], [0], [1], [2], [0, 3]], [[], [0, 0]], [[3], [0, 2], [3], []], chain];
        foreach (int[][] inputs in graphs)
        {
            if (answer(inputs) is not { } order) return null;
            string graph = inputs.Length > 10 ? $"a chain of {inputs.Length}" : string.Join(' ', inputs.Select(Text));
            if (!order.Order().SequenceEqual(Enumerable.Range(0, inputs.Length))) return Wrong($"for {graph} your order does not name each node once");
            int[] place = new int[order.Length];
            foreach ((int i, int node) in order.Index()) place[node] = i;
            for (int node = 0; node < inputs.Length; node++)
            {
                int early = Array.FindIndex(inputs[node], input => place[input] < place[node]);
                if (early >= 0) return Wrong($"for {graph} node {inputs[node][early]} comes before node {node}, which uses it");
            }
        }
        return Right;
    }

    public static Verdict? SiluTensors(Func<(int Composed, int Fused)?> answer) => answer() switch
    {
        null => null,
        (9, 2) => Right,
        { } given => Wrong($"you say {given}; count what each of −, exp, + and ÷ reads and writes"),
    };

    private static string Text<T>(IEnumerable<T> numbers) => $"({string.Join(", ", numbers)})";
}
