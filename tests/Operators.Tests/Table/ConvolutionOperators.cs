namespace MiniStack.Tests;

/// <summary>Weighted sums of what is near.</summary>
internal static class ConvolutionOperators
{
    private const string Family = "Convolutions";

    private const string Arithmetic = "Dumoulin and Visin 2016, arXiv:1603.07285";

    public static Operator[] All { get; } =
    [
        Conv2d(),
        ConvTranspose2d(),
        Conv1d(),
        ConvTranspose1d(),
        Conv2dInputGradient(),
        Conv2dWeightGradient(),
        ConvTranspose2dInputGradient(),
    ];

    private static Operator Conv2d()
    {
        Func<Variable[], Variable> plain = v => v[0].Conv2d(v[1], v.Length > 2 ? v[2] : null);
        return new("Conv2d", Family, "Σ weight[o, c, p, q]·x[b, c, i·stride + p·dilation − padding, j·stride + q·dilation − padding] + bias[o]", Types.Floats,
            new("plain", [[2, 3, 5, 4], [4, 3, 3, 2], [4]], plain) { Terms = 18, Golden = "conv2d" },
            new("without a bias", [[1, 2, 4, 4], [3, 2, 3, 3]], plain) { Terms = 18, Golden = "conv2d_without_bias" },
            new("stride", [[2, 2, 7, 6], [3, 2, 3, 3], [3]], v => v[0].Conv2d(v[1], v[2], stride: (2, 3))) { Terms = 18, Golden = "conv2d_stride" },
            new("padding", [[1, 2, 4, 3], [2, 2, 3, 3], [2]], v => v[0].Conv2d(v[1], v[2], padding: (1, 2))) { Terms = 18, Golden = "conv2d_padding" },
            new("dilation", [[1, 2, 7, 6], [2, 2, 3, 2], [2]], v => v[0].Conv2d(v[1], v[2], dilation: (2, 3))) { Terms = 12, Golden = "conv2d_dilation" },
            new("groups", [[1, 4, 4, 4], [6, 2, 3, 3], [6]], v => v[0].Conv2d(v[1], v[2], groups: 2)) { Terms = 18, Golden = "conv2d_groups" },
            new("depthwise", [[1, 3, 4, 4], [6, 1, 3, 3], [6]], v => v[0].Conv2d(v[1], v[2], padding: 1, groups: 3)) { Terms = 9, Golden = "conv2d_depthwise" },
            new("asymmetric kernel", [[1, 2, 4, 6], [3, 2, 1, 5], [3]], v => v[0].Conv2d(v[1], v[2], padding: (0, 2))) { Terms = 10, Golden = "conv2d_asymmetric" },
            new("all options", [[1, 4, 8, 7], [4, 2, 3, 2], [4]], v => v[0].Conv2d(v[1], v[2], (2, 1), (3, 1), (2, 3), 2)) { Terms = 12, Golden = "conv2d_all" },
            new("kernel of 1, stride 2", [[2, 3, 4, 4], [2, 3, 1, 1], [2]], v => v[0].Conv2d(v[1], v[2], stride: 2)) { Terms = 3, Golden = "conv2d_pointwise" },
            new("padding beyond the kernel", [[1, 1, 2, 2], [1, 1, 2, 2], [1]], v => v[0].Conv2d(v[1], v[2], padding: 3)) { Terms = 4 },
            new("stride beyond the kernel", [[1, 2, 7, 8], [2, 2, 2, 2], [2]], v => v[0].Conv2d(v[1], v[2], stride: 3)) { Terms = 8 },
            new("kernel as large as the image", [[3, 2, 3, 4], [2, 2, 3, 4], [2]], plain) { Terms = 24 },
            new("wide", [[3, 3, 9, 37], [14, 3, 3, 3], [14]], v => v[0].Conv2d(v[1], v[2], padding: 1)) { Terms = 27, HasDifferences = false },
            new("small images", [[7, 5, 7, 7], [17, 5, 3, 3], [17]], v => v[0].Conv2d(v[1], v[2], padding: 1)) { Terms = 45, HasDifferences = false },
            new("many channels", [[2, 75, 6, 7], [26, 75, 3, 3], [26]], v => v[0].Conv2d(v[1], v[2], stride: 2, padding: 1)) { Terms = 675, HasDifferences = false },
            new("large kernel", [[1, 2, 19, 24], [3, 2, 15, 17], [3]], v => v[0].Conv2d(v[1], v[2], padding: 4)) { Terms = 510, HasDifferences = false },
            new("empty batch", [[0, 2, 4, 4], [3, 2, 3, 3], [3]], plain),
            new("no channels", [[2, 0, 4, 4], [3, 0, 3, 3], [3]], plain),
            new("no outputs", [[2, 2, 4, 4], [0, 2, 3, 3], [0]], plain),
            new("one pixel", [[1, 1, 1, 1], [1, 1, 1, 1], [1]], plain) { Terms = 1 })
        {
            PyTorch = "torch.nn.functional.conv2d",
            Source = Arithmetic,
            Mistakes =
            [
                Conv("one image", x: [3, 5, 5], message: "x is (3, 5, 5); it must be [batch, channels, height, width]. Make a batch of one with Unsqueeze(0)."),
                Conv("x of other rank", x: [5, 5], message: "x is (5, 5); it must be [batch, channels, height, width]."),
                Conv("weight of other rank", w: [4, 3, 3], message: "weight is (4, 3, 3); it must be [outputs, channels / groups, kernel height, kernel width]."),
                Conv("empty kernel", w: [4, 3, 0, 3], message: "weight is (4, 3, 0, 3): its kernel is empty."),
                Conv("other channels", w: [4, 2, 3, 3], message: "x is (2, 3, 5, 5) and weight is (4, 2, 3, 3): x has 3 channels, and the weight is for 2 in each of 1 groups. "
                    + "Give x 2 channels, or the weight's axis 1 the size channels / groups."),
                Conv("other groups", w: [4, 3, 3, 3], groups: 3, message: "x is (2, 3, 5, 5) and weight is (4, 3, 3, 3): x has 3 channels, and the weight is for 3 in each of 3 groups. "
                    + "Give x 9 channels, or the weight's axis 1 the size channels / groups."),
                Conv("groups that do not divide the outputs", w: [4, 1, 3, 3], groups: 3, message: "weight is (4, 1, 3, 3): 3 groups must divide its axis 0 (4)."),
                Conv("bias of other shape", b: [3], message: "bias is (3); it must be (4), one for each output channel."),
                Conv("kernel beyond the image", w: [4, 3, 6, 3], message: "the kernel reaches over (6, 3) and the padded input has (5, 5). x is (2, 3, 5, 5), weight is (4, 3, 6, 3): "
                    + "use a larger padding, a smaller kernel or a smaller dilation."),
                Conv("dilated beyond the image", padding: 1, dilation: (1, 4), message: "the kernel reaches over (3, 9) and the padded input has (7, 7). x is (2, 3, 5, 5), "
                    + "weight is (4, 3, 3, 3): use a larger padding, a smaller kernel or a smaller dilation."),
                Setting("stride of 0", stride: 0, message: "stride is (0, 0); it must be at least 1 along each axis."),
                Setting("negative padding", padding: (0, -1), message: "padding is (0, -1); it must be at least 0 along each axis."),
                Setting("dilation of 0", dilation: (0, 1), message: "dilation is (0, 1); it must be at least 1 along each axis."),
                Setting("no groups", groups: 0, message: "groups is 0; it must be at least 1."),
                new("integers", () => Zeros([2, 3, 5, 5], DType.I64).Conv2d(Zeros([4, 3, 3, 3], DType.I64)), typeof(DTypeException),
                    "Conv2d: works on floats, not on I64. Convert with To(DType.F32)."),
                new("other dtypes", () => Zeros([2, 3, 5, 5]).Conv2d(Zeros([4, 3, 3, 3], DType.F64)), typeof(DTypeException),
                    "Conv2d: a is F32 and b is F64. Convert one of them, for example a.To(DType.F64)."),
                new("bias of other dtype", () => Zeros([2, 3, 5, 5]).Conv2d(Zeros([4, 3, 3, 3]), Zeros([4], DType.F64)), typeof(DTypeException),
                    "Conv2d: a is F32 and b is F64. Convert one of them, for example a.To(DType.F64)."),
            ],
        };

        Mistake Conv(
            string condition, string message, Shape? x = null, Shape? w = null, Shape? b = null, Pair? padding = null, Pair? dilation = null, int groups = 1) =>
            new(condition, () => Zeros(x ?? [2, 3, 5, 5]).Conv2d(Zeros(w ?? [4, 3, 3, 3]), b is { } shape ? Zeros(shape) : null, null, padding, dilation, groups),
                typeof(ShapeException), $"Conv2d: {message}");

        Mistake Setting(string condition, string message, Pair? stride = null, Pair? padding = null, Pair? dilation = null, int groups = 1) =>
            new(condition, () => Zeros([2, 3, 5, 5]).Conv2d(Zeros([4, 3, 3, 3]), null, stride, padding, dilation, groups),
                typeof(ConfigException), $"Conv2d: {message}");
    }

