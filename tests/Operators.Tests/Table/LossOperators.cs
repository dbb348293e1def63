namespace MiniStack.Tests;

/// <summary>Losses.</summary>
internal static class LossOperators
{
    private const string Family = "Losses";

    private static readonly NumberSource Probabilities = (rng, count) => [.. Draw.Any(rng, count).Select(x => 0.5 + 0.2 * x)];

    public static Operator[] All { get; } =
    [
        .. ClassLosses(),
        .. ElementLosses(),
        Ctc(),
    ];

    private static Operator[] ClassLosses() =>
    [
        new("CrossEntropy", Family, "−ln softmax(logits)[target], smoothed, weighted, with rows ignored", Types.Floats,
            new("plain", [[3, 5]], x => x[0].CrossEntropy(On(x[0], [1, 4, 0], 3))) { Golden = "class_cross_entropy" },
            new("no reduction", [[2, 2, 67]], x => x[0].CrossEntropy(On(x[0], [1, 66, 0, 5], 2, 2), Reduction.None)) { Terms = 67 },
            new("options, plain", [[3, 5]], x => x[0].CrossEntropy(On(x[0], [1, 4, 0], 3), new CrossEntropyOptions())) { Golden = "class_cross_entropy" },
            new("smoothing", [[3, 5]], x => x[0].CrossEntropy(On(x[0], [1, 4, 0], 3), new CrossEntropyOptions { LabelSmoothing = 0.1 }))
            { Golden = "class_cross_entropy_smoothing" },
            new("ignored rows", [[4, 5]], x => x[0].CrossEntropy(On(x[0], [1, -100, 0, -100], 4), new CrossEntropyOptions { IgnoreIndex = -100 }))
            { Golden = "class_cross_entropy_ignore" },
            new("weights", [[3, 4]], x => x[0].CrossEntropy(On(x[0], [1, 3, 0], 3), new CrossEntropyOptions { ClassWeights = Weights(x[0]) }))
            { Golden = "class_cross_entropy_weights" },
            new("everything", [[5, 4]], x => x[0].CrossEntropy(On(x[0], [1, 3, 2, 0, 1], 5), All4(x[0], Reduction.Mean))) { Golden = "class_cross_entropy_everything" },
            new("everything, sum", [[5, 4]], x => x[0].CrossEntropy(On(x[0], [1, 3, 2, 0, 1], 5), All4(x[0], Reduction.Sum)))
            { Golden = "class_cross_entropy_everything_sum" },
            new("everything, none", [[5, 4]], x => x[0].CrossEntropy(On(x[0], [1, 3, 2, 0, 1], 5), All4(x[0], Reduction.None)))
            { Golden = "class_cross_entropy_everything_none" },
            new("empty", [[0, 4]], x => x[0].CrossEntropy(On(x[0], [], 0), new CrossEntropyOptions { Reduction = Reduction.None, LabelSmoothing = 0.1 })),
            new("one class", [[2, 1]], x => x[0].CrossEntropy(On(x[0], [0, 0], 2))))
        {
            PyTorch = "torch.nn.functional.cross_entropy",
            Mistakes =
            [
                new("smoothing", () => F64(2, 3).CrossEntropy(I64([0, 1], 2), new CrossEntropyOptions { LabelSmoothing = 2 }), typeof(ConfigException),
                    "CrossEntropy: label smoothing must be from 0 to 1, not 2."),
                new("targets' shape", () => F64(2, 3).CrossEntropy(I64([0], 1), new CrossEntropyOptions()), typeof(ShapeException),
                    "CrossEntropy: rows are (2, 3) and targets (1): targets must have the shape of the rows without the last axis."),
                new("plain targets' shape", () => F64(2, 3).CrossEntropy(I64([0], 1)), typeof(ShapeException),
                    "CrossEntropy: logits are (2, 3) and targets (1): targets must have the shape of the logits without the last axis."),
                new("no class", () => F64(2, 3).CrossEntropy(I64([0, 3], 2), new CrossEntropyOptions { IgnoreIndex = -1 }), typeof(IndexException),
                    "CrossEntropy: target 3 is outside 0 to 2; there are 3 classes."),
                new("weights' shape", () => F64(2, 3).CrossEntropy(I64([0, 1], 2), new CrossEntropyOptions { ClassWeights = Tensor.Ones([2]) }),
                    typeof(ShapeException), "CrossEntropy: class weights are (2); they must be (3), one for each class."),
                new("float targets", () => F64(2, 3).CrossEntropy(Tensor.Zeros([2]), new CrossEntropyOptions()), typeof(DTypeException),
                    "CrossEntropy: indices must be I64 or I32, not F32. Convert with To(DType.I64)."),
            ],
        },
        new("NegativeLogLikelihood", Family, "−x[target] of log-probabilities", Types.Floats,
            new("plain", [[3, 5]], x => x[0].NegativeLogLikelihood(On(x[0], [1, 4, 0], 3))) { Golden = "nll" },
            new("everything", [[4, 4]], x => x[0].NegativeLogLikelihood(On(x[0], [1, 3, 2, 0], 4), Weights(x[0]), 2)) { Golden = "nll_everything" },
            new("none", [[2, 2, 4]], x => x[0].NegativeLogLikelihood(On(x[0], [1, 3, 2, 0], 2, 2), Weights(x[0]), 2, Reduction.None)),
            new("empty", [[0, 4]], x => x[0].NegativeLogLikelihood(On(x[0], [], 0), reduction: Reduction.Sum)))
        {
            PyTorch = "torch.nn.functional.nll_loss",
            Mistakes =
            [
                new("no class", () => F64(2, 3).NegativeLogLikelihood(I64([0, -1], 2)), typeof(IndexException),
                    "NegativeLogLikelihood: target -1 is outside 0 to 2; there are 3 classes."),
                new("targets' shape", () => F64(2, 3).NegativeLogLikelihood(I64([0], 1)), typeof(ShapeException),
                    "NegativeLogLikelihood: rows are (2, 3) and targets (1): targets must have the shape of the rows without the last axis."),
            ],
        },
        new("InfoNce", Family, "cross-entropy of q·kᵀ/τ with the diagonal as targets", Types.Floats,
            new("plain", [[3, 4], [3, 4]], x => x[0].InfoNce(x[1], 0.5)) { Golden = "info_nce" },
            new("none", [[5, 3], [5, 3]], x => x[0].InfoNce(x[1], 0.7, Reduction.None)) { Terms = 32 },
            new("one element", [[1, 2], [1, 2]], x => x[0].InfoNce(x[1])))
        {
            Source = "van den Oord et al. 2018, arXiv:1807.03748, eq. 4",
            Mistakes =
            [
                new("shapes", () => F64(2, 3).InfoNce(F64(3, 3)), typeof(ShapeException),
                    "InfoNce: queries are (2, 3) and keys (3, 3): both must be the same [n, d], key i the one that query i belongs to."),
                new("temperature", () => F64(2, 3).InfoNce(F64(2, 3), 0), typeof(ConfigException), "InfoNce: the temperature must be positive, not 0."),
            ],
        },
    ];

