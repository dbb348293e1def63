namespace MiniStack.Examples.Hardware;

/// <summary>A way to store a number in a few bits.</summary>
internal abstract record NumberFormat(string Name, int Bits)
{
    /// <summary>All that the demo shows, the most exact first.</summary>
    public static NumberFormat[] All { get; } =
    [
        new FloatFormat("fp32", 8, 23), new FloatFormat("bf16", 8, 7), new FloatFormat("fp16", 5, 10),
        new FloatFormat("fp8 e4m3", 4, 3, HasInfinity: false), new FloatFormat("fp8 e5m2", 5, 2), new ScaledInteger("int8", 8, Range: 1),
    ];

    /// <summary>The largest finite number.</summary>
    public abstract double Largest { get; }

    /// <summary>The smallest positive number.</summary>
    public abstract double Smallest { get; }

    /// <summary>The smallest positive number with full precision.</summary>
    public abstract double SmallestNormal { get; }

    /// <summary>The nearest number of this format, to even on a tie.</summary>
    public abstract double Round(double x);

    /// <summary>The distance from the stored number to the next larger in magnitude.</summary>
    public abstract double Spacing(double x);

    /// <summary>The stored bits, field by field.</summary>
    public abstract string Fields(double x);

    /// <summary>|stored − x| / |x|; NaN where nothing finite is stored.</summary>
    public double RelativeError(double x)
    {
        double stored = Round(x);
        return !double.IsFinite(stored) ? double.NaN : x == 0 ? 0 : Math.Abs(stored - x) / Math.Abs(x);
    }

    protected static string Binary(long value, int digits) => Convert.ToString(value, 2).PadLeft(digits, '0');
}

/// <summary>Sign, exponent, fraction: (−1)^sign · 1.fraction · 2^(exponent − bias), and 0.fraction · 2^(1 − bias) where the exponent's field is 0.</summary>
/// <param name="Name">What it is called.</param>
/// <param name="ExponentBits">They decide the range.</param>
/// <param name="FractionBits">They decide the precision.</param>
/// <param name="HasInfinity">True as in IEEE 754: the largest exponent means ∞ and NaN. False as in E4M3 (Micikevicius et al. 2022,
/// arXiv:2209.05433): it means numbers too, but for one NaN.</param>
internal sealed record FloatFormat(string Name, int ExponentBits, int FractionBits, bool HasInfinity = true)
    : NumberFormat(Name, 1 + ExponentBits + FractionBits)
{
    private int Bias => (1 << (ExponentBits - 1)) - 1;

    private int LeastExponent => 1 - Bias;

    /// <inheritdoc/>
    public override double Largest => HasInfinity
        ? Math.ScaleB(2 - Math.ScaleB(1, -FractionBits), Bias)
        : Math.ScaleB(2 - Math.ScaleB(2, -FractionBits), Bias + 1);

    /// <inheritdoc/>
    public override double Smallest => Math.ScaleB(1, LeastExponent - FractionBits);

    /// <inheritdoc/>
    public override double SmallestNormal => Math.ScaleB(1, LeastExponent);

    /// <inheritdoc/>
    public override double Round(double x)
    {
        if (!double.IsFinite(x) || x == 0) return double.IsInfinity(x) && !HasInfinity ? double.NaN : x;
        int quantum = Exponent(x) - FractionBits;
        double rounded = Math.ScaleB(Math.Round(Math.ScaleB(x, -quantum), MidpointRounding.ToEven), quantum);
        if (Math.Abs(rounded) <= Largest) return rounded;
        return HasInfinity ? Math.CopySign(double.PositiveInfinity, x) : double.NaN;
    }

    /// <inheritdoc/>
    public override double Spacing(double x)
    {
        double stored = Round(x);
        return double.IsFinite(stored) ? Math.ScaleB(1, Exponent(stored) - FractionBits) : double.NaN;
    }

    /// <inheritdoc/>
    public override string Fields(double x)
    {
        double stored = Round(x), magnitude = Math.Abs(stored);
        long exponent = (1L << ExponentBits) - 1, fraction = 0;
        if (double.IsFinite(stored))
        {
            long significand = (long)Math.ScaleB(magnitude, FractionBits - Exponent(stored)), hidden = 1L << FractionBits;
            exponent = significand < hidden ? 0 : Exponent(stored) + Bias;
            fraction = significand & (hidden - 1);
        }
        else if (double.IsNaN(stored))
        {
            fraction = HasInfinity ? 1L << (FractionBits - 1) : (1L << FractionBits) - 1;
        }
        string sign = double.IsNegative(stored) && !double.IsNaN(stored) ? "1" : "0";
        return $"{sign} {Binary(exponent, ExponentBits)} {Binary(fraction, FractionBits)}";
    }

    private int Exponent(double x) => x == 0 ? LeastExponent : Math.Max(Math.ILogB(x), LeastExponent);
}

/// <summary>Integers times one scale, which the whole tensor shares: scale = range / 127. Beyond the range they saturate.</summary>
internal sealed record ScaledInteger(string Name, int Bits, double Range) : NumberFormat(Name, Bits)
{
    /// <inheritdoc/>
    public override double Largest => Range;

    /// <inheritdoc/>
    public override double Smallest => Scale;

    /// <inheritdoc/>
    public override double SmallestNormal => Scale;

    private int Most => (1 << (Bits - 1)) - 1;

    private double Scale => Range / Most;

    /// <inheritdoc/>
    public override double Round(double x) => double.IsNaN(x) ? double.NaN : Integer(x) * Range / Most;

    /// <inheritdoc/>
    public override double Spacing(double x) => Scale;

    /// <inheritdoc/>
    public override string Fields(double x) => double.IsNaN(x) ? "-" : $"{Binary(Integer(x) & ((1 << Bits) - 1), Bits)} ({Integer(x)})";

    private int Integer(double x) => (int)Math.Clamp(Math.Round(x * Most / Range, MidpointRounding.ToEven), -Most, Most);
}
