namespace MiniStack.Tests;

/// <summary>Every differentiable method of <see cref="Variable"/> with the shapes that could trip it.</summary>
internal static partial class GradCases
{
    public static readonly Dictionary<string, GradCase> ByName =
        new[] { Elementwise(), Arithmetic(), Views(), Products(), SelfAttention(), Rows(), Reductions() }.SelectMany(cases => cases).ToDictionary(c => c.Name);

    /// <summary>A function of one input on a plain, an empty, a one-element and a rank 0 shape.</summary>
    private static IEnumerable<GradCase> Unary(string method, NumberSource numbers, Func<Variable, Variable> function)
    {
        Func<Variable[], Variable> f = inputs => function(inputs[0]);
        yield return new(method, "plain", numbers, f, [[2, 3, 4]]);
        yield return new(method, "empty", numbers, f, [[2, 0, 3]]);
        yield return new(method, "one element", numbers, f, [[1, 1]]);
        yield return new(method, "rank 0", numbers, f, [[]]);
    }

    /// <summary>A function of two inputs on equal and on broadcast shapes.</summary>
    private static IEnumerable<GradCase> Binary(string method, NumberSource numbers, Func<Variable, Variable, Variable> function)
    {
        Func<Variable[], Variable> f = inputs => function(inputs[0], inputs[1]);
        yield return new(method, "equal shapes", numbers, f, [[3, 4], [3, 4]]);
        yield return new(method, "both stretched", numbers, f, [[2, 1, 4], [3, 1]]);
        yield return new(method, "a number on the right", numbers, f, [[2, 3], []]);
        yield return new(method, "a number on the left", numbers, f, [[], [2, 3]]);
        yield return new(method, "empty", numbers, f, [[0, 3], [1, 3]]);
        yield return new(method, "one element", numbers, f, [[1], [1, 1]]);
        yield return new(method, "the same input twice", numbers, inputs => function(inputs[0], inputs[0] * 1.1), [[2, 3]]);
    }

    private static IEnumerable<GradCase> Elementwise() =>
    [
        .. Unary("Negate", Numbers.Any, x => x.Negate()),
        .. Unary("Abs", Numbers.NotZero, x => x.Abs()),
        .. Unary("Exp", Numbers.Any, x => x.Exp()),
        .. Unary("Log", Numbers.Positive, x => x.Log()),
        .. Unary("Sqrt", Numbers.Positive, x => x.Sqrt()),
        .. Unary("Sin", Numbers.Any, x => x.Sin()),
        .. Unary("Cos", Numbers.Any, x => x.Cos()),
        .. Unary("Tanh", Numbers.Any, x => x.Tanh()),
        .. Unary("Sigmoid", Numbers.Any, x => x.Sigmoid()),
        .. Unary("Erf", Numbers.Any, x => x.Erf()),
        .. Unary("Relu", Numbers.NotZero, x => x.Relu()),
        .. Unary("Gelu", Numbers.Any, x => x.Gelu()),
        .. Unary("Silu", Numbers.Any, x => x.Silu()),
        .. Unary("Dropout", Numbers.Any, x => x.Dropout(0.4, new Rng(3))),
        .. Unary("op_UnaryNegation", Numbers.Any, x => -x),
    ];

    private static IEnumerable<GradCase> Arithmetic() =>
    [
        .. Binary("Add", Numbers.Any, (a, b) => a.Add(b)),
        .. Binary("Subtract", Numbers.Any, (a, b) => a.Subtract(b)),
        .. Binary("Multiply", Numbers.Any, (a, b) => a.Multiply(b)),
        .. Binary("Divide", Numbers.Positive, (a, b) => a.Divide(b)),
        .. Binary("Pow", Numbers.Positive, (a, b) => a.Pow(b)),
        .. Binary("Maximum", Numbers.Distinct, (a, b) => a.Maximum(b)),
        .. Binary("Minimum", Numbers.Distinct, (a, b) => a.Minimum(b)),
        .. Binary("Where", Numbers.Any, (a, b) => Variable.Where(Tensor.CopyOf([true, false, true, true]).To(a.Value.Device).Slice(0, 1, 1), a, b)),
        new("Where", "stretched condition", Numbers.Any,
            v => Variable.Where(Tensor.CopyOf([true, false, true, true]).To(v[0].Value.Device), v[0], v[1]), [[3, 1], [1, 4]]),
        .. Binary("op_Addition(Variable,Variable)", Numbers.Any, (a, b) => a + b),
        .. Binary("op_Subtraction(Variable,Variable)", Numbers.Any, (a, b) => a - b),
        .. Binary("op_Multiply(Variable,Variable)", Numbers.Any, (a, b) => a * b),
        .. Binary("op_Division(Variable,Variable)", Numbers.Positive, (a, b) => a / b),
        .. Unary("op_Addition(Variable,Double)", Numbers.Any, x => x + 1.5),
        .. Unary("op_Addition(Double,Variable)", Numbers.Any, x => 1.5 + x),
        .. Unary("op_Subtraction(Variable,Double)", Numbers.Any, x => x - 1.5),
        .. Unary("op_Subtraction(Double,Variable)", Numbers.Any, x => 1.5 - x),
        .. Unary("op_Multiply(Variable,Double)", Numbers.Any, x => x * 1.5),
        .. Unary("op_Multiply(Double,Variable)", Numbers.Any, x => 1.5 * x),
        .. Unary("op_Division(Variable,Double)", Numbers.Any, x => x / 1.5),
        .. Unary("op_Division(Double,Variable)", Numbers.Positive, x => 1.5 / x),
    ];

    private static IEnumerable<GradCase> Reductions()
    {
        foreach ((string method, Reduce reduce) in new (string, Reduce)[]
        {
            ("Sum", (x, axes, keep) => x.Sum(axes, keep)),
            ("Mean", (x, axes, keep) => x.Mean(axes, keep)),
            ("Max", (x, axes, keep) => x.Max(axes, keep)),
            ("Min", (x, axes, keep) => x.Min(axes, keep)),
        })
        {
            yield return new(method, "all axes", Numbers.Distinct, v => reduce(v[0], [], false), [[2, 3, 4]]);
            yield return new(method, "all axes, kept", Numbers.Distinct, v => reduce(v[0], [], true), [[2, 3]]);
            yield return new(method, "middle axis", Numbers.Distinct, v => reduce(v[0], [1], false), [[2, 3, 4]]);
            yield return new(method, "two axes, kept", Numbers.Distinct, v => reduce(v[0], [0, -1], true), [[2, 3, 4]]);
            yield return new(method, "one element", Numbers.Distinct, v => reduce(v[0], [0], false), [[1, 1]]);
            yield return new(method, "rank 0", Numbers.Distinct, v => reduce(v[0], [], false), [[]]);
            yield return new(method, "empty, to empty", Numbers.Distinct, v => reduce(v[0], [1], false), [[0, 3]]);
        }
        yield return new("Sum", "empty, to one", Numbers.Any, v => v[0].Sum(), [[0, 3]]);
        yield return new("SumTo", "leading and stretched axes", Numbers.Any, v => v[0].SumTo([3, 1]), [[2, 3, 4]]);
        yield return new("SumTo", "the same shape", Numbers.Any, v => v[0].SumTo([2, 3]), [[2, 3]]);
        yield return new("SumTo", "one number", Numbers.Any, v => v[0].SumTo([]), [[2, 3]]);
        yield return new("SumTo", "empty", Numbers.Any, v => v[0].SumTo([1, 3]), [[0, 3]]);
    }

    private delegate Variable Reduce(Variable x, int[] axes, bool keepDims);
}
