namespace MiniStack.Tests;

/// <summary>Windows of images and sequences, and images of another size.</summary>
internal static class PoolingOperators
{
    private const string Family = "Pools and resizing";

    private static readonly Tensor Image = Tensor.Zeros([1, 2, 4, 5]), Sequence = Tensor.Zeros([1, 2, 5]);

    public static Operator[] All { get; } =
    [
        new("MaxPool2d", Family, "the largest of each window", Types.Floats,
            Distinct("plain", [2, 2, 4, 6], x => x.MaxPool2d(2)) with { Golden = "max_pool2d" },
            Distinct("stride and padding", [1, 2, 7, 6], x => x.MaxPool2d(3, 2, 1)) with { Golden = "max_pool2d_padded" },
            Distinct("oblong", [2, 5, 7], x => x.MaxPool2d((2, 3), (1, 2), (1, 0))) with { Golden = "max_pool2d_oblong" },
            Distinct("long rows", [1, 1, 5, 83], x => x.MaxPool2d((3, 4), (2, 3), (1, 2))) with { HasDifferences = false },
            Distinct("many rows", [1, 2, 300, 70], x => x.MaxPool2d(3, 2, 1)) with { HasDifferences = false },
            Distinct("windows apart", [1, 1, 9, 9], x => x.MaxPool2d(2, 4)),
            new("equal elements", [[2, 1, 6, 40]], x => Pair(x[0].Value)) { Numbers = Few, HasDifferences = false },
            new("NaN and infinities", [[1, 1, 8, 36]], x => x[0].MaxPool2d(3, 1, 1)) { Numbers = Odd, HasDifferences = false },
            new("places of NaN", [[1, 1, 8, 36]], x => Pair(x[0].Value)) { Numbers = Odd, HasDifferences = false },
            new("empty", [[0, 2, 4, 4]], x => x[0].MaxPool2d(2)),
            Distinct("one element", [1, 1, 1, 1], x => x.MaxPool2d(1)))
        {
            PyTorch = "torch.nn.functional.max_pool2d",
            Mistakes =
            [
                .. WindowMistakes("MaxPool2d", (x, kernel, stride, padding) => x.MaxPool2d(kernel, stride, padding)),
            ],
        },
        new("MaxPool1d", Family, "the largest of each window", Types.Floats,
            Distinct("plain", [2, 2, 6], x => x.MaxPool1d(2)) with { Golden = "max_pool1d" },
            Distinct("stride and padding", [2, 7], x => x.MaxPool1d(3, 2, 1)) with { Golden = "max_pool1d_padded" },
            Distinct("long", [1, 1, 67], x => x.MaxPool1d(4, 1, 2)),
            new("empty", [[0, 2, 4]], x => x[0].MaxPool1d(2)),
            Distinct("one element", [1, 1, 1], x => x.MaxPool1d(1)))
        {
            PyTorch = "torch.nn.functional.max_pool1d",
            Mistakes = [.. SequenceMistakes("MaxPool1d", x => x.MaxPool1d(2))],
        },
        new("AvgPool2d", Family, "the average of each window, zeros of the padding included", Types.Floats,
            Any("plain", [2, 2, 4, 6], x => x.AvgPool2d(2)) with { Golden = "avg_pool2d" },
            Any("stride and padding", [1, 2, 7, 6], x => x.AvgPool2d(3, 2, 1)) with { Golden = "avg_pool2d_padded" },
            Any("oblong", [2, 5, 7], x => x.AvgPool2d((2, 3), (1, 2), (1, 0))) with { Golden = "avg_pool2d_oblong" },
            Any("long rows", [1, 1, 5, 83], x => x.AvgPool2d((3, 5), (2, 3), (1, 2))),
            Any("windows apart", [1, 1, 9, 9], x => x.AvgPool2d(2, 4)),
            Any("empty", [0, 2, 4, 4], x => x.AvgPool2d(2)),
            Any("one element", [1, 1, 1, 1], x => x.AvgPool2d(1)))
        {
            PyTorch = "torch.nn.functional.avg_pool2d",
            Mistakes =
            [
                .. WindowMistakes("AvgPool2d", (x, kernel, stride, padding) => x.AvgPool2d(kernel, stride, padding)),
            ],
        },
        new("AvgPool1d", Family, "the average of each window, zeros of the padding included", Types.Floats,
            Any("plain", [2, 2, 6], x => x.AvgPool1d(2)) with { Golden = "avg_pool1d" },
            Any("stride and padding", [2, 7], x => x.AvgPool1d(3, 2, 1)) with { Golden = "avg_pool1d_padded" },
            Any("long", [1, 1, 67], x => x.AvgPool1d(4, 1, 2)),
            Any("empty", [0, 2, 4], x => x.AvgPool1d(2)),
            Any("one element", [1, 1, 1], x => x.AvgPool1d(1)))
        {
            PyTorch = "torch.nn.functional.avg_pool1d",
            Mistakes = [.. SequenceMistakes("AvgPool1d", x => x.AvgPool1d(2))],
        },
        new("AdaptiveAvgPool2d", Family, "the average of so many windows", Types.Floats,
            Any("plain", [2, 2, 5, 7], x => x.AdaptiveAvgPool2d((2, 3))) with { Golden = "adaptive_avg_pool2d" },
            Any("of everything", [2, 3, 5, 7], x => x.AdaptiveAvgPool2d(1)) with { Golden = "adaptive_avg_pool2d_one" },
            Any("larger", [1, 2, 3], x => x.AdaptiveAvgPool2d((4, 7))),
            Any("long rows", [1, 1, 2, 83], x => x.AdaptiveAvgPool2d((1, 9))),
            Any("empty", [0, 2, 4, 4], x => x.AdaptiveAvgPool2d(2)),
            Any("one element", [1, 1, 1, 1], x => x.AdaptiveAvgPool2d(1)))
        {
            PyTorch = "torch.nn.functional.adaptive_avg_pool2d",
            Mistakes = [.. ImageMistakes("AdaptiveAvgPool2d", (x, size) => x.AdaptiveAvgPool2d(size))],
        },
        new("AdaptiveAvgPool1d", Family, "the average of so many windows", Types.Floats,
            Any("plain", [2, 2, 7], x => x.AdaptiveAvgPool1d(3)) with { Golden = "adaptive_avg_pool1d" },
            Any("of everything", [2, 67], x => x.AdaptiveAvgPool1d(1)),
            Any("empty", [0, 2, 4], x => x.AdaptiveAvgPool1d(2)),
            Any("one element", [1, 1, 1], x => x.AdaptiveAvgPool1d(1)))
        {
            PyTorch = "torch.nn.functional.adaptive_avg_pool1d",
            Mistakes =
            [
                .. SequenceMistakes("AdaptiveAvgPool1d", x => x.AdaptiveAvgPool1d(2)),
                new("no size", () => Sequence.AdaptiveAvgPool1d(0), typeof(ConfigException), "AdaptiveAvgPool1d: the size must be at least 1, not 0."),
            ],
        },
        new("AdaptiveMaxPool2d", Family, "the largest of so many windows", Types.Floats,
            Distinct("plain", [2, 2, 5, 7], x => x.AdaptiveMaxPool2d((2, 3))) with { Golden = "adaptive_max_pool2d" },
            Distinct("of everything", [2, 5, 7], x => x.AdaptiveMaxPool2d(1)),
            new("NaN and infinities", [[1, 1, 8, 36]], x => x[0].AdaptiveMaxPool2d((3, 5))) { Numbers = Odd, HasDifferences = false },
            new("empty", [[0, 2, 4, 4]], x => x[0].AdaptiveMaxPool2d(2)),
            Distinct("one element", [1, 1, 1, 1], x => x.AdaptiveMaxPool2d(1)))
        {
            PyTorch = "torch.nn.functional.adaptive_max_pool2d",
            Mistakes = [.. ImageMistakes("AdaptiveMaxPool2d", (x, size) => x.AdaptiveMaxPool2d(size))],
        },
        new("AdaptiveMaxPool1d", Family, "the largest of so many windows", Types.Floats,
            Distinct("plain", [2, 2, 7], x => x.AdaptiveMaxPool1d(3)) with { Golden = "adaptive_max_pool1d" },
            new("empty", [[0, 2, 4]], x => x[0].AdaptiveMaxPool1d(2)),
            Distinct("one element", [1, 1, 1], x => x.AdaptiveMaxPool1d(1)))
        {
            PyTorch = "torch.nn.functional.adaptive_max_pool1d",
            Mistakes =
            [
                .. SequenceMistakes("AdaptiveMaxPool1d", x => x.AdaptiveMaxPool1d(2)),
                new("no size", () => Sequence.AdaptiveMaxPool1d(0), typeof(ConfigException), "AdaptiveMaxPool1d: the size must be at least 1, not 0."),
            ],
        },
        new("UpsampleNearest2d", Family, "the pixel at each place, rounded down", Types.Floats,
            Any("twice", [2, 2, 3, 4], x => x.UpsampleNearest2d((6, 8))) with { Golden = "upsample_nearest2d" },
            Any("odd sizes", [2, 3, 5], x => x.UpsampleNearest2d((7, 3))) with { Golden = "upsample_nearest2d_odd" },
            Any("long rows", [1, 1, 2, 83], x => x.UpsampleNearest2d((3, 100))),
            Any("much longer rows", [1, 2, 2, 19], x => x.UpsampleNearest2d((5, 133))),
            Any("shorter rows", [1, 2, 5, 83], x => x.UpsampleNearest2d((2, 41))),
            Any("empty", [0, 2, 4, 4], x => x.UpsampleNearest2d(2)),
            Any("one element", [1, 1, 1, 1], x => x.UpsampleNearest2d(1)))
        {
            PyTorch = "torch.nn.functional.interpolate(mode='nearest')",
            Mistakes = [.. ImageMistakes("UpsampleNearest2d", (x, size) => x.UpsampleNearest2d(size))],
        },
        new("UpsampleBilinear2d", Family, "between the four nearest pixels, by distance", Types.Floats,
            Any("twice", [2, 2, 3, 4], x => x.UpsampleBilinear2d((6, 8))) with { Golden = "upsample_bilinear2d" },
            Any("odd sizes", [2, 3, 5], x => x.UpsampleBilinear2d((7, 3))) with { Golden = "upsample_bilinear2d_odd" },
            Any("corners aligned", [1, 2, 3, 4], x => x.UpsampleBilinear2d((5, 9), alignCorners: true)) with { Golden = "upsample_bilinear2d_aligned" },
            Any("corners aligned, to one", [1, 2, 3, 4], x => x.UpsampleBilinear2d(1, alignCorners: true)),
            Any("long rows", [1, 1, 2, 83], x => x.UpsampleBilinear2d((3, 100))),
            Any("empty", [0, 2, 4, 4], x => x.UpsampleBilinear2d(2)),
            Any("one element", [1, 1, 1, 1], x => x.UpsampleBilinear2d(3)))
        {
            PyTorch = "torch.nn.functional.interpolate(mode='bilinear')",
            Mistakes = [.. ImageMistakes("UpsampleBilinear2d", (x, size) => x.UpsampleBilinear2d(size))],
        },
        new("Resample2d", Family, "y[…, i, j] = Σ rows[i, h]·columns[j, w]·x[…, h, w]", Types.Floats,
            Any("plain", [2, 3, 4], x => x.Resample2d(Resampling.Linear(3, 5, alignCorners: true), Resampling.Adaptive(4, 2))),
            Any("the way back", [2, 5, 2], x => x.Resample2d(Resampling.Linear(3, 5, alignCorners: true).Transpose(), Resampling.Adaptive(4, 2).Transpose())))
        {
            Mistakes =
            [
                new("for other sizes", () => Image.Resample2d(Resampling.Identity(4), Resampling.Identity(4)), typeof(ShapeException),
                    "Resample2d: the resamplings take 4 rows and 4 columns, but the last axes of (1, 2, 4, 5) are others. Make them for these sizes."),
                new("integers", () => Tensor.Zeros([4, 4], DType.I64).Resample2d(Resampling.Identity(4), Resampling.Identity(4)), typeof(DTypeException),
                    "Resample2d: works on floats, not on I64. Convert with To(DType.F32)."),
            ],
        },
        new("Resample1d", Family, "y[…, j] = Σ columns[j, w]·x[…, w]", Types.Floats,
            Any("plain", [2, 5], x => x.Resample1d(Resampling.Linear(5, 8, alignCorners: false))))
        {
            Mistakes =
            [
                new("for another size", () => Sequence.Resample1d(Resampling.Identity(4)), typeof(ShapeException),
                    "Resample1d: the resampling takes 4 columns, but the last axis of (1, 2, 5) is another. Make it for this size."),
                new("integers", () => Tensor.Zeros([4], DType.I64).Resample1d(Resampling.Identity(4)), typeof(DTypeException),
                    "Resample1d: works on floats, not on I64. Convert with To(DType.F32)."),
            ],
        },
    ];