    private static Operator ConvTranspose2d()
    {
        Func<Variable[], Variable> plain = v => v[0].ConvTranspose2d(v[1], v.Length > 2 ? v[2] : null);
        return new("ConvTranspose2d", Family, "bias[c], and each x[b, o, i, j] adds weight[o, c, p, q]·x at row i·stride + p·dilation − padding, and so on", Types.Floats,
            new("plain", [[2, 3, 4, 3], [3, 2, 3, 2], [2]], plain) { Terms = 18, Golden = "conv_transpose2d" },
            new("without a bias", [[1, 2, 3, 3], [2, 3, 2, 2]], plain) { Terms = 8, Golden = "conv_transpose2d_without_bias" },
            new("stride", [[1, 2, 3, 2], [2, 3, 3, 3], [3]], v => v[0].ConvTranspose2d(v[1], v[2], stride: (2, 3))) { Terms = 18, Golden = "conv_transpose2d_stride" },
            new("padding", [[1, 2, 4, 5], [2, 2, 3, 3], [2]], v => v[0].ConvTranspose2d(v[1], v[2], padding: (1, 2))) { Terms = 18, Golden = "conv_transpose2d_padding" },
            new("output padding", [[1, 2, 3, 3], [2, 2, 3, 3], [2]], v => v[0].ConvTranspose2d(v[1], v[2], stride: 3, outputPadding: (1, 2)))
            { Terms = 18, Golden = "conv_transpose2d_output_padding" },
            new("dilation", [[1, 2, 3, 3], [2, 2, 3, 2], [2]], v => v[0].ConvTranspose2d(v[1], v[2], dilation: (2, 3))) { Terms = 12, Golden = "conv_transpose2d_dilation" },
            new("groups", [[1, 4, 3, 3], [4, 3, 2, 2], [6]], v => v[0].ConvTranspose2d(v[1], v[2], groups: 2)) { Terms = 8, Golden = "conv_transpose2d_groups" },
            new("depthwise", [[1, 3, 3, 4], [3, 1, 3, 3], [3]], v => v[0].ConvTranspose2d(v[1], v[2], stride: 2, groups: 3)) { Terms = 9, Golden = "conv_transpose2d_depthwise" },
            new("all options", [[1, 4, 3, 4], [4, 2, 3, 2], [4]], v => v[0].ConvTranspose2d(v[1], v[2], (2, 3), (1, 2), (2, 1), (3, 2), 2))
            { Terms = 12, Golden = "conv_transpose2d_all" },
            new("stride beyond the kernel", [[1, 2, 3, 2], [2, 2, 2, 1], [2]], v => v[0].ConvTranspose2d(v[1], v[2], stride: 3)) { Terms = 4 },
            new("wide", [[3, 5, 9, 37], [5, 14, 3, 3], [14]], v => v[0].ConvTranspose2d(v[1], v[2], padding: 1)) { Terms = 45, HasDifferences = false },
            new("wide, with a stride", [[3, 5, 7, 19], [5, 14, 3, 3], [14]], v => v[0].ConvTranspose2d(v[1], v[2], stride: 2, padding: 1)) { Terms = 45, HasDifferences = false },
            new("many channels", [[2, 75, 3, 4], [75, 13, 3, 3], [13]], v => v[0].ConvTranspose2d(v[1], v[2], stride: 2, padding: 1)) { Terms = 675, HasDifferences = false },
            new("empty batch", [[0, 2, 3, 3], [2, 3, 3, 3], [3]], plain),
            new("no channels", [[2, 0, 3, 3], [0, 3, 3, 3], [3]], plain),
            new("one pixel", [[1, 1, 1, 1], [1, 1, 1, 1], [1]], plain) { Terms = 1 })
        {
            PyTorch = "torch.nn.functional.conv_transpose2d",
            Source = "Zeiler et al. 2010, doi:10.1109/CVPR.2010.5539957; " + Arithmetic,
            Mistakes =
            [
                Conv("one image", x: [3, 5, 5], message: "x is (3, 5, 5); it must be [batch, channels, height, width]. Make a batch of one with Unsqueeze(0)."),
                Conv("weight of other rank", w: [3, 4, 3], message: "weight is (3, 4, 3); it must be [channels, outputs / groups, kernel height, kernel width]."),
                Conv("other channels", w: [4, 3, 3, 3], message: "x is (2, 3, 5, 5) and weight is (4, 3, 3, 3): x has 3 channels, and the weight's axis 0 has 4. They must be equal."),
                Conv("groups that do not divide the channels", groups: 2, message: "weight is (3, 4, 3, 3): 2 groups must divide its axis 0 (3)."),
                Conv("bias of other shape", b: [4], groups: 3, message: "bias is (4); it must be (12), one for each output channel."),
                Conv("nothing left", x: [2, 3, 1, 1], padding: 2, message: "x is (2, 3, 1, 1) and weight is (3, 4, 3, 3): with padding (2, 2), nothing of the result is left. "
                    + "Use a smaller padding."),
                new("output padding beyond the stride", () => Zeros([2, 3, 5, 5]).ConvTranspose2d(Zeros([3, 4, 3, 3]), stride: 2, outputPadding: 2), typeof(ConfigException),
                    "ConvTranspose2d: outputPadding is (2, 2); it must be at least 0, and below the stride (2, 2) or the dilation (1, 1)."),
                new("negative output padding", () => Zeros([2, 3, 5, 5]).ConvTranspose2d(Zeros([3, 4, 3, 3]), outputPadding: (0, -1)), typeof(ConfigException),
                    "ConvTranspose2d: outputPadding is (0, -1); it must be at least 0, and below the stride (1, 1) or the dilation (1, 1)."),
                new("stride of 0", () => Zeros([2, 3, 5, 5]).ConvTranspose2d(Zeros([3, 4, 3, 3]), stride: (1, 0)), typeof(ConfigException),
                    "ConvTranspose2d: stride is (1, 0); it must be at least 1 along each axis."),
                new("other dtypes", () => Zeros([2, 3, 5, 5]).ConvTranspose2d(Zeros([3, 4, 3, 3], DType.F64)), typeof(DTypeException),
                    "ConvTranspose2d: a is F32 and b is F64. Convert one of them, for example a.To(DType.F64)."),
            ],
        };

        Mistake Conv(string condition, string message, Shape? x = null, Shape? w = null, Shape? b = null, Pair? padding = null, int groups = 1) =>
            new(condition, () => Zeros(x ?? [2, 3, 5, 5]).ConvTranspose2d(Zeros(w ?? [3, 4, 3, 3]), b is { } shape ? Zeros(shape) : null, padding: padding, groups: groups),
                typeof(ShapeException), $"ConvTranspose2d: {message}");
    }

