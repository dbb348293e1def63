namespace MiniStack.Benchmarks.Peers;

/// <summary>Contests of a function of one tensor, whose shape the peer's script reads from the row.</summary>
internal static class ShapeContest
{
    /// <summary>Both directions.</summary>
    public static IEnumerable<Contest> Pair(string name, Shape shape, Func<Variable, Variable> call, double asked) =>
        [Forward(name, shape, call, asked), Backward(name, shape, (x, _) => call(x), 0, asked)];

    /// <summary>Both directions, with so many weights of one number a channel (axis 1).</summary>
    public static IEnumerable<Contest> Pair(string name, Shape shape, Func<Variable, Variable[], Variable> call, int weights, double asked) =>
    [
        Forward(name, shape, x => call(x, Weights(shape, weights)), asked),
        Backward(name, shape, call, weights, asked),
    ];

    /// <summary>The function without its gradient.</summary>
    public static Contest Forward(string name, Shape shape, Func<Variable, Variable> call, double asked) => new(
        name, Text(shape),
        () =>
        {
            Tensor x = Tensor.Normal(shape, new Rng(7));
            return Case.Forward(() => call(x).Value);
        },
        Limit.Copy(4 * (shape.Count + CountOf(shape, call))), new Asked(asked));

    private static Contest Backward(string name, Shape shape, Func<Variable, Variable[], Variable> call, int weights, double asked) => new(
        $"{name} backward", Text(shape),
        () =>
        {
            var rng = new Rng(7);
            Tensor x = Tensor.Normal(shape, rng);
            Tensor[] extra = [.. Weights(shape, weights).Select(weight => weight.Value)];
            Shape result;
            using (MemoryScope.Begin()) result = call(x, Weights(shape, weights)).Shape;
            return Case.Backward(() => call(Case.Input(x), [.. extra.Select(Case.Input)]), Tensor.Normal(result, rng));
        },
        Limit.Copy(4 * (shape.Count + CountOf(shape, x => call(x, Weights(shape, weights))))), new Asked(asked));

    private static Variable[] Weights(Shape shape, int count) =>
        [.. Enumerable.Range(0, count).Select(i => new Variable(Tensor.Normal([shape[1]], new Rng((ulong)i))))];

    /// <summary>Elements of the result: asked once of a tensor that is not filled.</summary>
    private static long CountOf(Shape shape, Func<Variable, Variable> call)
    {
        using MemoryScope scope = MemoryScope.Begin();
        return call(Tensor.Zeros(shape)).Value.Count;
    }

    private static string Text(Shape shape) => string.Join('x', shape);
}
