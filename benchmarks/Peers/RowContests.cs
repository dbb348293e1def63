namespace MiniStack.Benchmarks.Peers;

/// <summary>Operators along the rows of a matrix of 4096 × 1024.</summary>
internal static class RowContests
{
    private const int Count = 4096, Channels = 1024;
    private const long Bytes = 4L * Count * Channels;

    public static IEnumerable<Contest> All() =>
    [
        .. Pair("softmax", (x, _) => x.Softmax(), 0),
        .. Pair("layernorm", (x, w) => x.LayerNorm(w[0], w[1]), 2),
        .. Pair("rmsnorm", (x, w) => x.RmsNorm(w[0]), 1),
        .. Pair("cross-entropy", CrossEntropy, 0, readOnly: true),
        .. Pair("sum-axis0", (x, _) => x.Sum([0]), 0, readOnly: true),
        .. Pair("sum-axis1", (x, _) => x.Sum([1]), 0, readOnly: true),
    ];

    private static readonly Tensor Targets = Tensor.CopyOf(
        Enumerable.Range(0, Count).Select(i => i * 7919L % Channels).ToArray()).Persist();

    private static Variable CrossEntropy(Variable x, Variable[] weights) => x.CrossEntropy(Targets);

    private static IEnumerable<Contest> Pair(string name, Func<Variable, Variable[], Variable> call, int weights, bool readOnly = false)
    {
        yield return new(name, "4096x1024", () => Forward(call, weights), readOnly ? Limit.Read(Bytes) : Limit.Copy(2 * Bytes), new Asked(1.0));
        yield return new($"{name} backward", "4096x1024", () => Backward(call, weights), Limit.Copy((readOnly ? 2 : 3) * Bytes), new Asked(1.0));
    }

    private static Case Forward(Func<Variable, Variable[], Variable> call, int weights)
    {
        var rng = new Rng(7);
        Tensor x = Tensor.Normal([Count, Channels], rng);
        Variable[] extra = [.. Enumerable.Range(0, weights).Select(_ => new Variable(Tensor.Normal([Channels], rng)))];
        return Case.Forward(() => call(x, extra).Value);
    }

    private static Case Backward(Func<Variable, Variable[], Variable> call, int weights)
    {
        var rng = new Rng(7);
        Tensor x = Tensor.Normal([Count, Channels], rng);
        Tensor[] extra = [.. Enumerable.Range(0, weights).Select(_ => Tensor.Normal([Channels], rng))];
        Variable Call() => call(Case.Input(x), [.. extra.Select(Case.Input)]);
        Shape shape;
        using (MemoryScope.Begin()) shape = Call().Shape;
        return Case.Backward(Call, Tensor.Normal(shape, rng));
    }
}
