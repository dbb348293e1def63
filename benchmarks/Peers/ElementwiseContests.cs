namespace MiniStack.Benchmarks.Peers;

/// <summary>Operators that touch every element once: 4 Mi elements, 16 MiB.</summary>
internal static class ElementwiseContests
{
    private const int Elements = 4 * 1024 * 1024;
    private const long Bytes = 4L * Elements;
    private const int Table = 8192, Gathered = 16384, Width = 256;

    public static IEnumerable<Contest> All()
    {
        foreach ((string name, Func<Variable, Variable> call) in new (string, Func<Variable, Variable>)[]
                 {
                     ("exp", x => x.Exp()), ("tanh", x => x.Tanh()), ("gelu", x => x.Gelu()), ("silu", x => x.Silu()),
                 })
        {
            yield return new(name, "4Mi", () => Forward(call), Limit.Copy(2 * Bytes), new Asked(1.0));
            yield return new($"{name} backward", "4Mi", () => Backward(call), Limit.Copy(3 * Bytes), new Asked(1.0));
        }
        yield return new("add", "4Mi", Add, Limit.Copy(3 * Bytes), new Asked(0.97));
        yield return new("sum", "4Mi", () => Forward(x => x.Sum()), Limit.Read(Bytes), new Asked(0.97));
        yield return new("transpose-copy", "4096x1024", () => TransposeCopy(), Limit.Copy(2 * Bytes), new Asked(0.97));
        yield return new("embedding", $"{Gathered}x{Width}", () => Embedding(backward: false), Limit.Copy(2 * Bytes), new Asked(0.97));
        yield return new("embedding backward", $"{Gathered}x{Width}", () => Embedding(backward: true), Limit.Copy(2 * Bytes), new Asked(0.97));
    }

    private static Case Forward(Func<Variable, Variable> call)
    {
        Tensor x = Tensor.Normal([Elements], new Rng(7));
        return Case.Forward(() => call(x).Value);
    }

    private static Case Backward(Func<Variable, Variable> call)
    {
        var rng = new Rng(7);
        Tensor x = Tensor.Normal([Elements], rng), dy = Tensor.Normal([Elements], rng);
        return Case.Backward(() => call(Case.Input(x)), dy);
    }

    private static Case Add()
    {
        var rng = new Rng(7);
        Tensor x = Tensor.Normal([Elements], rng), y = Tensor.Normal([Elements], rng);
        return Case.Forward(() => x + y);
    }

    private static Case TransposeCopy()
    {
        Tensor rows = Tensor.Normal([4096, 1024], new Rng(7));
        return Case.Forward(() => rows.Transpose().Contiguous());
    }

    private static Case Embedding(bool backward)
    {
        var rng = new Rng(7);
        Tensor table = Tensor.Normal([Table, Width], rng), dy = Tensor.Normal([Gathered, Width], rng);
        Tensor indices = Tensor.CopyOf(Enumerable.Range(0, Gathered).Select(_ => (long)(rng.NextDouble() * Table)).ToArray());
        return backward
            ? Case.Backward(() => Case.Input(table).Embedding(indices), dy)
            : Case.Forward(() => table.Embedding(indices));
    }
}
