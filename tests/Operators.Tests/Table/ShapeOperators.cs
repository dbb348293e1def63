using static MiniStack.Tests.Make;

namespace MiniStack.Tests;

/// <summary>The same numbers in other places.</summary>
internal static class ShapeOperators
{
    private const string Family = "Shapes, and numbers in other places";

    public static Operator[] All { get; } =
    [
        new("Reshape", Family, "another shape", Types.All,
            One("plain", [2, 3, 4], x => x.Reshape(4, -1)), One("to rank 0", [1, 1], x => x.Reshape()), One("empty", [0, 5], x => x.Reshape(3, 0)))
        {
            PyTorch = "torch.reshape",
            Mistakes = [Wrong<ShapeException>("another count", () => Zeros(2, 3).Reshape(4, -1),
                "Reshape: (2, 3) has 6 elements, which do not fill (4, -1). The product of the sizes must be equal; one size may be -1.")],
        },
        new("Transpose", Family, "two axes exchanged", Types.All,
            One("the last two", [2, 3, 4], x => x.Transpose()), One("any two", [2, 3, 4], x => x.Transpose(0, -1)),
            One("empty", [0, 3], x => x.Transpose()), One("one element", [1, 1], x => x.Transpose(0, 1)))
        {
            PyTorch = "torch.transpose",
            Mistakes = [Wrong<ShapeException>("no such axis", () => Zeros(2, 3).Transpose(-3, 0), "Transpose: there is no axis -3 in (2, 3), which has 2 axes (0 to 1, or -1 for the last).")],
        },
        new("Permute", Family, "the axes in another order", Types.All,
            One("a cycle, its inverse is another", [2, 3, 4], x => x.Permute(2, 0, 1)), One("negative axes", [2, 3, 4], x => x.Permute(-1, 0, -2)), One("empty", [0, 3], x => x.Permute(1, 0)))
        {
            PyTorch = "torch.permute",
            Mistakes = [Wrong<ShapeException>("an axis twice", () => Zeros(2, 3).Permute(0, 0), "Permute: the order (0, 0) must name each of the 2 axes of (2, 3) exactly once.")],
        },
        new("Slice", Family, "start, start + step, … along an axis", Types.All,
            One("with a step", [2, 5], x => x.Slice(1, 1, 2, step: 3)), One("negative axis", [2, 5], x => x.Slice(-1, 0, 2)), One("nothing", [2, 3], x => x.Slice(0, 1, 0)),
            One("overlapping", [4], x => x.Slice(0, 0, 3) * x.Slice(0, 1, 3)) with { DTypes = Types.Numbers })
        {
            PyTorch = "torch.narrow",
            Mistakes = [Wrong<ShapeException>("past the end", () => Zeros(2, 3).Slice(1, 2, 2), "Slice: start 2, count 2, step 1 leaves axis 1 of (2, 3), which has indices 0 to 2.")],
        },
        new("Unslice", Family, "zeros with x in a slice's place", Types.All,
            One("with a step", [2, 3], x => x.Unslice([2, 7], 1, 1, step: 2)), One("negative axis", [2, 3], x => x.Unslice([2, 7], -1, 3)), One("nothing", [2, 0], x => x.Unslice([2, 7], 1, 3)))
        { PyTorch = "torch.slice_scatter" },
        new("this[]", Family, "x[1..^1, ^1], steps and new axes", Types.All,
            One("ranges and an index", [4, 5, 6], x => x[1..^1, ^2, ..3], "index"),
            One("negative numbers", [4, 5], x => x[-1, -3]),
            One("steps", [7, 5], x => x[TensorIndex.Every(2, 1..), TensorIndex.Every(3)], "index_steps"),
            One("backwards", [7, 5], x => x[TensorIndex.Every(-2), TensorIndex.Every(-1, 1..4)], "index_backwards"),
            One("new axes and the rest", [2, 3, 4], x => x[TensorIndex.NewAxis, 1, TensorIndex.Ellipsis, TensorIndex.NewAxis, 1..3]),
            One("all", [2, 3], x => x[TensorIndex.All, TensorIndex.All]),
            One("nothing", [3, 2], x => x[3..]),
            One("nothing backwards", [3, 2], x => x[TensorIndex.Every(-1, 1..1)]))
        {
            PyTorch = "torch.Tensor.__getitem__",
            Mistakes =
            [
                Wrong<ShapeException>("an index past the end", () => _ = Zeros(2, 3)[1, 3], "Index: 3 leaves axis 1 of (2, 3), which has indices 0 to 2."),
                Wrong<ShapeException>("a negative index before the start", () => _ = Zeros(2, 3)[-3], "Index: ^3 leaves axis 0 of (2, 3), which has indices 0 to 1."),
                Wrong<ShapeException>("a range past the end", () => _ = Zeros(2, 3)[0..3], "Index: 0..3 leaves axis 0 of (2, 3), which has 2 elements, or ends before it starts."),
                Wrong<ShapeException>("a range the wrong way round", () => _ = Zeros(5)[3..2], "Index: 3..2 leaves axis 0 of (5), which has 5 elements, or ends before it starts."),
                Wrong<ShapeException>("too many", () => _ = Zeros(2)[0, 0], "Index: 2 indices were given for (2), which has 1 axes."),
                Wrong<ShapeException>("two ellipses", () => _ = Zeros(2)[TensorIndex.Ellipsis, TensorIndex.Ellipsis], "Index: there are two Ellipsis; one can stand for all axes that are not named."),
                Wrong<ShapeException>("step 0", () => TensorIndex.Every(0), "TensorIndex.Every: the step must not be 0. Use 1 for every element, -1 for every element backwards."),
            ],
        },
        new("Select", Family, "one index of an axis", Types.All, One("plain", [2, 3], x => x.Select(1, 2)), One("negative axis", [2, 1], x => x.Select(-1, 0))) { PyTorch = "torch.select" },
        new("Expand", Family, "axes of size 1 stretched", Types.All,
            One("stretched and new axes", [3, 1], x => x.Expand([2, 3, 4])), One("rank 0", [], x => x.Expand([2, 2])), One("to empty", [1, 3], x => x.Expand([0, 3])))
        {
            PyTorch = "torch.Tensor.expand",
            Mistakes = [Wrong<ShapeException>("no axis of size 1", () => Zeros(2).Expand([3]), "Expand: (2) does not stretch to (3). Only axes of size 1 stretch, and new axes come first.")],
        },
        new("Squeeze", Family, "without an axis of size 1", Types.All, One("plain", [2, 1, 3], x => x.Squeeze(1)), One("to rank 0", [1], x => x.Squeeze(-1)))
        {
            PyTorch = "torch.squeeze",
            Mistakes = [Wrong<ShapeException>("another size", () => Zeros(2, 3).Squeeze(1), "Squeeze: axis 1 of (2, 3) has size 3, not 1. Use Select to pick one index.")],
        },
        new("Unsqueeze", Family, "with a new axis of size 1", Types.All, One("plain", [2, 3], x => x.Unsqueeze(1)), One("at the end", [2, 3], x => x.Unsqueeze(-1)), One("rank 0", [], x => x.Unsqueeze(0)))
        {
            PyTorch = "torch.unsqueeze",
            Mistakes = [Wrong<ShapeException>("no such place", () => Zeros(2).Unsqueeze(3), "Unsqueeze: there is no place 3 for an axis in (2).")],
        },
        new("Contiguous", Family, "row by row in memory", Types.All,
            One("of a transpose", [2, 3], x => x.Transpose().Contiguous()), One("already", [2, 3], x => x.Contiguous()), One("empty", [0, 2], x => x.Contiguous()))
        { PyTorch = "torch.Tensor.contiguous" },
        new("Concat", Family, "one after the other along an axis", Types.All,
            Three("first axis", [2, 3], [1, 3], [3, 3], (a, b, c) => Variable.Concat([a, b, c])), Three("last axis, one empty", [2, 2], [2, 0], [2, 1], (a, b, c) => Variable.Concat([a, b, c], -1)),
            One("the same twice", [2, 2], x => Variable.Concat([x, x], 1)))
        {
            PyTorch = "torch.cat",
            Mistakes =
            [
                Wrong<ShapeException>("nothing", () => Variable.Concat([]), "Concat: give at least one tensor."),
                Wrong<ShapeException>("other axes", () => Variable.Concat([Zeros(2, 3), Zeros(2, 4)]), "Concat: (2, 3) and (2, 4) must agree on every axis but axis 0."),
            ],
        },
        new("Stack", Family, "side by side along a new axis", Types.All,
            Three("first axis", [2, 3], [2, 3], [2, 3], (a, b, c) => Variable.Stack([a, b, c]), "stack"), Three("last axis", [2, 3], [2, 3], [2, 3], (a, b, c) => Variable.Stack([a, b, c], -1)),
            One("the same twice", [2], x => Variable.Stack([x, x], 1)), One("rank 0", [], x => Variable.Stack([x, x])), One("empty", [0, 2], x => Variable.Stack([x])))
        {
            PyTorch = "torch.stack",
            Mistakes =
            [
                Wrong<ShapeException>("nothing", () => Variable.Stack([]), "Stack: give at least one tensor."),
                Wrong<ShapeException>("shapes", () => Variable.Stack([Zeros(2), Zeros(3)]), "Stack: (2) and (3) differ; all must have one shape. Concat joins along an axis that they have."),
            ],
        },
        new("Split", Family, "parts along an axis", Types.All,
            One("parts of a size", [5, 3], x => x.Split(2)[1]), One("the last part", [5, 3], x => x.Split(2)[^1]), One("of given sizes", [2, 6], x => x.Split([1, 0, 3, 2], -1)[2]),
            One("an empty part", [2, 6], x => x.Split([6, 0], 1)[1]))
        {
            PyTorch = "torch.split",
            Mistakes =
            [
                Wrong<ShapeException>("size 0", () => Zeros(4).Split(0), "Split: the size of a part must be at least 1, not 0."),
                Wrong<ShapeException>("another sum", () => Zeros(4).Split([1, 2]), "Split: the sizes (1, 2) must add up to axis 0 of (4), which has 4."),
            ],
        },
        new("Pad", Family, "with a number around it", Types.Numbers,
            One("the last axes", [2, 3, 2], x => x.Pad([(1, 2), (0, 1)], 3), "pad"), One("zeros", [2], x => x.Pad([(2, 0)])), One("nothing", [2, 2], x => x.Pad([])), One("empty", [0, 2], x => x.Pad([(1, 0), (0, 0)])))
        {
            PyTorch = "torch.nn.functional.pad",
            Mistakes =
            [
                Wrong<ShapeException>("more pairs than axes", () => Zeros(2).Pad([(0, 1), (0, 1)]), "Pad: 2 pairs were given for (2), which has 1 axes."),
                Wrong<ShapeException>("negative", () => Zeros(2).Pad([(-1, 1)]), "Pad: (-1, 1) must not be negative. Use Slice to cut."),
            ],
        },
        new("Flip", Family, "axes in reverse order", Types.All,
            One("one axis", [2, 3, 4], x => x.Flip(1), "flip"), One("two axes", [2, 3, 2], x => x.Flip(0, -1), "flip_two"), One("no axis", [2], x => x.Flip()), One("empty", [0, 3], x => x.Flip(0, 1)), One("one element", [1], x => x.Flip(0)))
        {
            PyTorch = "torch.flip",
            Mistakes = [Wrong<ShapeException>("an axis twice", () => Zeros(2, 3).Flip(1, -1), "Flip: axis -1 of (2, 3) is named twice.")],
        },
        new("Roll", Family, "moved along an axis and around its end", Types.All,
            One("forwards", [2, 5], x => x.Roll(2), "roll"), One("backwards", [4, 2], x => x.Roll(-1, 0), "roll_back"), One("more than once around", [3], x => x.Roll(7)), One("empty", [2, 0], x => x.Roll(1)))
        {
            PyTorch = "torch.roll",
            Mistakes = [Wrong<ShapeException>("no such axis", () => Zeros(2).Roll(1, 1), "Roll: there is no axis 1 in (2), which has 1 axes (0 to 0, or -1 for the last).")],
        },
        Triangle("Tril", "lower", (x, k) => x.Tril(k)),
        Triangle("Triu", "upper", (x, k) => x.Triu(k)),
    ];

    private static Operator Triangle(string name, string which, Func<Variable, int, Variable> f) => new(name, Family, $"the {which} triangle, zeros elsewhere", Types.Numbers,
        One("square", [4, 4], x => f(x, 0), name.ToLowerInvariant()), One("wide, above", [2, 3, 5], x => f(x, 1), name.ToLowerInvariant() + "_above"), One("tall, below", [5, 3], x => f(x, -1), name.ToLowerInvariant() + "_below"),
        One("empty", [0, 3], x => f(x, 0)), One("one element", [1, 1], x => f(x, 0)))
    {
        PyTorch = $"torch.{name.ToLowerInvariant()}",
        Mistakes = [Wrong<ShapeException>("a vector", () => f(Zeros(3), 0), $"{name}: a triangle needs at least two axes, and this tensor is (3).")],
    };
}
