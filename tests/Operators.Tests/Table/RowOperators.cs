using static MiniStack.Tests.Make;

namespace MiniStack.Tests;

/// <summary>What looks at a whole row.</summary>
internal static class RowOperators
{
    private const string Family = "Rows";

    public static Operator[] All { get; } =
    [
        EachRow("Softmax", "eˣ / Σ eˣ", "torch.softmax", (x, axis) => x.Softmax(axis)),
        EachRow("LogSoftmax", "x − ln Σ eˣ", "torch.log_softmax", (x, axis) => x.LogSoftmax(axis)),
        new("LayerNorm", Family, "(x − mean) / √(variance + ε) · weight + bias", Types.Floats,
            Three("with bias", [2, 3, 5], [5], [5], (x, w, b) => x.LayerNorm(w, b), "layer_norm"),
            Two("without bias", [3, 4], [4], (x, w) => x.LayerNorm(w)),
            Two("large epsilon", [3, 4], [4], (x, w) => x.LayerNorm(w, epsilon: 0.5), "layer_norm_epsilon"),
            // Its variance is 0: what cancels in the gradient was multiplied by 1/√ε = 316, and keeps the roundings of that.
            Three("one channel", [3, 1], [1], [1], (x, w, b) => x.LayerNorm(w, b)) with { Terms = 80 },
            Three("a vector", [35], [35], [35], (x, w, b) => x.LayerNorm(w, b)),
            Three("no rows", [0, 4], [4], [4], (x, w, b) => x.LayerNorm(w, b)),
            Three("no channels", [3, 0], [0], [0], (x, w, b) => x.LayerNorm(w, b)))
        {
            PyTorch = "torch.nn.functional.layer_norm",
            Source = "Ba et al. 2016, arXiv:1607.06450",
            Mistakes = [Wrong<ShapeException>("weight", () => Zeros(2, 3).LayerNorm(Zeros(2)),
                "LayerNorm: x is (2, 3), weight is (2): weight and bias must have one element for each channel of x's last axis.")],
        },
        new("RmsNorm", Family, "x / √(average of x² + ε) · weight", Types.Floats,
            Two("rows of rows", [2, 3, 5], [5], (x, w) => x.RmsNorm(w), "rms_norm"),
            Two("large epsilon", [3, 4], [4], (x, w) => x.RmsNorm(w, epsilon: 0.5)),
            Two("one channel", [3, 1], [1], (x, w) => x.RmsNorm(w, epsilon: 0.5)),
            Two("a vector", [35], [35], (x, w) => x.RmsNorm(w)),
            Two("no rows", [0, 4], [4], (x, w) => x.RmsNorm(w)),
            Two("no channels", [3, 0], [0], (x, w) => x.RmsNorm(w)))
        {
            PyTorch = "torch.nn.functional.rms_norm (from 2.4 on)",
            Source = "Zhang and Sennrich 2019, arXiv:1910.07467",
            Mistakes = [Wrong<ShapeException>("weight", () => Zeros(2, 3).RmsNorm(Zeros(2)), "RmsNorm: x is (2, 3), weight is (2): weight must have one element for each channel of x's last axis.")],
        },
    ];

    private static Operator EachRow(string name, string formula, string pyTorch, Func<Variable, int, Variable> f) => new(name, Family, formula, Types.Floats,
        One("last axis", [2, 3, 4], x => f(x, -1), name.ToLowerInvariant()), One("first axis", [3, 2, 2], x => f(x, 0), name.ToLowerInvariant() + "_first"), One("middle axis", [2, 3, 2], x => f(x, 1)),
        One("a vector", [70], x => f(x, -1)), One("one element a row", [3, 1], x => f(x, -1)), One("no rows", [0, 3], x => f(x, -1)), One("empty rows", [2, 0], x => f(x, -1)))
    {
        PyTorch = pyTorch,
        Mistakes =
        [
            Wrong<ShapeException>("no such axis", () => f(Zeros(2, 3), 2), $"{name}: there is no axis 2 in (2, 3), which has 2 axes (0 to 1, or -1 for the last)."),
            Wrong<DTypeException>("integers", () => f(Zeros(DType.I64, 2, 3), -1), $"{name}: works on floats, not on I64. Convert with To(DType.F32)."),
        ],
    };
}
