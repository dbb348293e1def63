using static MiniStack.Tests.Make;

namespace MiniStack.Tests;

/// <summary>Picking by index.</summary>
internal static class PickOperators
{
    private const string Family = "Picking by index";
    private const string Index = "its result is an index";

    public static Operator[] All { get; } =
    [
        new("Gather", Family, "x[i, indices[i, j, k], k]", Types.All,
            One("last axis", [2, 4], x => x.Gather(-1, Indices(x, [2, 3], 3, 0, 3, 1, 2, 1)), "gather"),
            One("middle axis", [2, 3, 2], x => x.Gather(1, Indices(x, [2, 2, 2], 0, 2, 2, 1, 1, 0, 1, 1)), "gather_middle"),
            One("I32", [3, 2], x => x.Gather(0, Indices(x, [1, 2], 2, 0).To(DType.I32))),
            One("no indices", [2, 4], x => x.Gather(1, Indices(x, [2, 0]))),
            One("many short rows", [400, 7], x => x.Gather(1, Tensor.CopyOf([6L, 0, 6, 3, 5]).Expand([400, 5]).To(x.Value.Device))) with { HasDifferences = false },
            One("rows longer than a block", [2, 9], x => x.Gather(1, Tensor.CopyOf([8L, 0, 3]).Reshape([1, 3, 1]).Expand([2, 3, 500]).Reshape([2, 1500]).To(x.Value.Device))) with { HasDifferences = false },
            One("long rows", [2, 70], x => x.Gather(1, Tensor.Arange(70).Flip(0).Expand([2, 70]).To(x.Value.Device))))
        {
            PyTorch = "torch.gather",
            Mistakes =
            [
                Wrong<DTypeException>("indices of floats", () => Zeros(2, 2).Gather(0, Tensor.Zeros([2, 2])), "Gather: indices must be I64 or I32, not F32. Convert with To(DType.I64)."),
                Wrong<ShapeException>("other axes", () => Zeros(2, 3).Gather(1, Tensor.Zeros([3, 1], DType.I64)), "Gather: x is (2, 3) and the indices are (3, 1): they must agree on every axis but axis 1."),
                Wrong<IndexException>("outside", () => Zeros(2, 3).Gather(1, Tensor.Full([2, 1], 3, DType.I64)), "Gather: index 3 is outside 0 to 2; there are 3 elements in axis 1."),
                Wrong<IndexException>("negative", () => Zeros(2, 3).Gather(1, Tensor.Full([2, 1], -1, DType.I32)), "Gather: index -1 is outside 0 to 2; there are 3 elements in axis 1."),
            ],
        },
        new("ScatterAdd", Family, "y[i, indices[i, j, k], k] += source[i, j, k]", Types.Numbers,
            Two("last axis", [2, 4], [2, 3], (x, s) => x.ScatterAdd(-1, Indices(x, [2, 3], 3, 0, 3, 1, 2, 1), s), "scatter_add"),
            Two("first axis", [3, 2], [4, 2], (x, s) => x.ScatterAdd(0, Indices(x, [4, 2], 2, 0, 0, 2, 2, 1, 2, 1), s), "scatter_add_first"),
            Two("nothing", [3, 2], [0, 2], (x, s) => x.ScatterAdd(0, Indices(x, [0, 2]), s)),
            One("to itself", [3], x => x.ScatterAdd(0, Indices(x, [3], 1, 1, 0), x)))
        {
            PyTorch = "torch.scatter_add",
            Mistakes =
            [
                Wrong<ShapeException>("source and indices", () => Zeros(2, 3).ScatterAdd(1, Tensor.Zeros([2, 2], DType.I64), Zeros(2, 3)),
                    "ScatterAdd: the source is (2, 3) and the indices are (2, 2): give one element for each index."),
                Wrong<IndexException>("outside", () => Zeros(2).ScatterAdd(0, Tensor.Full([1], 2, DType.I64), Zeros(1)), "ScatterAdd: index 2 is outside 0 to 1; there are 2 elements in axis 0."),
                Wrong<DTypeException>("two dtypes", () => Zeros(2).ScatterAdd(0, Tensor.Zeros([1], DType.I64), Zeros(DType.F64, 1)),
                    "ScatterAdd: a is F32 and b is F64. Convert one of them, for example a.To(DType.F64)."),
            ],
        },
        new("IndexSelect", Family, "slices of an axis", Types.All,
            One("first axis", [4, 3], x => x.IndexSelect(0, Indices(x, [3], 2, 0, 2)), "index_select"), One("middle axis", [2, 3, 4], x => x.IndexSelect(1, Indices(x, [2], 2, 1)), "index_select_middle"),
            One("last axis", [2, 5], x => x.IndexSelect(-1, Indices(x, [1], 4))), One("nothing", [2, 3], x => x.IndexSelect(0, Indices(x, [0]))), One("of a vector", [70], x => x.IndexSelect(0, Indices(x, [2], 69, 0))))
        {
            PyTorch = "torch.index_select",
            Mistakes =
            [
                Wrong<ShapeException>("indices of rank 2", () => Zeros(2, 3).IndexSelect(0, Tensor.Zeros([1, 1], DType.I64)), "IndexSelect: the indices must be [count], not (1, 1). Flatten() them."),
                Wrong<IndexException>("outside", () => Zeros(2, 3).IndexSelect(0, Tensor.Full([1], 2, DType.I64)), "IndexSelect: index 2 is outside 0 to 1; there are 2 slices in axis 0."),
            ],
        },
        new("Embedding", Family, "rows of a table", Types.Floats,
            One("rows picked once, twice and never", [4, 3], x => x.Embedding(Indices(x, [2, 2], 1, 3, 1, 0)), "embedding"), One("one index", [2, 3], x => x.Embedding(Indices(x, [], 1))),
            One("no indices", [2, 3], x => x.Embedding(Indices(x, [0]))))
        {
            PyTorch = "torch.nn.functional.embedding",
            Mistakes =
            [
                Wrong<ShapeException>("a vector", () => Zeros(2).Embedding(Tensor.Arange(2)), "Embedding: the table must be [rows, channels], not (2)."),
                Wrong<IndexException>("outside", () => Zeros(2, 3).Embedding(Tensor.Full([1], 2, DType.I64)), "Embedding: index 2 is outside 0 to 1; there are 2 rows."),
            ],
        },
        new("OneHot", Family, "a row of zeros with a one in the class's place", [DType.I64, DType.I32],
            One("plain", [2, 3], x => x.Value.Abs().OneHot(11)) , One("empty", [0], x => x.Value.OneHot(3)), One("rank 0", [], x => x.Value.Abs().OneHot(11, DType.F16)))
        {
            PyTorch = "torch.nn.functional.one_hot",
            Gradient = Differentiable.No,
            Reason = "it is computed from an index",
            Mistakes =
            [
                Wrong<DTypeException>("floats", () => Zeros(2).Value.OneHot(3), "OneHot: indices must be I64 or I32, not F32. Convert with To(DType.I64)."),
                Wrong<IndexException>("outside", () => Tensor.Full([1], 3, DType.I64).OneHot(3), "OneHot: class 3 is outside 0 to 2; there are 3 classes."),
            ],
        },
        Extreme("ArgMax", "largest", (x, axis) => x.ArgMax(axis)),
        Extreme("ArgMin", "smallest", (x, axis) => x.ArgMin(axis)),
    ];

    private static Operator Extreme(string name, string which, Func<Tensor, int, Tensor> f) => new(name, Family, $"index of the first {which} along an axis", Types.Numbers,
        One("last axis", [3, 70], x => f(x.Value, -1), name.ToLowerInvariant()), One("first axis", [5, 3], x => f(x.Value, 0)), One("one element", [1], x => f(x.Value, 0)), One("no rows", [0, 3], x => f(x.Value, -1)))
    {
        PyTorch = $"torch.{name.ToLowerInvariant()}",
        Gradient = Differentiable.No,
        Reason = Index,
        Mistakes =
        [
            Wrong<ShapeException>("nothing to choose from", () => f(Tensor.Zeros([2, 0]), 1), $"{name}: there is no element to choose from; the reduced axes are empty."),
            Wrong<DTypeException>("Bool", () => f(Tensor.Zeros([2], DType.Bool), 0), $"{name}: works on numbers, not on Bool. Convert with To(DType.F32) or To(DType.I64)."),
        ],
    };
}
