namespace MiniStack.Tests;

internal static partial class GradCases
{
    private static IEnumerable<GradCase> Views() =>
    [
        One("Reshape", "plain", x => x.Reshape(4, -1), [2, 3, 4]),
        One("Reshape", "to rank 0", x => x.Reshape(), [1, 1]),
        One("Reshape", "empty", x => x.Reshape(3, 0), [0, 5]),
        One("Transpose()", "plain", x => x.Transpose(), [2, 3, 4]),
        One("Transpose()", "empty", x => x.Transpose(), [0, 3]),
        One("Transpose(Int32,Int32)", "plain", x => x.Transpose(0, -1), [2, 3, 4]),
        One("Transpose(Int32,Int32)", "one element", x => x.Transpose(0, 1), [1, 1]),
        One("Permute", "a cycle, its inverse is another", x => x.Permute(2, 0, 1), [2, 3, 4]),
        One("Permute", "negative axes", x => x.Permute(-1, 0, -2), [2, 3, 4]),
        One("Permute", "empty", x => x.Permute(1, 0), [0, 3]),
        One("Slice", "with a step", x => x.Slice(1, 1, 2, step: 3), [2, 5]),
        One("Slice", "negative axis", x => x.Slice(-1, 0, 2), [2, 5]),
        One("Slice", "nothing", x => x.Slice(0, 1, 0), [2, 3]),
        One("Slice", "overlapping", x => x.Slice(0, 0, 3) * x.Slice(0, 1, 3), [4]),
        One("Unslice", "with a step", x => x.Unslice([2, 7], 1, 1, step: 2), [2, 3]),
        One("Unslice", "negative axis", x => x.Unslice([2, 7], -1, 3), [2, 3]),
        One("Unslice", "nothing", x => x.Unslice([2, 7], 1, 3), [2, 0]),
        One("Select", "plain", x => x.Select(1, 2), [2, 3]),
        One("Select", "negative axis", x => x.Select(-1, 0), [2, 1]),
        One("Expand", "stretched and new axes", x => x.Expand([2, 3, 4]), [3, 1]),
        One("Expand", "rank 0", x => x.Expand([2, 2]), []),
        One("Expand", "to empty", x => x.Expand([0, 3]), [1, 3]),
        One("Squeeze", "plain", x => x.Squeeze(1), [2, 1, 3]),
        One("Squeeze", "to rank 0", x => x.Squeeze(-1), [1]),
        One("Unsqueeze", "plain", x => x.Unsqueeze(1), [2, 3]),
        One("Unsqueeze", "at the end", x => x.Unsqueeze(-1), [2, 3]),
        One("Unsqueeze", "rank 0", x => x.Unsqueeze(0), []),
        One("Contiguous", "of a transpose", x => x.Transpose().Contiguous(), [2, 3]),
        One("Contiguous", "already", x => x.Contiguous(), [2, 3]),
        One("Contiguous", "empty", x => x.Contiguous(), [0, 2]),
        Many("Concat", "first axis", v => Variable.Concat(v), [2, 3], [1, 3], [3, 3]),
        Many("Concat", "last axis, one empty", v => Variable.Concat(v, -1), [2, 2], [2, 0], [2, 1]),
        Many("Concat", "the same twice", v => Variable.Concat([v[0], v[0]], 1), [2, 2]),
    ];

