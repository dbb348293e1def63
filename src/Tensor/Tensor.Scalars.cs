using System.Globalization;

namespace MiniStack;

/// <summary>Numbers that meet a tensor: the one door through which each of them comes.</summary>
/// <remarks>
/// A number that the tensor's dtype cannot hold is an error: a fraction, NaN or a number out of range for integers, a finite number that a
/// float dtype would make infinite. (A float is rounded to the nearest that the dtype has, as everywhere; a Bool holds whether the number
/// is not zero.) Numbers that 16-bit floats are computed with are rounded with the result, not before.
/// </remarks>
public sealed partial class Tensor
{
    /// <summary>Beyond ±2⁵³ a double leaves out whole numbers.</summary>
    private const double ExactDouble = 9007199254740992;

    /// <summary>True for a number of F32 that 16-bit floats are computed with.</summary>
    private bool _isNumber;

    /// <summary>A number as a tensor of rank 0 that fits this one.</summary>
    /// <exception cref="DTypeException">This dtype cannot hold the number.</exception>
    public Tensor ScalarLike(double value) => ScalarOf(value, DType, Device, nameof(ScalarLike));

    /// <summary>
    /// A number to compute with: as <see cref="ScalarLike"/>, but in F32 for 16-bit floats, whose result is rounded anyway.
    /// </summary>
    /// <param name="value">The number.</param>
    /// <param name="operation">The operation to name in the error.</param>
    /// <returns>Rank 0. Only the operators of two numbers take it beside a 16-bit tensor.</returns>
    /// <exception cref="DTypeException">This dtype cannot hold the number, or is Bool.</exception>
    internal Tensor Operand(double value, string operation)
    {
        CheckNumber(operation);
        Tensor number = ScalarOf(value, DType.Wide(), Device, operation);
        number._isNumber = DType.IsHalf();
        return number;
    }

    /// <summary>The same of a whole number, of which no digit is lost.</summary>
    private Tensor Operand(long value, string operation)
    {
        CheckNumber(operation);
        if (DType.IsHalf()) return Operand((double)value, operation);
        return ScalarOf(value, DType, Device, operation);
    }

    internal static Tensor ScalarOf(double value, DType dtype, Device device, string operation)
    {
        CheckHolds(value, dtype, operation);
        return Filled([], value, dtype, device);
    }

    internal static Tensor ScalarOf(long value, DType dtype, Device device, string operation)
    {
        if (dtype != DType.I64 || IsExactDouble(value)) return ScalarOf((double)value, dtype, device, operation);
        return Wrap(new[] { value }, []).To(device);
    }

    private static bool IsExactDouble(long value) => value is >= -(long)ExactDouble and <= (long)ExactDouble;

    /// <summary>Throws unless a dtype can hold a number.</summary>
    /// <exception cref="DTypeException">It is a fraction, NaN or out of range, and would be cut.</exception>
    internal static void CheckHolds(double value, DType dtype, string operation)
    {
        if (Refusal(value, dtype) is { } reason)
            throw new DTypeException(string.Create(CultureInfo.InvariantCulture, $"{operation}: {reason}"));
    }

    /// <summary>Why a dtype cannot hold a number; null when it can.</summary>
    private static string? Refusal(double value, DType dtype)
    {
        CultureInfo culture = CultureInfo.InvariantCulture;
        if (dtype.IsFloat())
        {
            double most = Largest(dtype);
            return Math.Abs(value) <= most || !double.IsFinite(value) || Rounds(value, dtype)
                ? null
                : string.Create(
                    culture,
                    $"{value} does not fit into {dtype} (up to ±{most}). " +
                    $"Convert the tensor with To(DType.{(dtype.IsHalf() ? DType.F32 : DType.F64)}) first.");
        }
        if (dtype == DType.Bool) return null; // a Bool holds whether a number is not zero
        (double least, double last) = Range(dtype);
        if (!double.IsFinite(value) || value != Math.Floor(value))
        {
            return string.Create(
                culture, $"{value} is not a whole number, and the tensor is {dtype}. Convert it with To(DType.F32) first.");
        }
        // The end of I64 is no double: what is not below 2⁶³ does not fit.
        if (value < least || value > last || (dtype == DType.I64 && value >= 9223372036854775808.0))
        {
            (string from, string to) = dtype == DType.I64
                ? ("-9223372036854775808", "9223372036854775807")
                : (least.ToString(culture), last.ToString(culture));
            return string.Create(
                culture,
                $"{value} does not fit into {dtype} ({from} to {to}). " +
                $"Convert the tensor with To(DType.{(dtype == DType.I64 ? DType.F64 : DType.I64)}) first.");
        }
        return dtype == DType.I64 && Math.Abs(value) > ExactDouble
            ? string.Create(
                culture, $"{value} is a double, which does not tell whole numbers beyond ±2^53 apart. Give the number as a long.")
            : null;
    }

    /// <summary>True when a number above the dtype's largest is rounded down to it.</summary>
    private static bool Rounds(double value, DType dtype) => dtype switch
    {
        DType.F32 => float.IsFinite((float)value),
        DType.F16 => Half.IsFinite((Half)(float)value),
        DType.BF16 => float.IsFinite((BFloat16)(float)value),
        _ => true,
    };

    private static double Largest(DType dtype) => dtype switch
    {
        DType.F64 => double.MaxValue,
        DType.F32 => float.MaxValue,
        DType.F16 => (double)Half.MaxValue,
        DType.BF16 => new BFloat16(0x7F7F),
        _ => throw DTypes.Unknown(dtype, nameof(Largest)),
    };

    private static (double Least, double Most) Range(DType dtype) => dtype switch
    {
        DType.I64 => (long.MinValue, long.MaxValue),
        DType.I32 => (int.MinValue, int.MaxValue),
        DType.U8 => (byte.MinValue, byte.MaxValue),
        _ => throw DTypes.Unknown(dtype, nameof(Range)),
    };

    /// <summary>A bound of <see cref="Clamp"/>: one that no element reaches becomes the dtype's own.</summary>
    /// <exception cref="DTypeException">The bound is a fraction, or the results would not fit.</exception>
    internal Tensor Bound(double value, bool isLow)
    {
        if (DType.IsInteger())
        {
            (double least, double most) = Range(DType);
            // Elements below the least, or above the most, there are none: the bound changes nothing.
            bool idle = isLow ? value < least : value > most || (DType == DType.I64 && value >= most);
            if (idle)
            {
                return ScalarOf(
                    isLow ? DType == DType.I64 ? long.MinValue : (long)least : DType == DType.I64 ? long.MaxValue : (long)most,
                    DType, Device, nameof(Clamp));
            }
        }
        else if (isLow ? value < 0 : value > 0)
        {
            return Filled([], value, DType, Device); // ±∞ where it is out of range
        }
        return ScalarOf(value, DType, Device, nameof(Clamp));
    }
}