    private static Operator[] ElementLosses() =>
    [
        Element("MeanSquaredError", "(x − t)²", "torch.nn.functional.mse_loss", (x, t, reduction) => x.MeanSquaredError(t, reduction), "mse"),
        Element("L1Loss", "|x − t|", "torch.nn.functional.l1_loss", (x, t, reduction) => x.L1Loss(t, reduction), "l1", Draw.Distinct),
        Element("SmoothL1Loss", "(x − t)²/2β near the target, |x − t| − β/2 far from it", "torch.nn.functional.smooth_l1_loss",
            (x, t, reduction) => x.SmoothL1Loss(t, 0.72, reduction), "smooth_l1", Draw.Distinct,
            new Sample("beta 0", [[3, 4], [3, 4]], x => x[0].SmoothL1Loss(x[1], 0)) { Numbers = Draw.Distinct })
        with
        { Source = "Girshick 2015, arXiv:1504.08083, eq. 3" },
        Element("BinaryCrossEntropyWithLogits", "−t·ln σ(x) − (1 − t)·ln(1 − σ(x))", "torch.nn.functional.binary_cross_entropy_with_logits",
            (x, t, reduction) => x.BinaryCrossEntropyWithLogits(t, null, reduction), "bce", Draw.Any,
            new Sample("positive weight", [[3, 4], [3, 4]], x => x[0].BinaryCrossEntropyWithLogits(x[1], Weights(x[0]))) { Golden = "bce_weight" }),
        Element("KlDivergence", "t·(ln t − x)", "torch.nn.functional.kl_div", (x, t, reduction) => x.KlDivergence(t, reduction), "kl", Probabilities),
        Element("HingeLoss", "max(0, margin − t·x)", null, (x, t, reduction) => x.HingeLoss(t, 0.93, reduction), "hinge"),
        new("HingeEmbeddingLoss", Family, "x for t = 1, max(0, margin − x) for t = −1", Types.Floats,
            new("plain", [[2, 4]], x => x[0].HingeEmbeddingLoss(Signs(x[0]), 0.97)) { Golden = "hinge_embedding" },
            new("none", [[2, 4]], x => x[0].HingeEmbeddingLoss(Signs(x[0]), 0.97, Reduction.None)))
        {
            PyTorch = "torch.nn.functional.hinge_embedding_loss",
            Mistakes =
            [
                new("shapes", () => F64(2, 3).HingeEmbeddingLoss(Tensor.Ones([2])), typeof(ShapeException),
                    "HingeEmbeddingLoss: the input is (2, 3) and the targets are (2): give one target for each number (see Reshape and Expand)."),
            ],
        },
    ];