    private static Operator Conv1d() => new("Conv1d", Family, "Conv2d of images one pixel high", Types.Floats,
        new("plain", [[2, 3, 9], [4, 3, 3], [4]], v => v[0].Conv1d(v[1], v[2])) { Terms = 9, Golden = "conv1d" },
        new("all options", [[2, 4, 11], [4, 2, 3], [4]], v => v[0].Conv1d(v[1], v[2], 2, 3, 2, 2)) { Terms = 6, Golden = "conv1d_all" },
        new("long", [[2, 3, 131], [13, 3, 5]], v => v[0].Conv1d(v[1], padding: 2)) { Terms = 15, HasDifferences = false },
        new("empty batch", [[0, 3, 9], [4, 3, 3], [4]], v => v[0].Conv1d(v[1], v[2])),
        new("one number", [[1, 1, 1], [1, 1, 1], [1]], v => v[0].Conv1d(v[1], v[2])) { Terms = 1 })
    {
        PyTorch = "torch.nn.functional.conv1d",
        Mistakes =
        [
            new("one sequence", () => Zeros([3, 9]).Conv1d(Zeros([4, 3, 3])), typeof(ShapeException),
                "Conv1d: x is (3, 9); it must be [batch, channels, length]. Make a batch of one with Unsqueeze(0)."),
            new("weight of other rank", () => Zeros([2, 3, 9]).Conv1d(Zeros([4, 3, 3, 3])), typeof(ShapeException),
                "Conv1d: weight is (4, 3, 3, 3); it must be [outputs, channels / groups, kernel]."),
            new("kernel beyond the sequence", () => Zeros([2, 3, 9]).Conv1d(Zeros([4, 3, 3]), dilation: 5), typeof(ShapeException),
                "Conv1d: the kernel reaches over 11 and the padded input has 9. x is (2, 3, 9), weight is (4, 3, 3): use a larger padding, a smaller kernel or a smaller dilation."),
            new("stride of 0", () => Zeros([2, 3, 9]).Conv1d(Zeros([4, 3, 3]), stride: 0), typeof(ConfigException), "Conv1d: stride is 0; it must be at least 1."),
            new("negative padding", () => Zeros([2, 3, 9]).Conv1d(Zeros([4, 3, 3]), padding: -1), typeof(ConfigException), "Conv1d: padding is -1; it must be at least 0."),
        ],
    };

