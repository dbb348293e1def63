using static MiniStack.Tests.Make;

namespace MiniStack.Tests;

/// <summary>Matrix products.</summary>
internal static class ProductOperators
{
    private const string Family = "Products";

    public static Operator[] All { get; } =
    [
        new("MatMul", Family, "a·b over the last two axes", Types.Numbers,
            Two("matrices", [2, 3], [3, 4], (a, b) => a.MatMul(b), "matmul"),
            Two("batches", [2, 2, 3], [2, 3, 4], (a, b) => a.MatMul(b), "matmul_batches"),
            Two("one matrix for a batch", [2, 3, 2], [2, 4], (a, b) => a.MatMul(b)),
            Two("one matrix for a batch of batches", [2, 2, 1, 3], [3, 2], (a, b) => a.MatMul(b)),
            Two("a batch for one matrix", [3, 2], [2, 2, 4], (a, b) => a.MatMul(b)),
            Two("both batches stretched", [2, 1, 2, 3], [3, 3, 2], (a, b) => a.MatMul(b)),
            Two("one element", [1, 1], [1, 1], (a, b) => a.MatMul(b)),
            Two("empty sum", [2, 0], [0, 3], (a, b) => a.MatMul(b)),
            Two("empty sum of a batch", [2, 2, 0], [0, 3], (a, b) => a.MatMul(b)),
            Two("no rows", [0, 2], [2, 3], (a, b) => a.MatMul(b)),
            Two("no columns", [2, 2, 3], [3, 0], (a, b) => a.MatMul(b)),
            Two("no batches", [0, 2, 3], [3, 2], (a, b) => a.MatMul(b)),
            Two("longer than vectors", [13, 35], [35, 33], (a, b) => a.MatMul(b)) with { HasDifferences = false, Terms = 35 },
            One("with its own transpose", [3, 2], x => x.MatMul(x.Transpose())))
        {
            PyTorch = "torch.matmul",
            Mistakes =
            [
                Wrong<ShapeException>("inner sizes", () => Zeros(2, 3).MatMul(Zeros(4, 3)),
                    "MatMul: inner sizes differ. a is (2, 3), b is (4, 3): a's last axis (3) must equal b's second-to-last (4). Did you mean b.Transpose()?"),
                Wrong<ShapeException>("a vector", () => Zeros(3).MatMul(Zeros(3, 2)), "MatMul: both need at least two axes. a is (3), b is (3, 2). Make a vector a matrix with Unsqueeze."),
            ],
        },
        Linear("Linear", "x·weightᵀ + bias", "torch.nn.functional.linear", (x, w, b) => x.Linear(w, b), "linear"),
        Linear("LinearGelu", "GELU(x·weightᵀ + bias)", null, (x, w, b) => x.LinearGelu(w, b), null),
    ];

    private static Operator Linear(string name, string formula, string? pyTorch, Func<Variable, Variable, Variable?, Variable> f, string? golden) => new(name, Family, formula, Types.Floats,
        Three("with bias", [3, 2], [4, 2], [4], f, golden),
        Two("without bias", [2, 3, 2], [4, 2], (x, w) => f(x, w, null)),
        Three("a vector", [2], [4, 2], [4], f),
        Three("one element", [1, 1], [1, 1], [1], f),
        Three("no rows", [0, 2], [4, 2], [4], f),
        Three("no inputs", [3, 0], [4, 0], [4], f),
        Three("no outputs", [2, 3, 2], [0, 2], [0], f))
    {
        PyTorch = pyTorch,
        Mistakes =
        [
            Wrong<ShapeException>("inputs", () => f(Zeros(2, 3), Zeros(4, 2), null),
                $"{name}: x is (2, 3) and weight is (4, 2): weight must be [outputs, inputs], with inputs equal to x's last axis."),
            Wrong<ShapeException>("bias", () => f(Zeros(2, 3), Zeros(4, 3), Zeros(3)), $"{name}: bias is (3); it must be (4), one for each output."),
            Wrong<DTypeException>("integers", () => f(Zeros(DType.I64, 2, 3), Zeros(DType.I64, 4, 3), null), $"{name}: works on floats, not on I64. Convert with To(DType.F32)."),
        ],
    };
}
