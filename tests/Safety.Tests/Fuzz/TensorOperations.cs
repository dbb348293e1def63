namespace MiniStack.Tests;

/// <summary>A call of every public operator of Tensor, with arguments that mostly fit.</summary>
internal static class TensorOperations
{
    public static readonly Func<Chooser, Tensor>[] All =
    [
        c => c.T().Abs(), c => c.T().Acos(), c => c.T().Asin(), c => c.T().Atan(), c => c.T().Ceiling(), c => c.T().Cos(), c => c.T().Cosh(), c => c.T().Erf(),
        c => c.T().Exp(), c => c.T().Floor(), c => c.T().Gelu(), c => c.T().Log(), c => c.T().Negate(), c => c.T().Not(), c => c.T().Relu(), c => c.T().Round(),
        c => c.T().Sigmoid(), c => c.T().Sign(), c => c.T().Silu(), c => c.T().Sin(), c => c.T().Sinh(), c => c.T().Sqrt(), c => c.T().Tan(), c => c.T().Tanh(),
        c => Two(c, (a, b) => a.Add(b)), c => Two(c, (a, b) => a.Subtract(b)), c => Two(c, (a, b) => a.Multiply(b)), c => Two(c, (a, b) => a.Divide(b)),
        c => Two(c, (a, b) => a.Pow(b)), c => Two(c, (a, b) => a.Maximum(b)), c => Two(c, (a, b) => a.Minimum(b)), c => Two(c, (a, b) => a.Equal(b)),
        c => Two(c, (a, b) => a.NotEqual(b)), c => Two(c, (a, b) => a.Less(b)), c => Two(c, (a, b) => a.LessOrEqual(b)), c => Two(c, (a, b) => a.Greater(b)),
        c => Two(c, (a, b) => a.GreaterOrEqual(b)), c => Two(c, (a, b) => a.AddInPlace(b)), c => Two(c, (a, b) => a.CopyFrom(b)), c => Two(c, (a, b) => a.MatMul(b)),
        c => Two(c, (a, b) => a.Outer(b)), c => Two(c, (a, b) => a.BinaryCrossEntropyWithLogits(b)), c => Two(c, (a, b) => Tensor.Where(c.T(), a, b)),
        c => c.T() + c.Number(), c => c.T() * c.Number(), c => c.Number() - c.T(), c => c.Number() / c.T(), c => c.T().Fill(c.Number()), c => c.T().ScaleInPlace(c.Number()),
        c => c.T().Clamp(c.Number(), c.Number()), c => c.T().MaskedFill(c.T(), c.Number()), c => c.T().ScalarLike(c.Number()),
        c => Tensor.Full(c.Shape(), c.Number(), c.Kind()), c => Tensor.Uniform(c.Shape(), new Rng(1), c.Number(), c.Number(), c.Kind()),
        c => Tensor.Normal(c.Shape(), new Rng(1), c.Number(), c.Number(), c.Kind()), c => c.T().Dropout(c.Number(), 1, 2),
        c => Tensor.Arange(c.One(-1, 0, 1, 5, 20_000), c.Kind()), c => c.T().To(c.Kind()), c => c.T().Clone(), c => c.T().Contiguous(),
        c => c.T().To(c.One(Device.Cpu, Device.Reference)), c => c.T().Keep(), c => c.T().Persist(), c => { Tensor x = c.T(); x.Discard(); return x; },
        c => c.T().Sum(c.Axes(), c.Bool()), c => c.T().Mean(c.Axes(), c.Bool()), c => c.T().Max(c.Axes(), c.Bool()), c => c.T().Min(c.Axes(), c.Bool()),
        c => c.T().Variance(c.Axes(), c.Bool(), c.Number()), c => c.T().StandardDeviation(c.Axes(), c.Bool(), c.Number()), c => c.T().Norm(c.Number(), c.Axes(), c.Bool()),
        c => c.T().LogSumExp(c.Axes(), c.Bool()), c => c.T().ArgMax(c.Axis()), c => c.T().ArgMin(c.Axis()), c => c.T().CumSum(c.Axis(), c.Bool()),
        c => c.T().Softmax(c.Axis()), c => c.T().LogSoftmax(c.Axis()), c => c.T().ArgSort(c.Axis(), c.Bool()), c => c.T().Sort(c.Axis(), c.Bool()).Item1,
        c => c.T().TopK(c.Small(), c.Axis(), c.Bool()).Item2, c => c.Indices().BinCount(c.Small()), c => c.Indices().OneHot(c.Small(), c.Kind()),
        c => c.T().Reshape(c.Sizes()), c => c.T().Reshape(-1), c => c.T().Reshape(c.Small(), c.Small()), c => c.T().Flatten(), c => c.T().Transpose(), c => c.T().Transpose(c.Axis(), c.Axis()),
        c => c.T().Permute(c.Axes()), c => c.T().Expand(c.Shape()), c => c.T().Squeeze(c.Axis()), c => c.T().Unsqueeze(c.Axis()), c => c.T().Flip(c.Axes()),
        c => c.T().Roll(c.Small(), c.Axis()), c => c.T().Slice(c.Axis(), c.Small(), c.Small(), c.Small()), c => c.T().Slice(0, c.One(0, 1), c.One(1, 2)), c => c.T().Select(c.Axis(), c.Small()),
        c => c.T()[c.Small()], c => c.T()[TensorIndex.Every(c.Small()), TensorIndex.Ellipsis], c => c.T()[TensorIndex.NewAxis, TensorIndex.All],
        c => c.T()[c.One(0, 1)..c.One(1, 2, 3)], c => c.T().Split(c.Small(), c.Axis()) is [Tensor part, ..] ? part : c.T(), c => c.T().Split([c.Small(), c.Small()], c.Axis())[^1],
        c => Two(c, (a, b) => Tensor.Concat([a, b], c.Axis())), c => Two(c, (a, b) => Tensor.Stack([a, b, a], c.Axis())),
        c => c.T().Pad([(c.Small(), c.Small())], c.Number()), c => c.T().Pad([(1, 0), (0, 2)], c.Number()), c => c.T().Tril(c.Small()), c => c.T().Triu(c.Small()),
        c => c.T().Embedding(c.Indices()), c => c.T().Gather(c.Axis(), c.Indices()), c => c.T().IndexSelect(c.Axis(), c.Indices()),
        c => { Tensor i = c.Indices(); return c.T().ScatterAdd(c.Axis(), i, c.Flip(0.7) ? c.Make(c.Float(), i.Shape) : c.T()); },
        c => c.T().EmbeddingBag(c.Indices(), c.Indices(), c.One(EmbeddingBagMode.Mean, EmbeddingBagMode.Sum, EmbeddingBagMode.Max), c.Flip(0.7) ? null : c.T()),
        c => c.T().CrossEntropy(c.Indices(), out _), c => c.T().CtcLoss(c.Indices(), c.Indices(), c.Indices(), c.Small(), out _),
        c => { Tensor x = c.T(); return x.Linear(c.Like(x), c.MaybeLike(x)); }, c => { Tensor x = c.T(); return Fused.LinearGelu(x, c.Like(x), c.MaybeLike(x)); },
        c => c.T().SetMatMul(c.T(), c.T(), c.Bool()),
        c => { Tensor x = c.T(); return x.LayerNorm(c.Like(x), c.MaybeLike(x)); }, c => { Tensor x = c.T(); return x.RmsNorm(c.Like(x)); },
        c => { Tensor x = c.T(); return x.BatchNorm(c.MaybeLike(x), c.MaybeLike(x), c.MaybeLike(x), c.MaybeLike(x), c.Bool(), c.Number()); },
        c => { Tensor x = c.T(); return x.GroupNorm(c.Small(), c.MaybeLike(x), c.MaybeLike(x)); }, c => { Tensor x = c.T(); return x.InstanceNorm(c.MaybeLike(x), c.MaybeLike(x)); },
        c => { Tensor x = c.T(); return x.Conv1d(c.Like(x), c.MaybeLike(x), c.Positive(), c.Small(), c.Positive(), c.Positive()); },
        c => { Tensor x = c.T(); return x.Conv2d(c.Like(x), c.MaybeLike(x), c.Pair(), c.Pair(), c.Pair(), c.Positive()); },
        c => { Tensor x = c.T(); return x.ConvTranspose1d(c.Like(x), c.MaybeLike(x), c.Positive(), c.Small(), c.Small(), c.Positive(), c.Positive()); },
        c => { Tensor x = c.T(); return x.ConvTranspose2d(c.Like(x), c.MaybeLike(x), c.Pair(), c.Pair(), c.Pair(), c.Pair(), c.Positive()); },
        c => c.T().MaxPool1d(c.Positive(), c.Positive(), c.Small()), c => c.T().MaxPool2d(c.Pair(), c.Pair(), c.Pair()), c => c.T().AvgPool1d(c.Positive(), c.Positive(), c.Small()),
        c => c.T().AvgPool2d(c.Pair(), c.Pair(), c.Pair()), c => c.T().AdaptiveAvgPool1d(c.Small()), c => c.T().AdaptiveAvgPool2d(c.Pair()),
        c => c.T().AdaptiveMaxPool1d(c.Small()), c => c.T().AdaptiveMaxPool2d(c.Pair()), c => c.T().UpsampleNearest2d(c.Pair()), c => c.T().UpsampleBilinear2d(c.Pair(), c.Bool()),
        c => c.T().Resample1d(Resample(c)), c => c.T().Resample2d(Resample(c), Resample(c)),
        c => { Tensor q = c.T(); return Tensor.Attention(q, c.Like(q), c.Like(q), c.Bool()); },
        c => { Tensor q = c.T(); return Tensor.Attention(q, c.Like(q), c.Like(q), Options(c)); },
        c => c.T().RotaryEmbedding(c.T(), c.T(), c.Bool(), c.Small(), c.Bool()),
        c => { (Tensor cos, Tensor sin) = Tensor.RotaryTables(c.One(1, 4, 8), c.One(2, 4), dtype: c.Float()); return c.T().RotaryEmbedding(cos, sin, c.Bool(), c.One(0, 0, 1, -1, 5, int.MaxValue)); },
        c => Two(c, (a, b) => Tensor.Einsum(c.One("ij,jk->ik", "ij,ij->i", "i,j->ij", "...i,...i", "ii", "bij,bjk", "ij->ji", "->", "a,b"), a, b)), c => Tensor.Einsum(c.One("ii->i", "ij->", "i...->..."), c.T()),
        c => Tensor.CopyOf(new float[c.One(0, 1, 6, 12)], c.Shape()), c => Tensor.Wrap(new double[c.One(0, 1, 6, 12)], c.Shape()), c => Tensor.CopyOf(new byte[2, 3]),
        c => Tensor.Zeros(c.Shape(), c.Kind()), c => Tensor.Ones(c.Shape(), c.Kind()), c => Tensor.Scalar(c.Number(), c.Kind()), c => Tensor.Empty(c.Shape(), c.Kind()).Fill(0),
    ];

    public static AttentionOptions Options(Chooser c) => new()
    {
        Causal = c.Bool(), Mask = c.Maybe(), Window = c.Flip() ? null : c.Small(), Dropout = c.Flip(0.7) ? 0 : c.Number(),
        AlibiSlopes = c.Maybe(),
    };

    public static Resampling Resample(Chooser c) => c.One<Func<Resampling>>(
        () => Resampling.Adaptive(c.Positive(), c.One(1, 2, 5)), () => Resampling.Identity(c.One(1, 3, 4, 5)), () => Resampling.Linear(c.One(1, 3, 4), c.One(1, 2, 7), c.Bool()),
        () => Resampling.Nearest(c.One(1, 3, 4, 5), c.One(1, 2, 9)), () => Resampling.Pool(c.One(3, 4, 5), c.One(1, 2, 3), c.One(1, 2), c.One(0, 1)), () => Resampling.Nearest(4, 3).Transpose())();

    private static Tensor Two(Chooser c, Func<Tensor, Tensor, Tensor> f)
    {
        Tensor a = c.T();
        return f(a, c.Like(a));
    }
}