    private static Operator ConvTranspose1d() => new("ConvTranspose1d", Family, "ConvTranspose2d of images one pixel high", Types.Floats,
        new("plain", [[2, 3, 5], [3, 2, 3], [2]], v => v[0].ConvTranspose1d(v[1], v[2])) { Terms = 9, Golden = "conv_transpose1d" },
        new("all options", [[2, 4, 5], [4, 2, 3], [4]], v => v[0].ConvTranspose1d(v[1], v[2], 3, 2, 1, 2, 2)) { Terms = 6, Golden = "conv_transpose1d_all" },
        new("long", [[2, 3, 67], [3, 13, 4]], v => v[0].ConvTranspose1d(v[1], stride: 2, padding: 1)) { Terms = 6, HasDifferences = false },
        new("empty batch", [[0, 3, 5], [3, 2, 3], [2]], v => v[0].ConvTranspose1d(v[1], v[2])),
        new("one number", [[1, 1, 1], [1, 1, 1], [1]], v => v[0].ConvTranspose1d(v[1], v[2])) { Terms = 1 })
    {
        PyTorch = "torch.nn.functional.conv_transpose1d",
        Mistakes =
        [
            new("other channels", () => Zeros([2, 3, 5]).ConvTranspose1d(Zeros([4, 2, 3])), typeof(ShapeException),
                "ConvTranspose1d: x is (2, 3, 5) and weight is (4, 2, 3): x has 3 channels, and the weight's axis 0 has 4. They must be equal."),
            new("output padding beyond the stride", () => Zeros([2, 3, 5]).ConvTranspose1d(Zeros([3, 2, 3]), outputPadding: 1), typeof(ConfigException),
                "ConvTranspose1d: outputPadding is 1; it must be at least 0, and below the stride 1 or the dilation 1."),
            new("nothing left", () => Zeros([2, 3, 1]).ConvTranspose1d(Zeros([3, 2, 3]), padding: 2), typeof(ShapeException),
                "ConvTranspose1d: x is (2, 3, 1) and weight is (3, 2, 3): with padding 2, nothing of the result is left. Use a smaller padding."),
        ],
    };

