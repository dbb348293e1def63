using static MiniStack.Tests.Make;

namespace MiniStack.Tests;

/// <summary>One number from two.</summary>
internal static class ArithmeticOperators
{
    private const string Family = "Two inputs, element by element, broadcast";
    private const string Answer = "its result is true or false";

    public static Operator[] All { get; } =
    [
        Binary("Add", "a + b", "torch.add", (a, b) => a.Add(b)) with { DTypes = Types.Numbers },
        Binary("Subtract", "a − b", "torch.sub", (a, b) => a.Subtract(b)) with { DTypes = Types.Numbers },
        Binary("Multiply", "a·b", "torch.mul", (a, b) => a.Multiply(b)) with { DTypes = Types.Numbers },
        Binary("Divide", "a / b", "torch.div", (a, b) => a.Divide(b), Draw.Positive),
        Binary("Pow", "aᵇ", "torch.pow", (a, b) => a.Pow(b), Draw.Positive),
        Binary("Maximum", "the larger; NaN if either is", "torch.maximum", (a, b) => a.Maximum(b), Draw.Distinct) with { DTypes = Types.Numbers },
        Binary("Minimum", "the smaller; NaN if either is", "torch.minimum", (a, b) => a.Minimum(b), Draw.Distinct) with { DTypes = Types.Numbers },
        Compare("Equal", "a == b", "torch.eq", (a, b) => a.Equal(b), Types.All),
        Compare("NotEqual", "a != b", "torch.ne", (a, b) => a.NotEqual(b), Types.All),
        Compare("Less", "a < b", "torch.lt", (a, b) => a.Less(b), Types.Numbers),
        Compare("LessOrEqual", "a <= b", "torch.le", (a, b) => a.LessOrEqual(b), Types.Numbers),
        Compare("Greater", "a > b", "torch.gt", (a, b) => a.Greater(b), Types.Numbers),
        Compare("GreaterOrEqual", "a >= b", "torch.ge", (a, b) => a.GreaterOrEqual(b), Types.Numbers),
        new("Not", Family, "not x", [DType.Bool], One("plain", [2, 35], x => x.Value.Not()), One("empty", [0], x => x.Value.Not()))
        {
            PyTorch = "torch.logical_not",
            Gradient = Differentiable.No,
            Reason = Answer,
            Mistakes = [Wrong<DTypeException>("numbers", () => Zeros(2).Value.Not(), "Not: works on Bool, not on F32. Compare first, for example with Equal.")],
        },
        new("Where", Family, "a where the condition is true, else b", Types.All,
            Two("plain", [3, 4], [3, 4], (a, b) => Variable.Where(Mask(a, true, false, true, true), a, b), "where"),
            Two("all stretched", [2, 1, 4], [3, 1], (a, b) => Variable.Where(Mask(a, true, false, true, true), a, b)),
            Two("stretched condition", [2, 35], [35], (a, b) => Variable.Where(Mask(a, true, false).Unsqueeze(-1), a, b)),
            Two("empty", [0, 4], [4], (a, b) => Variable.Where(Mask(a, true, false, true, true), a, b)),
            One("the same twice", [3, 2], x => Variable.Where(Mask(x, true, false), x, x)))
        {
            PyTorch = "torch.where",
            Mistakes =
            [
                Wrong<DTypeException>("a condition of numbers", () => Variable.Where(Tensor.Zeros([2]), Zeros(2), Zeros(2)),
                    "Where: the condition must be Bool, not F32. Compare first, for example with Greater."),
                Wrong<DTypeException>("two dtypes", () => Variable.Where(Tensor.Ones([2], DType.Bool), Zeros(2), Zeros(DType.F64, 2)),
                    "Where: a is F32 and b is F64. Convert one of them, for example a.To(DType.F64)."),
                Wrong<ShapeException>("shapes", () => Variable.Where(Tensor.Ones([3], DType.Bool), Zeros(2), Zeros(2)),
                    "Where: (2) and (3) do not broadcast. Counted from the end, axis 1 has sizes 2 and 3: they must be equal, or one of them 1 (see Unsqueeze and Expand)."),
            ],
        },
        new("MaskedFill", Family, "a number where the mask is true, else x", Types.Numbers,
            One("plain", [3, 4], x => x.MaskedFill(Mask(x, true, false, true, false), 2), "masked_fill"),
            One("stretched", [4, 1], x => x.MaskedFill(Mask(x, true, false, true), 0)),
            One("empty", [0, 4], x => x.MaskedFill(Mask(x, true, false, true, false), 2)),
            One("minus infinity", [2, 4], x => x.MaskedFill(Mask(x, true, false, true, false), double.NegativeInfinity)) with { HasDifferences = false, DTypes = Types.Floats })
        {
            PyTorch = "torch.Tensor.masked_fill",
            Mistakes =
            [
                Wrong<DTypeException>("a mask of numbers", () => Zeros(2).MaskedFill(Tensor.Zeros([2]), 0),
                    "MaskedFill: the mask must be Bool, not F32. Compare first, for example with Greater."),
            ],
        },
    ];

