namespace MiniStack.Tests;

/// <summary>Log-sum-exp, variance, norms and Einstein's sum.</summary>
internal static class StatisticsOperators
{
    private const string Family = "Statistics, norms and sums of products";

    public static Operator[] All { get; } =
    [
        Reduction("LogSumExp", "ln Σ eˣ over axes", "torch.logsumexp", (x, axes, keep) => x.LogSumExp(axes, keep), "log_sum_exp"),
        Reduction("Variance", "Σ (x − mean)² / (n − correction) over axes", "torch.var", (x, axes, keep) => x.Variance(axes, keep), "variance",
            new Sample("correction 0", [[3, 5]], x => x[0].Variance([1], correction: 0)) { Golden = "variance_biased" }),
        Reduction("StandardDeviation", "√variance over axes", "torch.std", (x, axes, keep) => x.StandardDeviation(axes, keep), "standard_deviation",
            new Sample("correction 0", [[3, 5]], x => x[0].StandardDeviation([1], correction: 0))),
        Norm(),
        new("Outer", Family, "a[i]·b[j]", Types.Numbers,
            new("plain", [[3], [4]], x => x[0].Outer(x[1])) { Golden = "outer" },
            new("long", [[33], [67]], x => x[0].Outer(x[1])),
            new("empty", [[0], [3]], x => x[0].Outer(x[1])),
            new("one element", [[1], [1]], x => x[0].Outer(x[1])))
        {
            PyTorch = "torch.outer",
            Mistakes =
            [
                new("a matrix", () => F64(2, 3).Outer(F64(2)), typeof(ShapeException),
                    "Outer: both must be vectors. They are (2, 3) and (2). Flatten() makes a vector; Einsum multiplies batches."),
                new("dtypes", () => F64(2).Outer(Tensor.Zeros([2])), typeof(DTypeException),
                    "Outer: a is F64 and b is F32. Convert one of them, for example b.To(DType.F64)."),
                new("Bool", () => Tensor.Zeros([2], DType.Bool).Outer(Tensor.Zeros([2], DType.Bool)), typeof(DTypeException),
                    "Outer: works on numbers, not on Bool. Convert with To(DType.F32) or To(DType.I64)."),
            ],
        },
        Einsum(),
    ];

    private static Operator Reduction(
        string name, string formula, string pyTorch, Func<Variable, int[], bool, Variable> function, string golden, params Sample[] more) =>
        new(name, Family, formula, Types.Floats,
        [
            new("all axes", [[2, 3, 4]], x => function(x[0], [], false)) { Golden = golden, Terms = 24 },
            new("last axis", [[3, 67]], x => function(x[0], [-1], false)) { Terms = 67 },
            new("first axis", [[5, 7]], x => function(x[0], [0], false)) { Golden = $"{golden}_axis" },
            new("two axes, kept", [[3, 4, 5]], x => function(x[0], [0, 2], true)) { Golden = $"{golden}_kept", Terms = 15 },
            new("long", [[2, 1031]], x => function(x[0], [1], false)) { Terms = 1031, HasDifferences = false },
            new("no rows", [[0, 3]], x => function(x[0], [1], false)),
            new("empty rows", [[3, 0]], x => function(x[0], [1], false)),
            .. name == "LogSumExp" ? [new Sample("one element", [[1]], x => function(x[0], [], false))] : (Sample[])[],
            .. more,
        ])
        {
            PyTorch = pyTorch,
            Mistakes =
            [
                new("no such axis", () => function(F64(2, 3), [2], false), typeof(ShapeException),
                    $"{name}: there is no axis 2 in (2, 3), which has 2 axes (0 to 1, or -1 for the last)."),
                new("an axis twice", () => function(F64(2, 3), [1, -1], false), typeof(ShapeException), $"{name}: axis -1 of (2, 3) is named twice."),
                new("integers", () => function(Tensor.Zeros([2], DType.I64), [], false), typeof(DTypeException),
                    $"{name}: works on floats, not on I64. Convert with To(DType.F32)."),
            ],
        };

    private static Operator Norm() => new("Norm", Family, "(Σ |x|ᵖ)^(1/p) over axes; the largest |x| for p = ∞", Types.Floats,
        new("2, all axes", [[3, 4]], x => x[0].Norm()) { Golden = "norm_2" },
        new("2, last axis", [[3, 67]], x => x[0].Norm(2, [-1])) { Terms = 67 },
        new("2, kept", [[3, 4, 5]], x => x[0].Norm(2, [0, 2], keepDims: true)) { Terms = 15 },
        new("1", [[3, 5]], x => x[0].Norm(1, [1])) { Golden = "norm_1", Numbers = Draw.NotZero },
        new("3", [[3, 5]], x => x[0].Norm(3, [1])) { Golden = "norm_3", Numbers = Draw.NotZero },
        new("1.5", [[3, 5]], x => x[0].Norm(1.5, [0])) { Golden = "norm_1_5", Numbers = Draw.NotZero },
        new("infinity", [[3, 5]], x => x[0].Norm(double.PositiveInfinity, [1])) { Golden = "norm_infinity", Numbers = Draw.Distinct },
        new("empty", [[0, 3]], x => x[0].Norm(2, [1])),
        new("one element", [[1, 1]], x => x[0].Norm(2)) { Numbers = Draw.NotZero })
    {
        PyTorch = "torch.linalg.vector_norm",
        Mistakes =
        [
            new("p 0", () => F64(3).Norm(0), typeof(ConfigException), "Norm: p must be above 0, not 0. Use 1, 2 or double.PositiveInfinity."),
            new("no such axis", () => F64(3).Norm(2, [1]), typeof(ShapeException),
                "Norm: there is no axis 1 in (3), which has 1 axes (0 to 0, or -1 for the last)."),
            new("an axis twice", () => F64(3).Norm(2, [0, 0]), typeof(ShapeException), "Norm: axis 0 of (3) is named twice."),
            new("integers", () => Tensor.Zeros([2], DType.I64).Norm(), typeof(DTypeException),
                "Norm: works on floats, not on I64. Convert with To(DType.F32)."),
        ],
    };