    private static readonly ConvOptions Strided = new() { Stride = (2, 1), Padding = 1, Dilation = (1, 2), Groups = 2 };

    private static Operator Conv2dInputGradient() => new("Conv2dInputGradient", Family, "∂Conv2d/∂x · dy", Types.Floats,
        new("plain", [[2, 3, 3, 4], [3, 2, 2, 3]], v => Variable.Conv2dInputGradient(v[0], v[1], (4, 6), new())) { Terms = 18 },
        new("all options", [[2, 4, 3, 4], [4, 3, 3, 2]], v => Variable.Conv2dInputGradient(v[0], v[1], (6, 4), Strided)) { Terms = 12 },
        new("empty batch", [[0, 3, 3, 4], [3, 2, 2, 3]], v => Variable.Conv2dInputGradient(v[0], v[1], (4, 6), new())))
    {
        PyTorch = "torch.nn.grad.conv2d_input",
        Mistakes =
        [
            new("other outputs", () => Fused.Conv2dInputGradient(Zeros([2, 3, 3, 4]), Zeros([4, 2, 2, 3]), (4, 6), new()), typeof(ShapeException),
                "Conv2dInputGradient: dy is (2, 3, 3, 4) and weight is (4, 2, 2, 3): dy's channels must be the weight's outputs."),
            new("groups that do not divide the outputs", () => Fused.Conv2dInputGradient(Zeros([2, 3, 3, 4]), Zeros([3, 2, 2, 3]), (4, 6), new() { Groups = 2 }), typeof(ShapeException),
                "Conv2dInputGradient: weight is (3, 2, 2, 3): 2 groups must divide its axis 0 (3)."),
            new("more results than the input has", () => Fused.Conv2dInputGradient(Zeros([2, 3, 3, 4]), Zeros([3, 2, 2, 3]), (3, 6), new()), typeof(ShapeException),
                "Conv2dInputGradient: dy is (2, 3, 3, 4), and a convolution of (3, 6) by a kernel of (2, 3) has (2, 4) results at most."),
        ],
    };

