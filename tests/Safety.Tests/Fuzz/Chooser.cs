namespace MiniStack.Tests;

/// <summary>Draws the arguments of a random program: tensors of all dtypes, layouts and lives, sizes that fit and sizes that do not.</summary>
internal sealed class Chooser
{
    private static readonly DType[] DTypes = [DType.F32, DType.F32, DType.F32, DType.F32, DType.F64, DType.F16, DType.BF16, DType.I64, DType.I64, DType.I32, DType.U8, DType.Bool];

    private static readonly int[][] Shapes =
    [
        [], [1], [3], [4], [2, 3], [3, 4], [4, 4], [4, 3], [17], [2, 33], [2, 3, 4], [1, 2, 4, 4], [2, 4, 5, 5], [4, 4, 3, 3], [1, 4, 12], [0], [0, 3], [3, 0],
    ];

    private readonly Random _random;
    private readonly List<Tensor> _tensors = [];
    private readonly List<Variable> _variables = [];
    private readonly List<Parameter> _parameters = [];

    public Chooser(Random random) => _random = random;

    /// <summary>The same tensors, drawn from by another thread.</summary>
    public Chooser(Random random, Chooser other)
    {
        _random = random;
        (_tensors, _variables, _parameters) = ([.. other._tensors], [.. other._variables], [.. other._parameters]);
    }

    public IReadOnlyList<Parameter> Parameters => _parameters;

    public bool Flip(double p = 0.5) => _random.NextDouble() < p;

    public T One<T>(params ReadOnlySpan<T> of) => of[_random.Next(of.Length)];

    public DType Kind() => One(DTypes);

    public DType Float() => One(DType.F32, DType.F32, DType.F64, DType.F16, DType.BF16);

    public int[] Sizes() => One(Shapes);

    public Shape Shape()
    {
        int[] sizes = Flip(0.95) ? Sizes() : [One(1, 3, 20_000), One(2, 3)];
        return [.. sizes];
    }

    public int Axis() => One(0, 0, 1, 1, -1, -1, 2, 3, -2, 4, -5, int.MinValue, int.MaxValue);

    public int Small() => One(0, 1, 1, 2, 2, 3, 4, 5, -1, -3, 12, 1000, int.MaxValue, int.MinValue);

    public int Positive() => One(1, 1, 1, 2, 2, 3, 4, 0, -1, int.MaxValue);

    public Pair Pair() => new(Positive(), Positive());

    public double Number() => One(0, 1, -1, 0.5, 2, 1e-3, 255, 300, 1e9, 1e300, double.NaN, double.PositiveInfinity, -3.25);

    public int[] Axes() => One<int[]>([], [0], [1], [-1], [0, 1], [1, 0], [0, 0], [2], [0, 2], [1, 2, 3], [5]);

    public bool Bool() => Flip();

    /// <summary>A tensor that the program has made, or a new one.</summary>
    public Tensor T() => _tensors.Count > 0 && Flip(0.8) ? _tensors[_random.Next(_tensors.Count)] : Make(Kind(), Shape());

    public Tensor? Maybe() => Flip() ? null : T();

    /// <summary>A tensor that fits to another: its dtype, and its shape or one that is often right for a weight.</summary>
    public Tensor Like(Tensor x)
    {
        if (Flip(0.15)) return T();
        Shape shape = Flip(0.6) ? x.Shape : x.Rank == 0 ? [] : One<Shape>([x.Shape[^1]], [x.Shape[0]], [3, x.Shape[^1]], [x.Shape[^1], 4], [2, x.Rank > 1 ? x.Shape[1] : 1, 2, 2]);
        return Make(x.DType, shape);
    }

    public Tensor? MaybeLike(Tensor x) => Flip() ? null : Like(x);

    /// <summary>Indices, most of them small and of an integer dtype.</summary>
    public Tensor Indices()
    {
        if (Flip(0.15)) return T();
        Shape shape = One<Shape>([], [1], [2], [3], [4], [2, 3], [3, 4], [2, 2], [0]);
        long[] values = new long[shape.Count];
        foreach (ref long value in values.AsSpan()) value = One(0, 0, 1, 1, 2, 3, 3, 5, -1, long.MaxValue, long.MinValue, int.MaxValue);
        if (Flip(0.5)) foreach (ref long value in values.AsSpan()) value = Math.Clamp(value, 0, 2);
        Tensor indices = Flip() ? Tensor.Wrap(values, shape) : Tensor.CopyOf(values, shape);
        return Flip(0.2) ? indices.To(DType.I32) : indices;
    }

    /// <summary>A variable: a parameter, a result, a watched tensor or a constant.</summary>
    public Variable V()
    {
        if (_variables.Count > 0 && Flip(0.6)) return _variables[_random.Next(_variables.Count)];
        if (_parameters.Count > 0 && Flip(0.6)) return _parameters[_random.Next(_parameters.Count)];
        Tensor x = Flip(0.7) ? Make(Float(), Shape()) : T();
        if (!x.DType.IsFloat()) return x;
        if (Flip()) return Variable.Watch(x);
        return P(x);
    }

    public Parameter P(Tensor x)
    {
        Parameter parameter = new(x);
        _parameters.Add(parameter);
        return parameter;
    }

    public Variable VLike(Variable x) => Flip(0.3) ? V() : Like(x.Value);

    public Variable? MaybeVLike(Variable x) => Flip() ? null : VLike(x);

    public void Take(Tensor x)
    {
        if (_tensors.Count < 64) _tensors.Add(x);
        else _tensors[_random.Next(64)] = x;
    }

    public void Take(Variable x)
    {
        if (_variables.Count < 64) _variables.Add(x);
        else _variables[_random.Next(64)] = x;
        Take(x.Value);
    }

    /// <summary>A new tensor: plain, wrapped, or a view of another layout; kept, persistent, or owned by the scope.</summary>
    public Tensor Make(DType dtype, Shape shape)
    {
        Tensor x = _random.Next(8) switch
        {
            // A stretched view has more elements than an array.
            0 when shape.Count < 1 << 24 => Tensor.Wrap(new float[shape.Count], shape).To(dtype),
            1 when dtype == DType.F32 && shape.Count < 1 << 24 => Tensor.Wrap(new float[shape.Count], shape),
            2 when shape.Rank >= 2 => Base(dtype, [.. shape.ToArray().Reverse()]).Permute([.. Enumerable.Range(0, shape.Rank).Reverse()]),
            3 when shape.Rank >= 1 && shape[^1] < 100 => Base(dtype, [.. shape.ToArray()[..^1], 2 * shape[^1] + 1]).Slice(-1, 1, shape[^1], shape[^1] > 0 ? 2 : 1),
            4 when shape.Rank >= 1 => Base(dtype, [.. shape.ToArray()[..^1], 1]).Expand(shape),
            5 when shape.Rank >= 1 && shape[0] < 100 => Base(dtype, [shape[0] + 3, .. shape.ToArray()[1..]]).Slice(0, 2, shape[0]),
            _ => Base(dtype, shape),
        };
        return _random.Next(6) switch { 0 => x.Keep(), 1 => x.Persist(), _ => x };
    }

    private Tensor Base(DType dtype, Shape shape) => Tensor.Uniform(shape, new Rng((ulong)_random.Next()), -2, 3).To(dtype);
}