    private static Operator Einsum() => new("Einsum", Family, "products summed over the axes that the result lacks", Types.Numbers,
        Sum("bij,bjk->bik", [2, 3, 4], [2, 4, 5]) with { Golden = "einsum_matmul" },
        Sum("ij,jk", [3, 4], [4, 5]) with { Golden = "einsum_implicit" },
        Sum("ii->i", [4, 4]) with { Golden = "einsum_diagonal" },
        Sum("ii", [4, 4]) with { Golden = "einsum_trace" },
        Sum("iij->ji", [3, 3, 2]),
        Sum("ijj,j->", [2, 3, 3], [3]),
        Sum("ij->", [3, 4]) with { Golden = "einsum_sum" },
        Sum("ij->ji", [3, 4]),
        Sum("i,j->ij", [3], [4]),
        Sum("ij,ij->ij", [3, 4], [3, 4]),
        Sum("ij,ij->", [3, 17], [3, 17]) with { Terms = 51 },
        Sum("...ij,...jk->...ik", [2, 1, 3, 4], [3, 4, 2]) with { Golden = "einsum_ellipsis" },
        Sum("...i,i", [2, 3, 4], [4]),
        Sum("i...->...", [3, 2, 2]),
        Sum("ij,jk,kl->il", [2, 3], [3, 4], [4, 2]) with { Golden = "einsum_three", Terms = 32 },
        Sum("bhid,bhjd->bhij", [2, 2, 3, 5], [2, 2, 4, 5]) with { Golden = "einsum_attention" },
        Sum("ij,j->i", [3, 1], [4]) with { Golden = "einsum_size_1" },
        Sum("ij,kj->ik", [33, 19], [17, 19]) with { Terms = 80, HasDifferences = false },
        Sum("ij,jk->ik", [3, 0], [0, 2]),
        Sum("ij,jk->ik", [0, 3], [3, 2]) with { Condition = "no rows" },
        Sum(",i->i", [], [3]))
    {
        PyTorch = "torch.einsum",
        Mistakes =
        [
            Wrong("a digit", "i2->i", "Einsum: 'i2->i', position 1: '2' means nothing here. Write letters for axes, commas between operands, '->' before the result and '...' for leading axes."),
            Wrong("a single dot", "i.->i", "Einsum: 'i.->i', position 1: a dot must be part of '...', which stands for any leading axes."),
            Wrong("two ellipses", "...i...", "Einsum: '...i...', position 4: '...' may stand only once in an operand."),
            Wrong("too many operands", "ij,jk->ik", "Einsum: 'ij,jk->ik' names 2 operands, but 1 were given. A comma stands between two operands."),
            Wrong("too few letters", "i->i", "Einsum: 'i->i', position 0: operand 1 has 1 letters, but its shape is (2, 3). Write one letter for each axis."),
            Wrong("too many letters", "...ijk->k", "Einsum: '...ijk->k', position 0: operand 1 has 3 letters beside '...', but its shape is (2, 3). Write one letter for each axis."),
            Wrong("no diagonal", "ii->i", "Einsum: 'ii->i', position 1: axis 'i' has size 3 in operand 1 of shape (2, 3), but 2 before."),
            Wrong("unknown in the result", "ij->ik", "Einsum: 'ij->ik', position 5: axis 'k' of the result is in no operand."),
            Wrong("twice in the result", "ij->ii", "Einsum: 'ij->ii', position 5: axis 'i' stands twice in the result. Embed a diagonal with Where."),
            new("sizes", () => Variable.Einsum("ij,jk->ik", F64(2, 3), F64(4, 2)), typeof(ShapeException),
                "Einsum: 'ij,jk->ik', position 3: axis 'j' has size 4 in operand 2 of shape (4, 2), but 3 before."),
            new("sizes of '...'", () => Variable.Einsum("...i,...i->...", F64(2, 3), F64(4, 3)), typeof(ShapeException),
                "Einsum: '...i,...i->...', position 5: an axis of '...' has size 4 in operand 2 of shape (4, 3), but 2 before."),
            new("dtypes", () => Variable.Einsum("i,i", F64(2), Tensor.Zeros([2])), typeof(DTypeException),
                "Einsum: a is F64 and b is F32. Convert one of them, for example b.To(DType.F64)."),
            new("Bool", () => Variable.Einsum("i", Tensor.Zeros([2], DType.Bool)), typeof(DTypeException),
                "Einsum: works on numbers, not on Bool. Convert with To(DType.F32) or To(DType.I64)."),
        ],
    };

    private static Sample Sum(string equation, params Shape[] shapes) => new(equation, shapes, x => Variable.Einsum(equation, x)) { Terms = 16 };

    private static Mistake Wrong(string condition, string equation, string message) =>
        new(condition, () => Variable.Einsum(equation, F64(2, 3)), typeof(ShapeException), message);

    private static Variable F64(params int[] shape) => Tensor.Zeros(shape, DType.F64);
}