    private static Operator Conv2dWeightGradient() => new("Conv2dWeightGradient", Family, "∂Conv2d/∂weight · dy", Types.Floats,
        new("plain", [[2, 3, 5, 4], [2, 4, 3, 3]], v => Variable.Conv2dWeightGradient(v[0], v[1], (3, 2), new())) { Terms = 18 },
        new("all options", [[2, 4, 6, 4], [2, 6, 3, 4]], v => Variable.Conv2dWeightGradient(v[0], v[1], (3, 2), Strided)) { Terms = 24 },
        new("depthwise", [[2, 3, 5, 5], [2, 3, 5, 5]], v => Variable.Conv2dWeightGradient(v[0], v[1], 3, new() { Padding = 1, Groups = 3 })) { Terms = 50 },
        new("wide", [[3, 3, 9, 37], [3, 14, 9, 37]], v => Variable.Conv2dWeightGradient(v[0], v[1], 3, new() { Padding = 1 })) { Terms = 999, HasDifferences = false },
        new("small images", [[11, 5, 7, 7], [11, 33, 7, 7]], v => Variable.Conv2dWeightGradient(v[0], v[1], 3, new() { Padding = 1 })) { Terms = 539, HasDifferences = false },
        new("many channels", [[2, 70, 5, 6], [2, 18, 3, 3]], v => Variable.Conv2dWeightGradient(v[0], v[1], 3, new() { Stride = 2, Padding = 1 }))
        { Terms = 18, HasDifferences = false },
        new("empty batch", [[0, 3, 5, 4], [0, 4, 3, 3]], v => Variable.Conv2dWeightGradient(v[0], v[1], (3, 2), new())),
        new("one pixel", [[1, 1, 1, 1], [1, 1, 1, 1]], v => Variable.Conv2dWeightGradient(v[0], v[1], 1, new())) { Terms = 1 })
    {
        PyTorch = "torch.nn.grad.conv2d_weight",
        Mistakes =
        [
            new("other batch", () => Fused.Conv2dWeightGradient(Zeros([2, 3, 5, 4]), Zeros([3, 4, 3, 3]), (3, 2), new()), typeof(ShapeException),
                "Conv2dWeightGradient: x is (2, 3, 5, 4) and dy is (3, 4, 3, 3); both must be [batch, channels, height, width], with the same batch."),
            new("groups that do not divide the channels", () => Fused.Conv2dWeightGradient(Zeros([2, 3, 5, 4]), Zeros([2, 4, 3, 3]), (3, 2), new() { Groups = 2 }), typeof(ShapeException),
                "Conv2dWeightGradient: 2 groups must divide the channels of x, (2, 3, 5, 4), and of dy, (2, 4, 3, 3)."),
            new("empty kernel", () => Fused.Conv2dWeightGradient(Zeros([2, 3, 5, 4]), Zeros([2, 4, 3, 3]), (0, 2), new()), typeof(ConfigException),
                "Conv2dWeightGradient: the kernel is (0, 2); it must be at least 1 along each axis."),
            new("more results than x has", () => Fused.Conv2dWeightGradient(Zeros([2, 3, 5, 4]), Zeros([2, 4, 4, 3]), (3, 2), new()), typeof(ShapeException),
                "Conv2dWeightGradient: dy is (2, 4, 4, 3), and a convolution of (5, 4) by a kernel of (3, 2) has (3, 3) results at most."),
            new("stride of 0", () => Fused.Conv2dWeightGradient(Zeros([2, 3, 5, 4]), Zeros([2, 4, 3, 3]), (3, 2), new() { Stride = 0 }), typeof(ConfigException),
                "Conv2dWeightGradient: stride is (0, 0); it must be at least 1 along each axis."),
        ],
    };