    private static IEnumerable<GradCase> Products() =>
    [
        Many("MatMul", "matrices", v => v[0].MatMul(v[1]), [2, 3], [3, 4]),
        Many("MatMul", "batches", v => v[0].MatMul(v[1]), [2, 2, 3], [2, 3, 4]),
        Many("MatMul", "one matrix for a batch", v => v[0].MatMul(v[1]), [2, 3, 2], [2, 4]),
        Many("MatMul", "one matrix for a batch of batches", v => v[0].MatMul(v[1]), [2, 2, 1, 3], [3, 2]),
        Many("MatMul", "a batch for one matrix", v => v[0].MatMul(v[1]), [3, 2], [2, 2, 4]),
        Many("MatMul", "both batches stretched", v => v[0].MatMul(v[1]), [2, 1, 2, 3], [3, 3, 2]),
        Many("MatMul", "one element", v => v[0].MatMul(v[1]), [1, 1], [1, 1]),
        Many("MatMul", "empty sum", v => v[0].MatMul(v[1]), [2, 0], [0, 3]),
        Many("MatMul", "empty sum of a batch", v => v[0].MatMul(v[1]), [2, 2, 0], [0, 3]),
        Many("MatMul", "no rows", v => v[0].MatMul(v[1]), [0, 2], [2, 3]),
        Many("MatMul", "no columns", v => v[0].MatMul(v[1]), [2, 2, 3], [3, 0]),
        Many("MatMul", "no batches", v => v[0].MatMul(v[1]), [0, 2, 3], [3, 2]),
        One("MatMul", "with its own transpose", x => x.MatMul(x.Transpose()), [3, 2]),
        Many("Linear", "with bias", v => v[0].Linear(v[1], v[2]), [3, 2], [4, 2], [4]),
        Many("Linear", "without bias", v => v[0].Linear(v[1]), [2, 3, 2], [4, 2]),
        Many("Linear", "a vector", v => v[0].Linear(v[1], v[2]), [2], [4, 2], [4]),
        Many("Linear", "one element", v => v[0].Linear(v[1], v[2]), [1, 1], [1, 1], [1]),
        Many("Linear", "no rows", v => v[0].Linear(v[1], v[2]), [0, 2], [4, 2], [4]),
        Many("Linear", "no inputs", v => v[0].Linear(v[1], v[2]), [3, 0], [4, 0], [4]),
        Many("Linear", "no outputs", v => v[0].Linear(v[1], v[2]), [2, 3, 2], [0, 2], [0]),
        Many("LinearGelu", "with bias", v => v[0].LinearGelu(v[1], v[2]), [3, 2], [4, 2], [4]),
        Many("LinearGelu", "without bias", v => v[0].LinearGelu(v[1]), [2, 3, 2], [4, 2]),
        Many("LinearGelu", "a vector", v => v[0].LinearGelu(v[1], v[2]), [2], [4, 2], [4]),
        Many("LinearGelu", "one element", v => v[0].LinearGelu(v[1], v[2]), [1, 1], [1, 1], [1]),
        Many("LinearGelu", "no rows", v => v[0].LinearGelu(v[1], v[2]), [0, 2], [4, 2], [4]),
        Many("LinearGelu", "no inputs", v => v[0].LinearGelu(v[1], v[2]), [3, 0], [4, 0], [4]),
        Many("Attention", "causal", v => Variable.Attention(v[0], v[1], v[2]), [2, 2, 3, 4], [2, 2, 3, 4], [2, 2, 3, 4]),
        Many("Attention", "all keys", v => Variable.Attention(v[0], v[1], v[2], causal: false), [1, 2, 2, 3], [1, 2, 4, 3], [1, 2, 4, 3]),
        Many("Attention", "causal, earlier keys", v => Variable.Attention(v[0], v[1], v[2]), [1, 1, 2, 3], [1, 1, 4, 3], [1, 1, 4, 3]),
        Many("Attention", "values of another size", v => Variable.Attention(v[0], v[1], v[2]), [1, 3, 2], [1, 3, 2], [1, 3, 5]),
        Many("Attention", "one element", v => Variable.Attention(v[0], v[1], v[2]), [1, 1, 1, 1], [1, 1, 1, 1], [1, 1, 1, 1]),
        Many("Attention", "no queries", v => Variable.Attention(v[0], v[1], v[2]), [1, 1, 0, 2], [1, 1, 3, 2], [1, 1, 3, 2]),
        Many("Attention", "keys of another batch", v => Variable.Attention(v[0], v[1], v[2]), [2, 3, 2, 2], [3, 2, 2], [3, 2, 2]),
        Many("Attention", "matrices", v => Variable.Attention(v[0], v[1], v[2], causal: false), [2, 3], [4, 3], [4, 2]),
        Many("Attention", "no keys", v => Variable.Attention(v[0], v[1], v[2], causal: false), [1, 1, 2, 2], [1, 1, 0, 2], [1, 1, 0, 2]),
        Many("Attention", "longer than a tile", v => Variable.Attention(v[0], v[1], v[2]), [1, 1, 14, 2], [1, 1, 14, 2], [1, 1, 14, 2]),
        Many("Attention", "no batches", v => Variable.Attention(v[0], v[1], v[2]), [0, 1, 2, 2], [0, 1, 2, 2], [0, 1, 2, 2]),
    ];

    private static IEnumerable<GradCase> SelfAttention() =>
    [
        One("SelfAttention", "causal", x => Variable.SelfAttention(x, heads: 2), [2, 3, 12]),
        One("SelfAttention", "all positions", x => Variable.SelfAttention(x, heads: 3, causal: false), [1, 4, 9]),
        One("SelfAttention", "one position", x => Variable.SelfAttention(x, heads: 1), [2, 1, 6]),
        One("SelfAttention", "no positions", x => Variable.SelfAttention(x, heads: 1), [2, 0, 6]),
        One("SelfAttention", "no batches", x => Variable.SelfAttention(x, heads: 2), [0, 3, 6]),
    ];