    private static Sample Any(string condition, Shape shape, Func<Variable, Variable> function) => new(condition, [shape], x => function(x[0])) { Terms = 9 };

    private static Sample Distinct(string condition, Shape shape, Func<Variable, Variable> function) =>
        new(condition, [shape], x => function(x[0])) { Numbers = Draw.Distinct };

    private static Variable Pair(Tensor x)
    {
        _ = x.MaxPool2d(3, 2, 1, out Tensor indices);
        return indices;
    }

    private static double[] Few(Rng rng, int count) => [.. Enumerable.Range(0, count).Select(_ => 0.5 * rng.Next(3))];

    private static double[] Odd(Rng rng, int count) =>
        [.. Enumerable.Range(0, count).Select(i => rng.Next(9) switch { 0 => double.NaN, 1 => double.PositiveInfinity, < 6 => double.NegativeInfinity, _ => rng.NextDouble() })];

    private static IEnumerable<Mistake> WindowMistakes(string name, Action<Tensor, Pair, Pair?, Pair> call) =>
    [
        new("no image", () => call(Tensor.Zeros([2, 3]), 2, null, 0), typeof(ShapeException),
            $"{name}: x must be [batch, channels, height, width], or without a batch, not (2, 3). See Reshape and Unsqueeze."),
        new("integers", () => call(Image.To(DType.I64), 2, null, 0), typeof(DTypeException), $"{name}: works on floats, not on I64. Convert with To(DType.F32)."),
        new("no pixels", () => call(Tensor.Zeros([1, 2, 0, 5]), 2, null, 0), typeof(ShapeException),
            $"{name}: x is (1, 2, 0, 5), which has no element to work on along its last axes."),
        new("no kernel", () => call(Image, 0, 1, 0), typeof(ConfigException), $"{name}: kernel and stride must be at least 1, not 0 and 1."),
        new("no stride", () => call(Image, 2, 0, 0), typeof(ConfigException), $"{name}: kernel and stride must be at least 1, not 2 and 0."),
        new("too much padding", () => call(Image, 3, null, 2), typeof(ConfigException),
            $"{name}: the padding must be from 0 to half the kernel (1), not 2. Pad before where more is wanted."),
        new("negative padding", () => call(Image, 3, null, -1), typeof(ConfigException),
            $"{name}: the padding must be from 0 to half the kernel (1), not -1. Pad before where more is wanted."),
        new("a kernel that does not fit", () => call(Image, (3, 9), null, (0, 1)), typeof(ShapeException),
            $"{name}: axis 3 of (1, 2, 4, 5) has 5 elements, with padding 7: fewer than the kernel's 9."),
    ];