    private static Operator ConvTranspose2dInputGradient() => new("ConvTranspose2dInputGradient", Family, "∂ConvTranspose2d/∂x · dy", Types.Floats,
        new("plain", [[2, 2, 6, 4], [3, 2, 3, 2]], v => Variable.ConvTranspose2dInputGradient(v[0], v[1], (4, 3), new())) { Terms = 12 },
        new("all options", [[2, 6, 8, 9], [4, 3, 3, 2]], v => Variable.ConvTranspose2dInputGradient(v[0], v[1], (3, 8), Strided)) { Terms = 18 })
    {
        Mistakes =
        [
            new("other channels", () => Fused.ConvTranspose2dInputGradient(Zeros([2, 2, 6, 4]), Zeros([3, 3, 3, 2]), (4, 3), new()), typeof(ShapeException),
                "ConvTranspose2dInputGradient: x is (2, 2, 6, 4) and weight is (3, 3, 3, 2): x has 2 channels, and the weight is for 3 in each of 1 groups. "
                + "Give x 3 channels, or the weight's axis 1 the size channels / groups."),
            new("more input than dy has results", () => Fused.ConvTranspose2dInputGradient(Zeros([2, 2, 6, 4]), Zeros([3, 2, 3, 2]), (5, 3), new()), typeof(ShapeException),
                "ConvTranspose2dInputGradient: the input is said to be (5, 3), and dy, (2, 2, 6, 4), has room for (4, 3) results of a kernel of (3, 2)."),
        ],
    };

    private static Tensor Zeros(Shape shape, DType dtype = DType.F32) => Tensor.Zeros(shape, dtype);
}
