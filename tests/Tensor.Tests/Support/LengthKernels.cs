using MiniStack.Operators;

namespace MiniStack.Tests;

/// <summary>One method of a backend, called at any length.</summary>
/// <param name="Method">Its name.</param>
/// <param name="Rows">0 for inputs of one axis, else how many rows they have.</param>
/// <param name="Call">Calls it and declares its outputs.</param>
/// <param name="F32">How far F32 may be from the reference, relative to max(1, |y|).</param>
/// <param name="F64">The same of F64.</param>
/// <param name="Least">The smallest length it is defined for.</param>
/// <param name="Sums">Whether the error grows as the root of the number of elements.</param>
internal sealed record LengthKernel(
    string Method, int Rows, Action<LengthCase> Call, double F32 = 0, double F64 = 0, int Least = 0, bool Sums = false);

/// <summary>All of them; tolerances are those of the tests that draw shapes at random.</summary>
internal static class LengthKernels
{
    public static LengthKernel[] All { get; } =
    [
        // One element from one.
        Unary("Copy", (b, x, y) => b.Copy(x, y)),
        new("Copy", 2, c => c.Backend.Copy(c.X.Contiguous(), c.Output([c.Length, 2]).Transpose())),
        new("Fill", 0, c => c.Backend.Fill(c.Output(), -2.5)),
        new("Fill", 2, c => c.Backend.Fill(c.Output([c.Length, 2]).Transpose(), -2.5)),
        Unary("Negate", (b, x, y) => b.Unary<Negate>(x, y)),
        Unary("Abs", (b, x, y) => b.Unary<Abs>(x, y)),
        Unary("Exp", (b, x, y) => b.Unary<Exp>(x, y), 4e-7, 2e-15),
        Unary("Log", (b, x, y) => b.Unary<Log>(x, y), 4e-7, 2e-15),
        Unary("Sqrt", (b, x, y) => b.Unary<Sqrt>(x, y)),
        Unary("Sin", (b, x, y) => b.Unary<Sin>(x, y)),
        Unary("Cos", (b, x, y) => b.Unary<Cos>(x, y)),
        Unary("Tanh", (b, x, y) => b.Unary<Tanh>(x, y), 4e-7, 2e-15),
        Unary("Sigmoid", (b, x, y) => b.Unary<Sigmoid>(x, y), 4e-7, 2e-15),
        Unary("Erf", (b, x, y) => b.Unary<Erf>(x, y), 4e-7, 2e-15),
        Unary("Relu", (b, x, y) => b.Unary<Relu>(x, y)),
        Unary("Gelu", (b, x, y) => b.Unary<Gelu>(x, y), 4e-7, 2e-15),
        Unary("Silu", (b, x, y) => b.Unary<Silu>(x, y), 4e-7, 2e-15),
        Unary("Tan", (b, x, y) => b.Unary<Tan>(x, y)),
        Unary("Asin", (b, x, y) => b.Unary<Asin>(x, y), 4e-7, 2e-15),
        Unary("Acos", (b, x, y) => b.Unary<Acos>(x, y), 8e-7, 4e-15),
        Unary("Atan", (b, x, y) => b.Unary<Atan>(x, y), 4e-7, 2e-15),
        Unary("Sinh", (b, x, y) => b.Unary<Sinh>(x, y), 4e-7, 2e-15),
        Unary("Cosh", (b, x, y) => b.Unary<Cosh>(x, y), 4e-7, 2e-15),
        Unary("Floor", (b, x, y) => b.Unary<Floor>(x, y)),
        Unary("Ceiling", (b, x, y) => b.Unary<Ceiling>(x, y)),
        Unary("Round", (b, x, y) => b.Unary<Round>(x, y)),
        Unary("Sign", (b, x, y) => b.Unary<Sign>(x, y)),
        new("Not", 0, c => c.Backend.Unary<Not>(c.Condition, c.Output(type: DType.Bool))),

        // One element from two or three.
        Binary("TanhBackward", (b, y, dy, dx) => b.Binary<TanhBackward>(y, dy, dx), 2e-6, 1e-14),
        Binary("SigmoidBackward", (b, y, dy, dx) => b.Binary<SigmoidBackward>(y, dy, dx), 2e-6, 1e-14),
        Binary("ReluBackward", (b, x, dy, dx) => b.Binary<ReluBackward>(x, dy, dx)),
        Binary("GeluBackward", (b, x, dy, dx) => b.Binary<GeluBackward>(x, dy, dx), 2e-6, 1e-14),
        Binary("SiluBackward", (b, x, dy, dx) => b.Binary<SiluBackward>(x, dy, dx), 2e-6, 1e-14),
        Binary("Add", (b, x, other, y) => b.Binary<Add>(x, other, y)),
        Binary("Subtract", (b, x, other, y) => b.Binary<Subtract>(x, other, y)),
        Binary("Multiply", (b, x, other, y) => b.Binary<Multiply>(x, other, y)),
        Binary("Divide", (b, x, other, y) => b.Binary<Divide>(x, other, y)),
        Binary("Pow", (b, x, other, y) => b.Binary<Pow>(x, other, y)),
        Binary("Maximum", (b, x, other, y) => b.Binary<Maximum>(x, other, y)),
        Binary("Minimum", (b, x, other, y) => b.Binary<Minimum>(x, other, y)),
        Binary("Equal", (b, x, other, y) => b.Compare<Equal>(x, other, y), result: DType.Bool),
        Binary("Less", (b, x, other, y) => b.Compare<Less>(x, other, y), result: DType.Bool),
        Binary("LessOrEqual", (b, x, other, y) => b.Compare<LessOrEqual>(x, other, y), result: DType.Bool),
        new("Where", 0, c => c.Backend.Where(c.Condition, c.X, c.Other, c.Output())),
        new("Where", 2, c => c.Backend.Where(c.Condition, c.X, c.Other, c.Output())),

        // Random numbers, and the optimizers' updates.
        new("Uniform", 0, c => c.Backend.Uniform(c.Output(), -2, 3, 42, 5)),
        new("Normal", 0, c => c.Backend.Normal(c.Output(), 1, 0.02, 42, 5)),
        Unary("Dropout", (b, x, y) => b.Dropout(x, y, 0.3, 42, 5)),
        new("AdamW", 0, c => c.Backend.AdamW([new(c.InOut(), c.Other, c.InOut(zero: true), c.InOut(zero: true))], new AdamWStep(0.01, 0.9, 0.99, 1e-8, 0.1, 0.5, 1)), 2e-6, 1e-14),
        new("Sgd", 0, c => c.Backend.Sgd(c.InOut(), c.Other, null, new SgdStep(0.1, 0, false, 0.01, 0.5)), 2e-6, 1e-14),
        new("Sgd", 0, c => c.Backend.Sgd(c.InOut(), c.Other, c.InOut(zero: true), new SgdStep(0.1, 0.9, true, 0.01, 0.5)), 2e-6, 1e-14),

        // Reductions of all elements, of each row, and of each column.
        new("Sum", 3, c => Reduce(c, c.Backend.Sum), 1e-6, 1e-13, Sums: true),
        new("Max", 3, c => Reduce(c, c.Backend.Max), Least: 1),
        new("Min", 3, c => Reduce(c, c.Backend.Min), Least: 1),
        new("ArgMax", 3, c => c.Backend.ArgMax(c.X, c.Output(c.Rows, DType.I64)), Least: 1),
        new("SquaredNorm", 0, c => c.Output([]).Fill(c.Backend.SquaredNorm([c.X])), 1e-6, 1e-12),

        // Rows.
        new("Softmax", 3, c => c.Backend.Softmax(c.X, c.Output()), 1e-6, 1e-14, Least: 1),
        new("LogSoftmax", 3, c => c.Backend.LogSoftmax(c.X, c.Output()), 1e-6, 1e-14, Least: 1),
        new("SoftmaxBackward", 3, c => c.Backend.SoftmaxBackward(c.X.Softmax(), c.Other, c.Output()), 1e-6, 1e-14, Least: 1),
        new("LayerNorm", 3, c => c.Backend.LayerNorm(c.X, c.Weight, c.Weight, 1e-2, c.Output(), c.Output(c.Rows), c.Output(c.Rows)), 3e-6, 1e-11, Least: 1),
        new("LayerNormBackward", 3, LayerNormBackward, 3e-6, 1e-12, Least: 2, Sums: true),
        new("RmsNorm", 3, c => c.Backend.RmsNorm(c.X, c.Weight, 1e-6, c.Output(), c.Output(c.Rows)), 1e-6, 1e-14, Least: 1),
        new("RmsNormBackward", 3, RmsNormBackward, 3e-6, 1e-12, Least: 1, Sums: true),
        new("CrossEntropy", 3, c => c.Backend.CrossEntropy(c.X, c.Targets, c.Output(c.Rows), c.Output(c.Rows)), 1e-6, 1e-14, Least: 1),
        new("CrossEntropyBackward", 3, CrossEntropyBackward, 4e-6, 1e-13, Least: 1),
        new("LogSumExp", 3, c => Reduce(c, c.Backend.LogSumExp), 1e-6, 1e-14),
        new("Variance", 3, c => Reduce(c, (x, y) => c.Backend.Variance(x, 1, y)), 3e-6, 1e-12, Least: 2),
        Binary("BinaryCrossEntropyWithLogits", (b, x, t, y) => b.Binary<BinaryCrossEntropyWithLogits>(x, t, y), 1e-6, 4e-15),
        new("RotaryEmbedding", 3, c => Rotary(c, interleaved: false, back: false), 1e-6, 2e-15, Least: 2),
        new("RotaryEmbedding", 3, c => Rotary(c, interleaved: true, back: true), 1e-6, 2e-15, Least: 2),
        new("Embedding", 3, c => c.Backend.Embedding(c.X, Tensor.CopyOf([2, 0, 2, 1]), c.Output([4, c.Length]))),
        new("Sort", 3, c => c.Backend.Sort(c.X, false, c.Output(), c.Output(type: DType.I64))),
        new("Sort", 3, c => c.Backend.Sort(c.X, true, c.Output(), c.Output(type: DType.I64))),
        new("TopK", 3, c => c.Backend.TopK(c.X, true, c.Output([3, 1]), c.Output([3, 1], DType.I64)), Least: 1),
        new("TopK", 3, c => c.Backend.TopK(c.X, false, c.Output([3, 3]), c.Output([3, 3], DType.I64)), Least: 3),
        new("CumSum", 3, c => c.Backend.CumSum(c.X, 1, false, c.Output()), 1e-6, 1e-13, Sums: true),
        new("CumSum", 3, c => c.Backend.CumSum(c.X, 0, true, c.Output()), 1e-6, 1e-13),
        new("BinCount", 3, c => c.Backend.BinCount(c.Targets.Expand([c.Length, 3]), c.Output([c.Length], DType.I64)), Least: 1),
        new("Gather", 3, c => c.Backend.Gather(c.X, Backwards(c), c.Output()), Least: 1),
        new("ScatterAdd", 3, c => c.Backend.ScatterAdd(Backwards(c), c.Other, c.InOut(), accumulate: true), 4e-7, 1e-15, Least: 1),
        new("ScatterAdd", 3, c => c.Backend.ScatterAdd(Backwards(c), c.Other, c.Output(), accumulate: false), 4e-7, 1e-15, Least: 1),
        new("EmbeddingBackward", 3, c => c.Backend.EmbeddingBackward(Tensor.CopyOf([2, 0, 2]), c.X, c.Output([4, c.Length])), 2e-6, 1e-14),
    ];