    private static Operator Binary(string name, string formula, string pyTorch, Func<Variable, Variable, Variable> f, NumberSource? numbers = null)
    {
        numbers ??= Draw.Any;
        bool onFloats = name is "Divide" or "Pow";
        Sample[] samples =
        [
            Two("equal shapes", [3, 4], [3, 4], f, name.ToLowerInvariant()),
            Two("both stretched", [2, 1, 4], [3, 1], f),
            Two("long", [3, 67], [67], f),
            Two("a number on the right", [2, 3], [], f),
            Two("a number on the left", [], [2, 3], f),
            Two("empty", [0, 3], [1, 3], f),
            Two("one element", [1], [1, 1], f),
            One("the same input twice", [2, 3], x => f(x, x)) with { HasDifferences = name is not ("Maximum" or "Minimum") },
        ];
        return new(name, Family, formula, Types.Floats, [.. samples.Select(sample => sample with { Numbers = numbers })])
        {
            PyTorch = pyTorch,
            Mistakes =
            [
                Wrong<ShapeException>("shapes", () => f(Zeros(2, 3), Zeros(4, 3)),
                    $"{name}: (2, 3) and (4, 3) do not broadcast. Counted from the end, axis 2 has sizes 2 and 4: they must be equal, or one of them 1 (see Unsqueeze and Expand)."),
                Wrong<DTypeException>("two dtypes", () => f(Zeros(2), Zeros(DType.I64, 2)), $"{name}: a is F32 and b is I64. Convert one of them, for example b.To(DType.F32)."),
                Wrong<DTypeException>("F16 and BF16", () => f(Zeros(DType.F16, 2), Zeros(DType.BF16, 2)),
                    $"{name}: a is F16 and b is BF16. Convert one of them, for example a and b.To(DType.F32)."),
                onFloats
                    ? Wrong<DTypeException>("integers", () => f(Zeros(DType.I32, 2), Zeros(DType.I32, 2)), $"{name}: works on floats, not on I32. Convert with To(DType.F32).")
                    : Wrong<DTypeException>("Bool", () => f(Zeros(DType.Bool, 2), Zeros(DType.Bool, 2)),
                        $"{name}: works on numbers, not on Bool. Convert with To(DType.F32) or To(DType.I64)."),
                Wrong<DeviceException>("two devices", () => f(Zeros(2), Zeros(2).Value.To(Device.Reference)),
                    $"{name}: a lies on cpu and b on reference. Move one of them, for example b.To(a.Device)."),
            ],
        };
    }

    private static Operator Compare(string name, string formula, string pyTorch, Func<Tensor, Tensor, Tensor> f, DType[] dtypes)
    {
        // Differences of whole numbers are often zero, so that equality occurs.
        Func<Variable, Variable, Variable> ofVariables = (a, b) => f(a.Value, b.Value);
        // Greater is Less the other way round, and says so.
        string asked = name switch { "Greater" => "Less", "GreaterOrEqual" => "LessOrEqual", "NotEqual" => "Equal", _ => name };
        return new(name, Family, formula, dtypes,
            Two("plain", [3, 4], [4], ofVariables, name.ToLowerInvariant()),
            Two("long", [3, 67], [67], ofVariables) with { Numbers = Draw.Whole },
            Two("empty", [0, 3], [1, 3], ofVariables),
            One("with itself", [70], x => f(x.Value, x.Value)))
        {
            PyTorch = pyTorch,
            Gradient = Differentiable.No,
            Reason = Answer,
            Mistakes =
            [
                Wrong<DTypeException>("two dtypes", () => f(Tensor.Zeros([2]), Tensor.Zeros([2], DType.F64)),
                    name.StartsWith("Greater", StringComparison.Ordinal)
                        ? $"{asked}: a is F64 and b is F32. Convert one of them, for example b.To(DType.F64)."
                        : $"{asked}: a is F32 and b is F64. Convert one of them, for example a.To(DType.F64)."),
            ],
        };
    }
}
