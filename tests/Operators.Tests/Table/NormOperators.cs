namespace MiniStack.Tests;

/// <summary>Norms over a batch, groups of channels and single channels.</summary>
internal static class NormOperators
{
    private const string Family = "Norms of channels";

    private static readonly Tensor Batch = Tensor.Zeros([2, 4, 5]), Four = Tensor.Zeros([4]), Three = Tensor.Zeros([3]);

    public static Operator[] All { get; } =
    [
        new("BatchNorm", Family, "(x − mean)/√(variance + ε)·weight + bias for each channel", Types.Floats,
            Weighted("plain", [3, 2, 5], x => Train(x)) with { Golden = "batch_norm" },
            Weighted("images", [2, 3, 4, 5], x => Train(x)) with { Golden = "batch_norm_images" },
            Weighted("a matrix", [6, 3], x => Train(x)) with { Golden = "batch_norm_matrix" },
            Weighted("long rows", [2, 3, 67], x => Train(x)),
            new("no weights", [[3, 2, 5]], x => x[0].BatchNorm(null, null, null, null, training: true, epsilon: 1e-3)) { Terms = 30 },
            new("no bias", [[3, 2, 5], [2]], x => x[0].BatchNorm(x[1], null, null, null, training: true)) { Terms = 30 },
            Weighted("evaluation", [3, 2, 5], x => Evaluate(x)) with { Golden = "batch_norm_evaluation" },
            Weighted("evaluation of a matrix", [3, 2], x => Evaluate(x)),
            new("evaluation without weights", [[3, 2, 5]], x => x[0].BatchNorm(null, null, Mean(x[0]), Variance(x[0]), training: false)) { Terms = 3 },
            Weighted("empty", [0, 2, 5], x => Evaluate(x)),
            Weighted("no channels", [3, 0, 5], x => Evaluate(x)),
            Weighted("one element", [1, 1, 1], x => Evaluate(x)))
        {
            PyTorch = "torch.nn.functional.batch_norm",
            Source = "Ioffe and Szegedy 2015, arXiv:1502.03167, algorithm 1",
            Mistakes =
            [
                .. Mistakes("BatchNorm", (x, weight, bias) => x.BatchNorm(weight, bias, null, null, training: true)),
                new("one element a channel", () => Tensor.Zeros([1, 4]).BatchNorm(null, null, null, null, training: true), typeof(ShapeException),
                    "BatchNorm: x is (1, 4), 1 elements a channel, which have no variance. Train on larger batches, or pass training: false."),
                new("nothing to evaluate with", () => Batch.BatchNorm(null, null, null, null, training: false), typeof(ConfigException),
                    "BatchNorm: evaluation needs runningMean and runningVariance. Pass those of training, or training: true."),
                new("a mean without variance", () => Batch.BatchNorm(null, null, Four, null, training: true), typeof(ConfigException),
                    "BatchNorm: runningMean and runningVariance belong together. Pass both, or neither."),
                new("running statistics of other channels", () => Batch.BatchNorm(null, null, Four, Three, training: true), typeof(ShapeException),
                    "BatchNorm: runningVariance is (3), but x of (2, 4, 5) has 4 channels: give one element for each."),
                new("integer statistics", () => Batch.BatchNorm(null, null, Four.To(DType.I64), Four, training: true), typeof(DTypeException),
                    "BatchNorm: runningMean is I64, and x is F32. Convert with To(DType.F32)."),
            ],
        },
        new("GroupNorm", Family, "(x − mean)/√(variance + ε)·weight + bias for each group of channels", Types.Floats,
            Weighted("plain", [3, 4, 5], x => x[0].GroupNorm(2, x[1], x[2])) with { Golden = "group_norm" },
            Weighted("images", [2, 6, 3, 2], x => x[0].GroupNorm(3, x[1], x[2])) with { Golden = "group_norm_images" },
            Weighted("a matrix", [3, 6], x => x[0].GroupNorm(2, x[1], x[2])),
            Weighted("long rows", [1, 2, 67], x => x[0].GroupNorm(1, x[1], x[2])),
            new("no weights", [[3, 4, 5]], x => x[0].GroupNorm(4, epsilon: 1e-3)) { Terms = 30 },
            Weighted("empty", [0, 4, 5], x => x[0].GroupNorm(2, x[1], x[2])))
        {
            PyTorch = "torch.nn.functional.group_norm",
            Source = "Wu and He 2018, arXiv:1803.08494",
            Mistakes =
            [
                .. Mistakes("GroupNorm", (x, weight, bias) => x.GroupNorm(2, weight, bias)),
                new("groups that do not divide", () => Batch.GroupNorm(3), typeof(ShapeException),
                    "GroupNorm: 3 groups do not divide the 4 channels of (2, 4, 5). Choose a divisor."),
                new("no groups", () => Batch.GroupNorm(0), typeof(ShapeException),
                    "GroupNorm: 0 groups do not divide the 4 channels of (2, 4, 5). Choose a divisor."),
                new("one element a group", () => Tensor.Zeros([2, 4]).GroupNorm(4), typeof(ShapeException),
                    "GroupNorm: x is (2, 4), so that each of the 4 groups has 1 element per example, too few for a variance. Use fewer groups or larger inputs."),
            ],
        },
        new("InstanceNorm", Family, "(x − mean)/√(variance + ε)·weight + bias for each channel of each example", Types.Floats,
            Weighted("plain", [3, 2, 5], x => x[0].InstanceNorm(x[1], x[2])) with { Golden = "instance_norm" },
            new("no weights", [[2, 3, 4, 5]], x => x[0].InstanceNorm()) { Terms = 30, Golden = "instance_norm_plain" },
            Weighted("long rows", [1, 2, 67], x => x[0].InstanceNorm(x[1], x[2])),
            Weighted("empty", [0, 2, 5], x => x[0].InstanceNorm(x[1], x[2])))
        {
            PyTorch = "torch.nn.functional.instance_norm",
            Source = "Ulyanov et al. 2016, arXiv:1607.08022",
            Mistakes =
            [
                .. Mistakes("InstanceNorm", (x, weight, bias) => x.InstanceNorm(weight, bias)),
                new("one element a channel", () => Tensor.Zeros([2, 4, 1]).InstanceNorm(), typeof(ShapeException),
                    "InstanceNorm: x is (2, 4, 1), so that each of the 4 groups has 1 element per example, too few for a variance. Use fewer groups or larger inputs."),
            ],
        },
    ];