    private static Operator Element(
        string name, string formula, string? pyTorch, Func<Variable, Variable, Reduction, Variable> function, string golden,
        NumberSource? numbers = null, params Sample[] more) =>
        new(name, Family, formula, Types.Floats,
        [
            new("mean", [[3, 4], [3, 4]], x => function(x[0], x[1], Reduction.Mean)) { Golden = golden, Numbers = numbers ?? Draw.Any },
            new("sum", [[2, 3], [2, 3]], x => function(x[0], x[1], Reduction.Sum)) { Numbers = numbers ?? Draw.Any, Terms = 6 },
            new("none", [[67], [67]], x => function(x[0], x[1], Reduction.None)) { Numbers = numbers ?? Draw.Any },
            new("empty", [[0, 3], [0, 3]], x => function(x[0], x[1], Reduction.None)),
            .. more,
        ])
        {
            PyTorch = pyTorch,
            Mistakes =
            [
                new("shapes", () => function(F64(2, 3), F64(3), Reduction.Mean), typeof(ShapeException),
                    $"{name}: the input is (2, 3) and the targets are (3): give one target for each number (see Reshape and Expand)."),
                .. name == "SmoothL1Loss"
                    ? [new Mistake("beta", () => F64(3).SmoothL1Loss(F64(3), -1), typeof(ConfigException), "SmoothL1Loss: beta must be at least 0, not -1.")]
                    : (Mistake[])[],
            ],
        };