    private static IEnumerable<GradCase> Rows() =>
    [
        .. EachRow("Softmax", (x, axis) => x.Softmax(axis)),
        .. EachRow("LogSoftmax", (x, axis) => x.LogSoftmax(axis)),
        Many("LayerNorm", "with bias", v => v[0].LayerNorm(v[1], v[2]), [2, 3, 5], [5], [5]),
        Many("LayerNorm", "without bias", v => v[0].LayerNorm(v[1]), [3, 4], [4]),
        Many("LayerNorm", "large epsilon", v => v[0].LayerNorm(v[1], epsilon: 0.5), [3, 4], [4]),
        Many("LayerNorm", "one channel", v => v[0].LayerNorm(v[1], v[2]), [3, 1], [1], [1]),
        Many("LayerNorm", "a vector", v => v[0].LayerNorm(v[1], v[2]), [5], [5], [5]),
        Many("LayerNorm", "no rows", v => v[0].LayerNorm(v[1], v[2]), [0, 4], [4], [4]),
        Many("LayerNorm", "no channels", v => v[0].LayerNorm(v[1], v[2]), [3, 0], [0], [0]),
        Many("RmsNorm", "rows of rows", v => v[0].RmsNorm(v[1]), [2, 3, 5], [5]),
        Many("RmsNorm", "large epsilon", v => v[0].RmsNorm(v[1], epsilon: 0.5), [3, 4], [4]),
        Many("RmsNorm", "one channel", v => v[0].RmsNorm(v[1], epsilon: 0.5), [3, 1], [1]),
        Many("RmsNorm", "a vector", v => v[0].RmsNorm(v[1]), [5], [5]),
        Many("RmsNorm", "no rows", v => v[0].RmsNorm(v[1]), [0, 4], [4]),
        Many("RmsNorm", "no channels", v => v[0].RmsNorm(v[1]), [3, 0], [0]),
        One("CrossEntropy", "mean", x => x.CrossEntropy(Indices(x, [2, 0, 1], [3])), [3, 4]),
        One("CrossEntropy", "sum", x => x.CrossEntropy(Indices(x, [2, 0, 1, 3], [2, 2]), Reduction.Sum), [2, 2, 4]),
        One("CrossEntropy", "each row", x => x.CrossEntropy(Indices(x, [2, 0, 1], [3]), Reduction.None), [3, 4]),
        One("CrossEntropy", "one row", x => x.CrossEntropy(Indices(x, [1], [])), [3]),
        One("CrossEntropy", "one class", x => x.CrossEntropy(Indices(x, [0, 0], [2])), [2, 1]),
        One("CrossEntropy", "no rows", x => x.CrossEntropy(Indices(x, [], [0]), Reduction.Sum), [0, 4]),
        One("CrossEntropy", "no rows and no classes", x => x.CrossEntropy(Indices(x, [], [0]), Reduction.Sum), [0, 0]),
        One("Embedding", "rows picked once, twice and never", x => x.Embedding(Indices(x, [1, 3, 1, 0], [2, 2])), [4, 3]),
        One("Embedding", "one index", x => x.Embedding(Indices(x, [1], [])), [2, 3]),
        One("Embedding", "no indices", x => x.Embedding(Indices(x, [], [0])), [2, 3]),
    ];

    private static IEnumerable<GradCase> EachRow(string method, Func<Variable, int, Variable> function) =>
    [
        One(method, "last axis", x => function(x, -1), [2, 3, 4]),
        One(method, "first axis", x => function(x, 0), [3, 2, 2]),
        One(method, "middle axis", x => function(x, 1), [2, 3, 2]),
        One(method, "a vector", x => function(x, -1), [5]),
        One(method, "one element a row", x => function(x, -1), [3, 1]),
        One(method, "no rows", x => function(x, -1), [0, 3]),
        One(method, "empty rows", x => function(x, -1), [2, 0]),
    ];

    private static Tensor Indices(Variable like, long[] indices, Shape shape) => Tensor.CopyOf(indices, shape).To(like.Value.Device);

    private static GradCase One(string method, string condition, Func<Variable, Variable> function, Shape shape) =>
        new(method, condition, Numbers.Any, inputs => function(inputs[0]), [shape]);

    private static GradCase Many(string method, string condition, Func<Variable[], Variable> function, params Shape[] shapes) =>
        new(method, condition, Numbers.Any, function, shapes);
}