    /// <summary>x, and weight and bias of its channels.</summary>
    private static Sample Weighted(string condition, Shape shape, Func<Variable[], Variable> function) =>
        new(condition, [shape, [shape[1]], [shape[1]]], function) { Terms = 30 };

    private static Variable Train(Variable[] x) => x[0].BatchNorm(x[1], x[2], null, null, training: true);

    private static Variable Evaluate(Variable[] x) => x[0].BatchNorm(x[1], x[2], Mean(x[0]), Variance(x[0]), training: false);

    private static Tensor Mean(Variable x) => Tensor.Arange(x.Shape[1], DType.F64).To(x.Value.Device).To(x.Value.DType) * 0.25;

    private static Tensor Variance(Variable x) => Mean(x) + 0.5;

    private static IEnumerable<Mistake> Mistakes(string name, Action<Tensor, Tensor?, Tensor?> call) =>
    [
        new("one axis", () => call(Four, null, null), typeof(ShapeException), $"{name}: x must be [batch, channels, …], not (4). See Unsqueeze."),
        new("integers", () => call(Batch.To(DType.I64), null, null), typeof(DTypeException), $"{name}: works on floats, not on I64. Convert with To(DType.F32)."),
        new("weights of other channels", () => call(Batch, Three, null), typeof(ShapeException),
            $"{name}: weight is (3), but x of (2, 4, 5) has 4 channels: give one element for each."),
        new("a bias of two axes", () => call(Batch, null, Tensor.Zeros([4, 1])), typeof(ShapeException),
            $"{name}: bias is (4, 1), but x of (2, 4, 5) has 4 channels: give one element for each."),
        new("weights of another dtype", () => call(Batch, Four.To(DType.F64), null), typeof(DTypeException),
            $"{name}: weight is F64, and x is F32. Convert with To(DType.F32)."),
    ];
}