    private static Operator Ctc() => new("CtcLoss", Family, "−ln of the probability of a sequence, over all its alignments", Types.Floats,
        new("plain", [[6, 2, 4]], x => Loss(x[0])) { Golden = "ctc", Terms = 8 },
        new("sum, blank 3", [[6, 2, 4]], x => x[0].LogSoftmax().CtcLoss(On(x[0], [0, 1, 1, 2, 2, 0], 2, 3), On(x[0], [6, 5], 2), On(x[0], [2, 3], 2), 3, reduction: Reduction.Sum))
        { Golden = "ctc_sum", Terms = 8 },
        new("not normalised", [[5, 1, 3]], x => x[0].CtcLoss(On(x[0], [1, 1], 1, 2), On(x[0], [5], 1), On(x[0], [2], 1), reduction: Reduction.None)) { Terms = 8 },
        new("infinity as zero", [[3, 2, 4]], x => x[0].LogSoftmax().CtcLoss(On(x[0], [1, 1, 2, 3, 3, 3], 2, 3), On(x[0], [3, 3], 2), On(x[0], [2, 3], 2), zeroInfinity: true))
        { Golden = "ctc_zero_infinity", Terms = 8 },
        new("no labels", [[3, 1, 4]], x => x[0].LogSoftmax().CtcLoss(On(x[0], [], 1, 0), On(x[0], [3], 1), On(x[0], [0], 1))),
        new("long", [[40, 3, 7]], x => x[0].LogSoftmax().CtcLoss(On(x[0], [.. Enumerable.Range(0, 45).Select(i => 1L + i * i % 6)], 3, 15), On(x[0], [40, 35, 31], 3), On(x[0], [15, 9, 12], 3), reduction: Reduction.None))
        { HasDifferences = false, Terms = 100 })
    {
        PyTorch = "torch.nn.functional.ctc_loss",
        Source = "Graves et al. 2006, doi:10.1145/1143844.1143891",
        Gradient = Differentiable.Once,
        Reason = "Its gradient is a recursion of its own, over alignments.",
        Mistakes =
        [
            new("shapes", () => F64(3, 2, 4).CtcLoss(I64([1], 1, 1), I64([3, 3], 2), I64([1, 1], 2)), typeof(ShapeException),
                "CtcLoss: log-probabilities are (3, 2, 4), targets (1, 1), input lengths (2) and target lengths (2): " +
                "they must be [time, batch, classes], [batch, labels], [batch] and [batch]."),
            new("blank", () => F64(3, 1, 4).CtcLoss(I64([1], 1, 1), I64([3], 1), I64([1], 1), 4), typeof(IndexException),
                "CtcLoss: blank 4 is outside 0 to 3; there are 4 classes."),
            new("input length", () => F64(3, 1, 4).CtcLoss(I64([1], 1, 1), I64([4], 1), I64([1], 1)), typeof(IndexException),
                "CtcLoss: input length 4 of item 0 is outside 0 to 3, the number of steps."),
            new("target length", () => F64(3, 1, 4).CtcLoss(I64([1], 1, 1), I64([3], 1), I64([2], 1)), typeof(IndexException),
                "CtcLoss: target length 2 of item 0 is outside 0 to 1, the labels that targets have room for."),
            new("label", () => F64(3, 1, 4).CtcLoss(I64([0], 1, 1), I64([3], 1), I64([1], 1)), typeof(IndexException),
                "CtcLoss: label 0 of item 0 must be a class from 0 to 3, and not the blank 0. Shorten the target's length where it ends."),
        ],
    };

    private static Variable Loss(Variable x) =>
        x.LogSoftmax().CtcLoss(On(x, [1, 2, 2, 3, 3, 1], 2, 3), On(x, [6, 5], 2), On(x, [2, 3], 2));

    private static CrossEntropyOptions All4(Variable like, Reduction reduction) =>
        new() { LabelSmoothing = 0.2, IgnoreIndex = 2, ClassWeights = Weights(like), Reduction = reduction };

    /// <summary>Weights of four classes.</summary>
    private static Tensor Weights(Variable like) => Tensor.CopyOf([0.5, 2, 1, 1.5]).To(like.Value.DType).To(like.Value.Device);

    private static Tensor Signs(Variable like) =>
        Tensor.CopyOf([1.0, -1, -1, 1, 1, 1, -1, -1], [2, 4]).To(like.Value.DType).To(like.Value.Device);

    private static Tensor I64(long[] values, params int[] shape) => Tensor.CopyOf(values, shape);

    private static Tensor On(Variable like, long[] values, params int[] shape) => I64(values, shape).To(like.Value.Device);

    private static Variable F64(params int[] shape) => Tensor.Zeros(shape, DType.F64);
}
