using static MiniStack.Tests.Make;

namespace MiniStack.Tests;

/// <summary>Many numbers to few.</summary>
internal static class ReductionOperators
{
    private const string Family = "Reductions";

    private delegate Variable Reduction(Variable x, int[] axes, bool keepDims);

    public static Operator[] All { get; } =
    [
        Reduce("Sum", "Σ x", "torch.sum", Types.Numbers, (x, axes, keep) => x.Sum(axes, keep), One("empty, to one", [0, 3], x => x.Sum())),
        Reduce("Mean", "Σ x / n", "torch.mean", Types.Floats, (x, axes, keep) => x.Mean(axes, keep)),
        Reduce("Max", "the largest; NaN if any is", "torch.amax", Types.Numbers, (x, axes, keep) => x.Max(axes, keep)),
        Reduce("Min", "the smallest; NaN if any is", "torch.amin", Types.Numbers, (x, axes, keep) => x.Min(axes, keep)),
        new("SumTo", Family, "the axes along which a shape was stretched, summed", Types.Numbers,
            One("leading and stretched axes", [2, 3, 4], x => x.SumTo([3, 1])), One("the same shape", [2, 3], x => x.SumTo([2, 3])), One("one number", [2, 3], x => x.SumTo([])), One("empty", [0, 3], x => x.SumTo([1, 3])))
        {
            PyTorch = "torch.Tensor.sum_to_size",
            Mistakes = [Wrong<ShapeException>("does not stretch", () => Zeros(2, 3).SumTo([4, 3]),
                "SumTo: (4, 3) does not stretch to (2, 3). A gradient must have its variable's shape, or one that it was broadcast to.")],
        },
    ];

    private static Operator Reduce(string name, string formula, string pyTorch, DType[] dtypes, Reduction f, params Sample[] more)
    {
        Sample[] samples =
        [
            One("all axes", [2, 3, 4], x => f(x, [], false), name.ToLowerInvariant() + "_all"),
            One("all axes, kept", [2, 3], x => f(x, [], true)),
            One("middle axis", [2, 3, 4], x => f(x, [1], false), name.ToLowerInvariant()),
            One("two axes, kept", [2, 3, 4], x => f(x, [0, -1], true), name.ToLowerInvariant() + "_two"),
            One("long rows", [3, 70], x => f(x, [1], false)),
            One("long columns", [70, 3], x => f(x, [0], false)),
            One("one element", [1, 1], x => f(x, [0], false)),
            One("rank 0", [], x => f(x, [], false)),
            One("empty, to empty", [0, 3], x => f(x, [1], false)),
            .. more,
        ];
        return new(name, Family, formula, dtypes, [.. samples.Select(sample => sample with { Numbers = Draw.Distinct, Terms = 70 })])
        {
            PyTorch = pyTorch,
            Mistakes =
            [
                Wrong<ShapeException>("no such axis", () => f(Zeros(2, 3), [2], false), $"{(name == "Mean" ? "Sum" : name)}: there is no axis 2 in (2, 3), which has 2 axes (0 to 1, or -1 for the last)."),
                Wrong<ShapeException>("an axis twice", () => f(Zeros(2, 3), [1, -1], false), $"{(name == "Mean" ? "Sum" : name)}: axis -1 of (2, 3) is named twice."),
            ],
        };
    }
}