    private static LengthKernel Unary(string method, Action<Backend, Tensor, Tensor> f, double f32 = 0, double f64 = 0) =>
        new(method, 0, c => f(c.Backend, c.X, c.Output()), f32, f64);

    private static LengthKernel Binary(
        string method, Action<Backend, Tensor, Tensor, Tensor> f, double f32 = 0, double f64 = 0, DType? result = null) =>
        new(method, 0, c => f(c.Backend, c.X, c.Other, c.Output(type: result)), f32, f64);

    private static void Reduce(LengthCase c, Action<Tensor, Tensor> f)
    {
        f(c.X, c.Output([]));
        f(c.X, c.Output(c.Rows));
        f(c.X.Transpose(), c.Output([c.Length]));
    }

    /// <summary>length − 1, …, 0 in each row, but the last element twice and the first never.</summary>
    private static Tensor Backwards(LengthCase c) =>
        Tensor.CopyOf(Enumerable.Range(0, c.Length).Select(i => (long)Math.Min(c.Length - i, c.Length - 1)).ToArray()).Expand([c.Shape[0], c.Length]);

    private static void Rotary(LengthCase c, bool interleaved, bool back)
    {
        (Tensor cos, Tensor sin) = Tensor.RotaryTables(3, c.Length / 2 * 2, dtype: c.X.DType, device: c.X.Device);
        c.Backend.RotaryEmbedding(c.X, cos, sin, interleaved, back, c.Output());
    }

    private static void LayerNormBackward(LengthCase c)
    {
        c.X.LayerNorm(c.Weight, null, 1e-2, out Tensor mean, out Tensor rstd);
        c.Backend.LayerNormBackward(c.X, c.Weight, mean, rstd, c.Other, c.Output(), c.Output([c.Length]), c.Output([c.Length]));
    }

    private static void RmsNormBackward(LengthCase c)
    {
        c.X.RmsNorm(c.Weight, 1e-2, out Tensor rstd);
        c.Backend.RmsNormBackward(c.X, c.Weight, rstd, c.Other, c.Output(), c.Output([c.Length]));
    }

    private static void CrossEntropyBackward(LengthCase c)
    {
        c.X.CrossEntropy(c.Targets, out Tensor logSumExp);
        c.Backend.CrossEntropyBackward(c.X, c.Targets, logSumExp, c.Other.Sum([1]), c.Output());
    }
}
