using System.Globalization;

namespace MiniStack;

/// <summary>
/// The numbers of a dtype in an interval [low, high) of real numbers: rounded to the dtype, low + (high − low)·u with u below 1 may be high
/// itself.
/// </summary>
internal static class HalfOpen
{
    /// <summary>The smallest and the largest number of a float dtype in [low, high); both are low where the interval is a point.</summary>
    /// <exception cref="ConfigException">The bounds are not finite, in the wrong order, or no number of the dtype lies between
    /// them.</exception>
    public static (double Least, double Most) Ends(double low, double high, DType dtype, string operation)
    {
        if (!(low <= high) || !double.IsFinite(high - low))
            throw Wrong(operation, low, high, "bounds must be finite numbers, and low not above high");
        if (low == high) return (Round(low, dtype), Round(low, dtype));
        double least = Round(low, dtype), most = Round(high, dtype);
        if (least < low) least = Next(least, dtype, up: true);
        if (most >= high) most = Next(most, dtype, up: false);
        return least <= most && double.IsFinite(least) && double.IsFinite(most)
            ? (least, most)
            : throw Wrong(operation, low, high, $"no number of {dtype} lies in it. Use a wider interval, or DType.F64");
    }

    private static ConfigException Wrong(string operation, double low, double high, string why) =>
        new(string.Create(CultureInfo.InvariantCulture, $"{operation}: the interval is [{low}, {high}): {why}."));

    /// <summary>A number as a float dtype holds it.</summary>
    private static double Round(double value, DType dtype) => dtype switch
    {
        DType.F64 => value,
        DType.F32 => (float)value,
        DType.F16 => (double)(Half)(float)value,
        DType.BF16 => (BFloat16)(float)value,
        _ => throw DTypes.Unknown(dtype, nameof(Round)),
    };

    /// <summary>The neighbour of a number that the dtype holds.</summary>
    private static double Next(double value, DType dtype, bool up) => dtype switch
    {
        DType.F64 => up ? double.BitIncrement(value) : double.BitDecrement(value),
        DType.F32 => up ? float.BitIncrement((float)value) : float.BitDecrement((float)value),
        DType.F16 => (double)(up ? Half.BitIncrement((Half)value) : Half.BitDecrement((Half)value)),
        DType.BF16 => NextOfUpperHalf((float)value, up),
        _ => throw DTypes.Unknown(dtype, nameof(Next)),
    };

    /// <summary>The same where only the upper 16 bits of an F32 are stored.</summary>
    private static double NextOfUpperHalf(float value, bool up)
    {
        if (value == 0) return BitConverter.Int32BitsToSingle(0x10000) * (up ? 1 : -1);
        int bits = BitConverter.SingleToInt32Bits(value);
        return BitConverter.Int32BitsToSingle(up == (value > 0) ? bits + 0x10000 : bits - 0x10000);
    }
}