    private static IEnumerable<Mistake> SequenceMistakes(string name, Action<Tensor> call) =>
    [
        new("no sequence", () => call(Image), typeof(ShapeException),
            $"{name}: x must be [batch, channels, length], or without a batch, not (1, 2, 4, 5). See Reshape and Unsqueeze."),
        new("integers", () => call(Sequence.To(DType.I64)), typeof(DTypeException), $"{name}: works on floats, not on I64. Convert with To(DType.F32)."),
        new("no elements", () => call(Tensor.Zeros([2, 0])), typeof(ShapeException), $"{name}: x is (2, 0), which has no element to work on along its last axes."),
    ];

    private static IEnumerable<Mistake> ImageMistakes(string name, Action<Tensor, Pair> call) =>
    [
        new("no image", () => call(Tensor.Zeros([2, 3]), 2), typeof(ShapeException),
            $"{name}: x must be [batch, channels, height, width], or without a batch, not (2, 3). See Reshape and Unsqueeze."),
        new("integers", () => call(Image.To(DType.I64), 2), typeof(DTypeException), $"{name}: works on floats, not on I64. Convert with To(DType.F32)."),
        new("no pixels", () => call(Tensor.Zeros([1, 2, 0, 5]), 2), typeof(ShapeException),
            $"{name}: x is (1, 2, 0, 5), which has no element to work on along its last axes."),
        new("no size", () => call(Image, (0, 2)), typeof(ConfigException), $"{name}: the size must be at least 1, not 0 x 2."),
    ];
}
