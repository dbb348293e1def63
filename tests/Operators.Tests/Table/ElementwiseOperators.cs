using static MiniStack.Tests.Make;

namespace MiniStack.Tests;

/// <summary>One number from one.</summary>
internal static class ElementwiseOperators
{
    private const string Family = "One input, element by element";
    private const string Flat = "its slope is 0 wherever it has one";

    public static Operator[] All { get; } =
    [
        Unary("Negate", "−x", "torch.neg", x => x.Negate()) with { DTypes = Types.Numbers },
        Unary("Abs", "|x|", "torch.abs", x => x.Abs(), Draw.NotZero) with { DTypes = Types.Numbers },
        Unary("Sign", "−1, 0 or 1", "torch.sign", x => x.Sign(), Draw.NotZero) with { DTypes = Types.Numbers, Gradient = Differentiable.No, Reason = Flat },
        Unary("Exp", "eˣ", "torch.exp", x => x.Exp()),
        Unary("Log", "ln x", "torch.log", x => x.Log(), Draw.Positive),
        Unary("Sqrt", "√x", "torch.sqrt", x => x.Sqrt(), Draw.Positive),
        Unary("Sin", "sin x", "torch.sin", x => x.Sin()),
        Unary("Cos", "cos x", "torch.cos", x => x.Cos()),
        Unary("Tan", "tan x", "torch.tan", x => x.Tan(), Draw.Small),
        Unary("Asin", "arcsin x", "torch.asin", x => x.Asin(), Draw.Small),
        Unary("Acos", "arccos x", "torch.acos", x => x.Acos(), Draw.Small),
        Unary("Atan", "arctan x", "torch.atan", x => x.Atan()),
        Unary("Sinh", "sinh x", "torch.sinh", x => x.Sinh()),
        Unary("Cosh", "cosh x", "torch.cosh", x => x.Cosh()),
        Unary("Tanh", "tanh x", "torch.tanh", x => x.Tanh()),
        Unary("Sigmoid", "1 / (1 + e⁻ˣ)", "torch.sigmoid", x => x.Sigmoid()),
        Unary("Erf", "2/√π · ∫₀ˣ e^(−t²) dt", "torch.erf", x => x.Erf()),
        Unary("Floor", "the largest whole number ≤ x", "torch.floor", x => x.Floor()) with { Gradient = Differentiable.No, Reason = Flat },
        Unary("Ceiling", "the smallest whole number ≥ x", "torch.ceil", x => x.Ceiling()) with { Gradient = Differentiable.No, Reason = Flat },
        Unary("Round", "the nearest whole number, halves to even", "torch.round", x => x.Round()) with { Gradient = Differentiable.No, Reason = Flat },
        Unary("Relu", "max(x, 0)", "torch.nn.functional.relu", x => x.Relu(), Draw.NotZero),
        Unary("Gelu", "x·Φ(x)", "torch.nn.functional.gelu", x => x.Gelu()) with { Source = "Hendrycks and Gimpel 2016, arXiv:1606.08415" },
        Unary("Silu", "x·σ(x)", "torch.nn.functional.silu", x => x.Silu()) with { Source = "Elfwing et al. 2017, arXiv:1702.03118" },
        new("Clamp", Family, "min(max(x, low), high)", Types.Numbers,
            One("both bounds", [2, 3, 4], x => x.Value.DType.IsFloat() ? x.Clamp(-0.51, 1.01) : x.Clamp(-1, 1), "clamp"),
            One("from below", [5], x => x.Clamp(low: 0.3)) with { DTypes = Types.Floats },
            One("from above", [67], x => x.Clamp(high: -0.3)) with { DTypes = Types.Floats },
            One("not at all", [2, 2], x => x.Clamp()) with { DTypes = Types.Floats },
            One("empty", [0, 3], x => x.Clamp(0, 1)))
        {
            PyTorch = "torch.clamp",
            Mistakes =
            [
                Wrong<ConfigException>("bounds the wrong way round", () => Zeros(2).Clamp(1, -1), "Clamp: low 1 is above high -1. Exchange them."),
                Wrong<DTypeException>("Bool", () => Zeros(DType.Bool, 2).Clamp(0, 1), "Clamp: works on numbers, not on Bool. Convert with To(DType.F32) or To(DType.I64)."),
            ],
        },
        new("Dropout", Family, "0 with probability p, else x / (1 − p)", Types.Floats,
            One("plain", [2, 3, 4], x => x.Dropout(0.4, new Rng(3))),
            One("long", [67], x => x.Dropout(0.9, new Rng(4))),
            One("never", [5], x => x.Dropout(0, new Rng(3))),
            One("empty", [2, 0], x => x.Dropout(0.5, new Rng(3))))
        {
            PyTorch = "torch.nn.functional.dropout",
            Source = "Srivastava et al. 2014, JMLR 15",
            Mistakes =
            [
                Wrong<ConfigException>("p = 1", () => Zeros(2).Dropout(1, new Rng(1)), "Dropout: the probability must be at least 0 and below 1, not 1."),
                Wrong<ConfigException>("p is NaN", () => Zeros(2).Dropout(double.NaN, new Rng(1)), "Dropout: the probability must be at least 0 and below 1, not NaN."),
            ],
        },
        new("To", Family, "the same numbers in another dtype", Types.All,
            One("to F32", [2, 3, 4], x => x.To(DType.F32)) with { HasDifferences = false },
            One("to F64", [67], x => x.To(DType.F64)) with { HasDifferences = false },
            One("to F16", [67], x => x.To(DType.F16)) with { HasDifferences = false },
            One("to BF16", [67], x => x.To(DType.BF16)) with { HasDifferences = false },
            One("to I64", [67], x => x.Value.To(DType.I64)) with { HasDifferences = false },
            One("to I32", [67], x => x.Value.To(DType.I32)) with { HasDifferences = false },
            One("to U8", [67], x => x.Value.To(DType.U8)) with { HasDifferences = false },
            One("to Bool", [67], x => x.Value.To(DType.Bool)) with { HasDifferences = false },
            One("empty", [2, 0], x => x.To(DType.F16)) with { HasDifferences = false })
        { PyTorch = "torch.Tensor.to" },
    ];

    private static Operator Unary(string name, string formula, string pyTorch, Func<Variable, Variable> function, NumberSource? numbers = null)
    {
        numbers ??= Draw.Any;
        bool onNumbers = name is "Negate" or "Abs" or "Sign";
        return new(name, Family, formula, Types.Floats,
            One("plain", [2, 3, 4], function, name.ToLowerInvariant()) with { Numbers = numbers },
            One("long", [67], function) with { Numbers = numbers },
            One("empty", [2, 0, 3], function),
            One("one element", [1, 1], function) with { Numbers = numbers },
            One("rank 0", [], function) with { Numbers = numbers })
        {
            PyTorch = pyTorch,
            Mistakes = onNumbers
                ? [Wrong<DTypeException>("Bool", () => function(Zeros(DType.Bool, 2)), $"{name}: works on numbers, not on Bool. Convert with To(DType.F32) or To(DType.I64).")]
                : [Wrong<DTypeException>("integers", () => function(Zeros(DType.I64, 2)), $"{name}: works on floats, not on I64. Convert with To(DType.F32).")],
        };
    }
}
