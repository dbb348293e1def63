namespace MiniStack.Tests;

/// <summary>Elements in order, added up one after the other, counted.</summary>
internal static class SortOperators
{
    private const string Family = "Order and running sums";

    private static readonly Tensor Six = Tensor.Zeros([2, 3]);

    public static Operator[] All { get; } =
    [
        new("Sort", Family, "the elements along an axis in order, and their indices", Types.Numbers,
            Distinct("plain", [3, 5], x => x[0].Sort().Values) with { Golden = "sort" },
            Distinct("descending", [3, 5], x => x[0].Sort(descending: true).Values) with { Golden = "sort_descending" },
            Distinct("first axis", [5, 2, 3], x => x[0].Sort(axis: 0).Values) with { Golden = "sort_axis" },
            Distinct("indices", [4, 67], x => x[0].Sort(descending: true).Indices) with { HasDifferences = false },
            Distinct("one long row", [70_001], x => x[0].Sort().Indices) with { HasDifferences = false },
            Distinct("several passes", [3, 300], x => x[0].Sort().Values) with { HasDifferences = false },
            new("equal elements", [[2, 200]], x => x[0].Sort().Indices) { Numbers = Few, HasDifferences = false },
            new("NaN and infinities", [[2, 60]], x => x[0].Sort().Values) { Numbers = Odd, DTypes = Types.Floats, HasDifferences = false },
            new("places of NaN", [[2, 60]], x => x[0].Sort(descending: true).Indices) { Numbers = Odd, DTypes = Types.Floats, HasDifferences = false },
            new("empty", [[2, 0, 3]], x => x[0].Sort().Values),
            new("one element", [[1, 1]], x => x[0].Sort().Values))
        {
            PyTorch = "torch.sort(stable=True)",
            Source = "Knuth, The Art of Computer Programming 3, 5.2.5",
            Mistakes =
            [
                new("no such axis", () => Six.Sort(axis: 2), typeof(ShapeException),
                    "Sort: there is no axis 2 in (2, 3), which has 2 axes (0 to 1, or -1 for the last)."),
                new("Bool", () => Six.Equal(Six).Sort(), typeof(DTypeException),
                    "Sort: works on numbers, not on Bool. Convert with To(DType.F32) or To(DType.I64)."),
            ],
        },
        new("ArgSort", Family, "the indices that put the elements along an axis in order", Types.Numbers,
            Distinct("plain", [3, 5], x => x[0].Value.ArgSort()) with { Golden = "argsort" },
            Distinct("first axis, descending", [70, 3], x => x[0].Value.ArgSort(0, descending: true)),
            new("empty", [[0, 3]], x => x[0].Value.ArgSort()),
            new("one element", [[1]], x => x[0].Value.ArgSort()))
        {
            PyTorch = "torch.argsort",
            Gradient = Differentiable.No,
            Reason = "Its result is an index.",
            Mistakes =
            [
                new("no such axis", () => Six.ArgSort(axis: -3), typeof(ShapeException),
                    "ArgSort: there is no axis -3 in (2, 3), which has 2 axes (0 to 1, or -1 for the last)."),
                new("Bool", () => Six.Equal(Six).ArgSort(), typeof(DTypeException),
                    "ArgSort: works on numbers, not on Bool. Convert with To(DType.F32) or To(DType.I64)."),
            ],
        },
        new("TopK", Family, "the k largest elements along an axis, and their indices", Types.Numbers,
            Distinct("plain", [3, 5], x => x[0].TopK(2).Values) with { Golden = "topk" },
            Distinct("smallest of the first axis", [5, 3], x => x[0].TopK(3, axis: 0, largest: false).Values) with { Golden = "topk_smallest" },
            Distinct("indices", [2, 67], x => x[0].TopK(9).Indices) with { HasDifferences = false },
            Distinct("many", [2, 400], x => x[0].TopK(150).Values) with { HasDifferences = false },
            Distinct("all", [2, 7], x => x[0].TopK(7).Values),
            Distinct("none", [2, 7], x => x[0].TopK(0).Values),
            new("equal elements", [[2, 200]], x => x[0].TopK(60).Indices) { Numbers = Few, HasDifferences = false },
            new("NaN and infinities", [[2, 60]], x => x[0].TopK(20).Indices) { Numbers = Odd, DTypes = Types.Floats, HasDifferences = false },
            new("empty", [[0, 3]], x => x[0].TopK(2).Values),
            new("one element", [[1, 1]], x => x[0].TopK(1).Values))
        {
            PyTorch = "torch.topk",
            Mistakes =
            [
                new("more than there are", () => Six.TopK(4), typeof(ShapeException),
                    "TopK: k is 4, but axis 1 of (2, 3) has 3 elements. Choose k from 0 to 3."),
                new("a negative number", () => Six.TopK(-1, axis: 0), typeof(ShapeException),
                    "TopK: k is -1, but axis 0 of (2, 3) has 2 elements. Choose k from 0 to 2."),
                new("no such axis", () => Six.TopK(1, axis: 2), typeof(ShapeException),
                    "TopK: there is no axis 2 in (2, 3), which has 2 axes (0 to 1, or -1 for the last)."),
                new("Bool", () => Six.Equal(Six).TopK(1), typeof(DTypeException),
                    "TopK: works on numbers, not on Bool. Convert with To(DType.F32) or To(DType.I64)."),
            ],
        },
        new("CumSum", Family, "yᵢ = Σ xⱼ over j ≤ i", Types.Numbers,
            Sum("plain", [3, 5], x => x[0].CumSum()) with { Golden = "cumsum" },
            Sum("first axis", [4, 2, 3], x => x[0].CumSum(axis: 0)) with { Golden = "cumsum_axis" },
            Sum("middle axis", [2, 5, 3], x => x[0].CumSum(axis: 1)),
            Sum("reverse", [3, 7], x => x[0].CumSum(reverse: true)),
            Sum("reverse, first axis", [7, 3], x => x[0].CumSum(0, reverse: true)),
            Sum("long", [67], x => x[0].CumSum()),
            Sum("many columns", [3, 300], x => x[0].CumSum(0)) with { HasDifferences = false },
            Sum("several chunks", [2, 40_001], x => x[0].CumSum()) with { HasDifferences = false },
            Sum("several chunks, reverse", [2, 40_001], x => x[0].CumSum(reverse: true)) with { HasDifferences = false },
            Sum("empty", [2, 0, 3], x => x[0].CumSum()),
            Sum("one element", [1, 1], x => x[0].CumSum()))
        {
            PyTorch = "torch.cumsum",
            Mistakes =
            [
                new("no such axis", () => Six.CumSum(axis: 2), typeof(ShapeException),
                    "CumSum: there is no axis 2 in (2, 3), which has 2 axes (0 to 1, or -1 for the last)."),
                new("Bool", () => Six.Equal(Six).CumSum(), typeof(DTypeException),
                    "CumSum: works on numbers, not on Bool. Convert with To(DType.F32) or To(DType.I64)."),
            ],
        },
        new("BinCount", Family, "how often each number occurs", Types.Integers,
            Count("plain", [3, 5], x => x[0].Value.BinCount()),
            Count("at least 20 bins", [3, 5], x => x[0].Value.BinCount(minLength: 20)),
            Count("many", [300_001], x => x[0].Value.BinCount()),
            Count("empty", [0], x => x[0].Value.BinCount()),
            Count("one element", [1], x => x[0].Value.BinCount()))
        {
            PyTorch = "torch.bincount",
            Gradient = Differentiable.No,
            Reason = "Its result is a count.",
            Mistakes =
            [
                new("floats", () => Six.BinCount(), typeof(DTypeException), "BinCount: counts integers, not F32. Convert with To(DType.I64)."),
                new("a negative number", () => Tensor.CopyOf([3L, -2]).BinCount(), typeof(IndexException),
                    "BinCount: -2 is negative, but bins are counted from 0. Add 2 to all elements."),
                new("a number without end", () => Tensor.CopyOf([1L << 40]).BinCount(), typeof(IndexException),
                    "BinCount: 1099511627776 is too large: there would be a bin for every number up to it. Sort and count runs instead."),
                new("negative bins", () => Tensor.Arange(3).BinCount(-1), typeof(ConfigException), "BinCount: minLength must be at least 0, not -1."),
            ],
        },
    ];

    private static Sample Distinct(string condition, Shape shape, Func<Variable[], Variable> function) =>
        new(condition, [shape], function) { Numbers = Draw.Distinct };

    private static Sample Sum(string condition, Shape shape, Func<Variable[], Variable> function) =>
        new(condition, [shape], function) { Terms = shape.Max() };

    private static Sample Count(string condition, Shape shape, Func<Variable[], Variable> function) =>
        new(condition, [shape], function) { Numbers = Draw.Positive };

    /// <summary>Five different numbers, 0 and −0 among them.</summary>
    private static double[] Few(Rng rng, int count) => [.. Enumerable.Range(0, count).Select(_ => (double[])[-1, -0.0, 0, 0.5, 2]).Select(some => some[rng.Next(5)])];

    /// <summary>NaN, infinities, and numbers between them.</summary>
    private static double[] Odd(Rng rng, int count) =>
        [.. Enumerable.Range(0, count).Select(i => (i % 4) switch { 0 => double.NaN, 1 => rng.Next(2) == 0 ? double.PositiveInfinity : double.NegativeInfinity, _ => rng.NextDouble() })];
}
