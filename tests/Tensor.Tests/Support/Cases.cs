using FsCheck;
using FsCheck.Fluent;

namespace MiniStack.Tests;

/// <summary>How a test tensor lies in memory.</summary>
public enum Lying
{
    /// <summary>Row by row.</summary>
    Contiguous,

    /// <summary>The last two axes exchanged.</summary>
    Transposed,

    /// <summary>The axes in reverse order.</summary>
    Reversed,

    /// <summary>Every second element of a longer last axis, from the second on.</summary>
    Stepped,

    /// <summary>A part of a longer last axis.</summary>
    Sliced,

    /// <summary>One element along the first axis, stretched.</summary>
    StretchedFirst,

    /// <summary>One element along the last axis, stretched.</summary>
    StretchedLast,
}

/// <summary>What a test tensor holds.</summary>
public enum Holding
{
    /// <summary>Normal numbers of standard deviation 2; for integers −9 to 9.</summary>
    Ordinary,

    /// <summary>Ordinary numbers, and NaN, infinities, zeros of both signs, subnormal, huge and tiny ones.</summary>
    Special,
}

/// <summary>One drawn input: everything that a kernel's path may depend on.</summary>
public sealed record Case(int[] Sizes, Lying LyingA, Lying LyingB, Holding Holding, int Seed)
{
    public Shape Shape => Sizes;

    public override string ToString() => $"{Shape} a {LyingA}, b {LyingB}, {Holding}, seed {Seed}";
}

/// <summary>Shapes, layouts and numbers for the comparisons of kernels with the reference.</summary>
public static class Cases
{
    private static readonly int[] EdgeSizes = [0, 1, 1, 2, 3, 4, 5, 7, 8, 9, 15, 16, 17, 31, 32, 33, 63, 64, 65, 100, 129];

    private static readonly double[] SpecialFloats =
    [
        double.NaN, double.PositiveInfinity, double.NegativeInfinity, 0.0, -0.0, 1e-40, -1e-40, 1e-45, 1e4, -1e4, 88.5, 89, -87.5, -104,
        -103.5, 3e38, -3e38, 0.5, 1, -1, 1e-8, -1e-4, 5.5, -5.5, 9.9, 13.5, -13.5, 20, 700, -745,
    ];

    /// <summary>Any rank to 4, sizes around 0, 1 and the vector widths, any two layouts.</summary>
    public static Arbitrary<Case> Any => (
        from rank in Gen.Choose(0, 4)
        from sizes in Gen.Elements(EdgeSizes).ArrayOf(rank)
        where sizes.Aggregate(1L, (product, size) => product * size) <= 20_000
        from a in Gen.Elements(Enum.GetValues<Lying>())
        from b in Gen.Elements(Enum.GetValues<Lying>())
        from holding in Gen.Elements(Enum.GetValues<Holding>())
        from seed in Gen.Choose(0, int.MaxValue)
        select new Case(sizes, a, b, holding, seed)).ToArbitrary();

    /// <summary>Ranks 1 to 4 with at least one element: rows for the kernels that need some.</summary>
    public static Arbitrary<Case> Rows => Any.Generator
        .Where(drawn => drawn.Sizes.Length > 0 && drawn.Shape.Count > 0)
        .ToArbitrary();

    /// <summary>Sizes around a block (1024) and a piece (16384), where kernels change their path.</summary>
    public static TheoryData<int[], Lying> Large
    {
        get
        {
            TheoryData<int[], Lying> data = [];
            foreach (int[] sizes in (int[][])[[1023], [1025], [16383], [16385], [40000], [3, 16391], [20000, 3], [130, 257], [4, 33, 5, 67]])
                foreach (Lying lying in Enum.GetValues<Lying>()) data.Add(sizes, lying);
            return data;
        }
    }

    /// <summary>A tensor of the case's shape.</summary>
    public static Tensor Make(Shape shape, DType dtype, Lying lying, Holding holding, int seed)
    {
        int rank = shape.Rank;
        if (rank == 0) return Numbers(shape, dtype, holding, seed);
        switch (lying)
        {
            case Lying.Transposed when rank > 1:
                int[] swapped = shape.ToArray();
                (swapped[^1], swapped[^2]) = (swapped[^2], swapped[^1]);
                return Numbers(swapped, dtype, holding, seed).Transpose();
            case Lying.Reversed:
                int[] order = Enumerable.Range(0, rank).Reverse().ToArray();
                return Numbers(shape.Reverse().ToArray(), dtype, holding, seed).Permute(order);
            case Lying.Stepped:
                return Numbers(shape.With(rank - 1, 2 * shape[^1] + 1), dtype, holding, seed).Slice(-1, 1, shape[^1], step: 2);
            case Lying.Sliced:
                return Numbers(shape.With(rank - 1, shape[^1] + 3), dtype, holding, seed).Slice(-1, 2, shape[^1]);
            case Lying.StretchedFirst:
                return Numbers(shape.With(0, 1), dtype, holding, seed).Expand(shape);
            case Lying.StretchedLast:
                return Numbers(shape.With(rank - 1, 1), dtype, holding, seed).Expand(shape);
            default:
                return Numbers(shape, dtype, holding, seed);
        }
    }

    private static Tensor Numbers(Shape shape, DType dtype, Holding holding, int seed)
    {
        Random random = new(seed);
        long count = shape.Count;
        switch (dtype)
        {
            case DType.F32: return Tensor.Wrap(Fill(count, () => (float)Float()), shape);
            case DType.F64: return Tensor.Wrap(Fill(count, Float), shape);
            case DType.I64: return Tensor.Wrap(Fill(count, Integer), shape);
            case DType.I32: return Tensor.Wrap(Fill(count, () => (int)Integer()), shape);
            default: return Tensor.Wrap(Fill(count, () => random.Next(2) == 1), shape);
        }

        double Float()
        {
            if (holding == Holding.Special && random.Next(3) == 0) return SpecialFloats[random.Next(SpecialFloats.Length)];
            return 2 * Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());
        }

        long Integer()
        {
            if (holding == Holding.Special && random.Next(3) == 0)
                return (long[])[long.MinValue, long.MaxValue, int.MinValue, int.MaxValue, 0, 1L << 53] is var edges ? edges[random.Next(6)] : 0;
            return random.Next(-9, 10);
        }

        static T[] Fill<T>(long count, Func<T> next)
        {
            T[] elements = new T[count];
            for (int i = 0; i < elements.Length; i++) elements[i] = next();
            return elements;
        }
    }
}
