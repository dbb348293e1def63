using System.CommandLine;
using static MiniStack.Examples.Verdict;

namespace MiniStack.Examples.Hardware;

/// <summary>Grades the exercises of the chapter.</summary>
internal static class Grader
{
    public static Command Command() => Exercises.Command(
        (nameof(Answers.RidgePoint), () => RidgePoint(Answers.RidgePoint)),
        (nameof(Answers.ProductIntensity), () => ProductIntensity(Answers.ProductIntensity)),
        (nameof(Answers.RoundToBf16), () => RoundToBf16(Answers.RoundToBf16)),
        (nameof(Answers.BestTile), () => BestTile(Answers.BestTile)));

    public static Verdict? RidgePoint(Func<double, double, double?> answer) => Grade(
        [(236.0, 33.0), (118.0, 20.5), (1.0, 1.0)], pair => answer(pair.Item1, pair.Item2), pair => pair.Item1 / pair.Item2,
        (a, b) => Math.Abs(a - b) <= 1e-9 * b);

    public static Verdict? ProductIntensity(Func<long, long, long, double?> answer) => Grade(
        [(1024L, 1024L, 1024L), (1, 4096, 4096), (64, 64, 64), (7, 5, 3)], sizes => answer(sizes.Item1, sizes.Item2, sizes.Item3),
        ((long M, long K, long N) size) => 2.0 * size.M * size.K * size.N / (4.0 * (size.M * size.K + size.K * size.N + size.M * size.N)),
        (a, b) => Math.Abs(a - b) <= 1e-9 * b);

    public static Verdict? RoundToBf16(Func<float, float?> answer)
    {
        NumberFormat bf16 = NumberFormat.All.Single(format => format.Name == "bf16");
        Rng rng = new(1);
        // Ties in both directions, the ends, and a thousand others.
        float[] numbers =
        [
            0, 0.1f, -0.1f, 1 + 1 / 256f, 1 + 3 / 256f, -1 - 1 / 256f, float.MaxValue, float.Epsilon, 1e-39f,
            .. Enumerable.Range(0, 1000).Select(_ => BitConverter.UInt32BitsToSingle(rng.NextUInt32())).Where(float.IsFinite),
        ];
        return Grade(numbers, x => answer(x), x => (float)bf16.Round(x), (a, b) => a.Equals(b));
    }

    public static Verdict? BestTile(Func<int, (int Rows, int Vectors)?> answer) => Grade([8, 16, 32], answer, Best, (a, b) => a == b);

    private static (int Rows, int Vectors) Best(int registers) =>
        Enumerable.Range(1, registers).SelectMany(rows => Enumerable.Range(1, registers).Select(vectors => (Rows: rows, Vectors: vectors)))
            .Where(tile => tile.Rows * tile.Vectors + tile.Vectors + 1 <= registers).MaxBy(Ratio);

    private static double Ratio((int Rows, int Vectors) tile) => (double)tile.Rows * tile.Vectors / (tile.Rows + tile.Vectors);

    /// <summary>The first case that is answered otherwise decides.</summary>
    private static Verdict? Grade<TCase, TAnswer>(
        IEnumerable<TCase> cases, Func<TCase, TAnswer?> answer, Func<TCase, TAnswer> expected, Func<TAnswer, TAnswer, bool> equal) where TAnswer : struct
    {
        foreach (TCase one in cases)
        {
            if (answer(one) is not { } given) return null;
            TAnswer wanted = expected(one);
            if (!equal(given, wanted)) return Wrong($"for {one} you say {given}, and it is {wanted}");
        }
        return Right;
    }
}
