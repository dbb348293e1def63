namespace MiniStack.Tests;

/// <summary>A call of every public operator of Variable whose gradient is more than that of a Tensor's formula, with arguments that mostly fit.</summary>
internal static class VariableOperations
{
    public static readonly Func<Chooser, Variable>[] All =
    [
        c => c.V().Abs(), c => c.V().Acos(), c => c.V().Asin(), c => c.V().Atan(), c => c.V().Ceiling(), c => c.V().Cos(), c => c.V().Cosh(), c => c.V().Erf(), c => c.V().Exp(),
        c => c.V().Floor(), c => c.V().Gelu(), c => c.V().Log(), c => c.V().Negate(), c => c.V().Relu(), c => c.V().Round(), c => c.V().Sigmoid(), c => c.V().Sign(), c => c.V().Silu(),
        c => c.V().Sin(), c => c.V().Sinh(), c => c.V().Sqrt(), c => c.V().Tan(), c => c.V().Tanh(),
        c => Two(c, (a, b) => a.Add(b)), c => Two(c, (a, b) => a.Subtract(b)), c => Two(c, (a, b) => a.Multiply(b)), c => Two(c, (a, b) => a.Divide(b)), c => Two(c, (a, b) => a.Pow(b)),
        c => Two(c, (a, b) => a.Maximum(b)), c => Two(c, (a, b) => a.Minimum(b)), c => Two(c, (a, b) => a.MatMul(b)), c => Two(c, (a, b) => a.Outer(b)),
        c => Two(c, (a, b) => Variable.Where(c.T(), a, b)), c => c.V() * c.Number(), c => c.Number() / c.V(), c => c.V() + c.Number(), c => c.Number() - c.V(),
        c => c.V().Clamp(c.Number(), c.Number()), c => c.V().MaskedFill(c.T(), c.Number()), c => c.V().Dropout(c.Number(), new Rng(1)), c => c.V().To(c.Float()), c => c.V().Contiguous(), c => c.V().Detach(),
        c => c.V().Sum(c.Axes(), c.Bool()), c => c.V().Mean(c.Axes(), c.Bool()), c => c.V().Max(c.Axes(), c.Bool()), c => c.V().Min(c.Axes(), c.Bool()), c => c.V().Variance(c.Axes(), c.Bool(), c.Number()),
        c => c.V().StandardDeviation(c.Axes(), c.Bool()), c => c.V().Norm(c.Number(), c.Axes(), c.Bool()), c => c.V().LogSumExp(c.Axes(), c.Bool()), c => c.V().CumSum(c.Axis(), c.Bool()),
        c => c.V().Softmax(c.Axis()), c => c.V().LogSoftmax(c.Axis()), c => c.V().Sort(c.Axis(), c.Bool()).Item1, c => c.V().TopK(c.Small(), c.Axis(), c.Bool()).Item1,
        c => c.V().Reshape(c.Sizes()), c => c.V().Reshape(-1), c => c.V().Transpose(), c => c.V().Transpose(c.Axis(), c.Axis()), c => c.V().Permute(c.Axes()), c => c.V().Expand(c.Shape()), c => c.V().SumTo(c.Shape()),
        c => c.V().Squeeze(c.Axis()), c => c.V().Unsqueeze(c.Axis()), c => c.V().Flip(c.Axes()), c => c.V().Roll(c.Small(), c.Axis()), c => c.V().Slice(c.Axis(), c.Small(), c.Small(), c.Small()),
        c => c.V().Slice(0, c.One(0, 1), c.One(1, 2)), c => c.V().Unslice(c.Shape(), c.Axis(), c.Small(), c.Small()), c => c.V().Select(c.Axis(), c.Small()), c => c.V()[c.Small()], c => c.V()[TensorIndex.Every(c.Small())],
        c => c.V().Split(c.Small(), c.Axis()) is [Variable part, ..] ? part : c.V(), c => c.V().Split([c.Small(), c.Small()], c.Axis())[0], c => Two(c, (a, b) => Variable.Concat([a, b], c.Axis())), c => Two(c, (a, b) => Variable.Stack([a, b], c.Axis())),
        c => c.V().Pad([(c.Small(), c.Small())], c.Number()), c => c.V().Pad([(1, -1), (0, 2)]), c => c.V().Tril(c.Small()), c => c.V().Triu(c.Small()),
        c => c.V().Embedding(c.Indices()), c => c.V().Gather(c.Axis(), c.Indices()), c => c.V().IndexSelect(c.Axis(), c.Indices()),
        c => { Tensor i = c.Indices(); return c.V().ScatterAdd(c.Axis(), i, c.Flip(0.7) ? c.Make(c.Float(), i.Shape) : c.V()); },
        c => c.V().EmbeddingBag(c.Indices(), c.Indices(), c.One(EmbeddingBagMode.Mean, EmbeddingBagMode.Sum, EmbeddingBagMode.Max), c.Flip(0.7) ? null : c.V()),
        c => c.V().CrossEntropy(c.Indices(), Reduce(c)), c => c.V().NegativeLogLikelihood(c.Indices(), c.Maybe(), c.Flip() ? null : c.Small(), Reduce(c)),
        c => c.V().CrossEntropy(c.Indices(), new CrossEntropyOptions { LabelSmoothing = c.Flip() ? 0 : c.Number(), IgnoreIndex = c.Flip() ? null : c.Small(), ClassWeights = c.Maybe(), Reduction = Reduce(c) }),
        c => c.V().CtcLoss(c.Indices(), c.Indices(), c.Indices(), c.Small(), c.Bool(), Reduce(c)), c => c.V().HingeEmbeddingLoss(c.T(), c.Number(), Reduce(c)),
        c => Two(c, (a, b) => a.BinaryCrossEntropyWithLogits(b, c.Maybe(), Reduce(c))), c => Two(c, (a, b) => a.HingeLoss(b, c.Number(), Reduce(c))), c => Two(c, (a, b) => a.KlDivergence(b, Reduce(c))),
        c => Two(c, (a, b) => a.L1Loss(b, Reduce(c))), c => Two(c, (a, b) => a.MeanSquaredError(b, Reduce(c))), c => Two(c, (a, b) => a.SmoothL1Loss(b, c.Number(), Reduce(c))), c => Two(c, (a, b) => a.InfoNce(b, c.Number(), Reduce(c))),
        c => Two(c, (a, b) => a.Linear(b, c.MaybeVLike(a))), c => Two(c, (a, b) => a.LinearGelu(b, c.MaybeVLike(a))), c => Two(c, (a, b) => a.LayerNorm(b, c.MaybeVLike(a))), c => Two(c, (a, b) => a.RmsNorm(b)),
        c => { Variable x = c.V(); return x.BatchNorm(c.MaybeVLike(x), c.MaybeVLike(x), c.MaybeLike(x.Value), c.MaybeLike(x.Value), c.Bool()); },
        c => { Variable x = c.V(); return x.GroupNorm(c.Small(), c.MaybeVLike(x), c.MaybeVLike(x)); }, c => { Variable x = c.V(); return x.InstanceNorm(c.MaybeVLike(x), c.MaybeVLike(x)); },
        c => Two(c, (a, b) => a.Conv1d(b, c.MaybeVLike(a), c.Positive(), c.Small(), c.Positive(), c.Positive())), c => Two(c, (a, b) => a.Conv2d(b, c.MaybeVLike(a), c.Pair(), c.Pair(), c.Pair(), c.Positive())),
        c => Two(c, (a, b) => a.ConvTranspose1d(b, c.MaybeVLike(a), c.Positive(), c.Small(), c.Small(), c.Positive(), c.Positive())), c => Two(c, (a, b) => a.ConvTranspose2d(b, c.MaybeVLike(a), c.Pair(), c.Pair(), c.Pair(), c.Pair(), c.Positive())),
        c => Two(c, (a, b) => Variable.Conv2dInputGradient(a, b, c.Pair(), new ConvOptions(c.Pair(), c.Pair(), c.Pair(), c.Positive()))),
        c => Two(c, (a, b) => Variable.Conv2dWeightGradient(a, b, c.Pair(), new ConvOptions(c.Pair(), c.Pair(), c.Pair(), c.Positive()))),
        c => Two(c, (a, b) => Variable.ConvTranspose2dInputGradient(a, b, c.Pair(), new ConvOptions(c.Pair(), c.Pair(), c.Pair(), c.Positive()))),
        c => c.V().MaxPool1d(c.Positive(), c.Positive(), c.Small()), c => c.V().MaxPool2d(c.Pair(), c.Pair(), c.Pair()), c => c.V().AvgPool1d(c.Positive(), c.Positive(), c.Small()), c => c.V().AvgPool2d(c.Pair(), c.Pair(), c.Pair()),
        c => c.V().AdaptiveAvgPool1d(c.Small()), c => c.V().AdaptiveAvgPool2d(c.Pair()), c => c.V().AdaptiveMaxPool1d(c.Small()), c => c.V().AdaptiveMaxPool2d(c.Pair()), c => c.V().UpsampleNearest2d(c.Pair()), c => c.V().UpsampleBilinear2d(c.Pair(), c.Bool()),
        c => c.V().Resample1d(TensorOperations.Resample(c)), c => c.V().Resample2d(TensorOperations.Resample(c), TensorOperations.Resample(c)),
        c => { Variable q = c.V(); return Variable.Attention(q, c.VLike(q), c.VLike(q), c.Bool()); }, c => { Variable q = c.V(); return Variable.Attention(q, c.VLike(q), c.VLike(q), TensorOperations.Options(c), c.Flip(0.7) ? null : c.V()); },
        c => Variable.SelfAttention(c.V(), c.Small(), c.Bool()), c => Variable.SelfAttention(c.Make(c.Float(), [1, 4, 12]), c.One(1, 2), c.Bool()), c => c.V().RotaryEmbedding(c.T(), c.T(), c.Bool(), c.Small(), c.Bool()),
        c => Two(c, (a, b) => Variable.Einsum(c.One("ij,jk->ik", "ij,ij->i", "i,j->ij", "...i,...i", "bij,bjk"), a, b)), c => c.V().Hook(dy => c.Flip(0.7) ? dy * 2 : c.V()),
        c => { Variable x = c.V(); return Variable.Checkpoint(inputs => inputs[0].Tanh() * inputs[0], [x]); },
        c => { Variable x = c.V(); return Variable.Record(c.Like(x.Value), new Strange(x, c)); },
    ];

    private static Reduction Reduce(Chooser c) => c.One(Reduction.Mean, Reduction.Sum, Reduction.None);

    private static Variable Two(Chooser c, Func<Variable, Variable, Variable> f)
    {
        Variable a = c.V();
        return f(a, c.VLike(a));
    }

    /// <summary>A user's own operation, whose gradient may be anything.</summary>
    private sealed class Strange(Variable x, Chooser c) : GradNode(x)
    {
        public override void Backward(Variable dy)
        {
            if (c.Flip()) x.AddGrad(c.Flip(0.3) ? dy : c.VLike(x));
            else x.AddGrad(c.Like(x.Value));
        }
    }
}
