namespace MiniStack.Tests;

/// <summary>How far a kernel may be from the oracle, which accumulates in F64 and rounds once.</summary>
internal static class Tolerance
{
    /// <summary>For a formula of a few operations, relative to max(1, |expected|): about 16 roundings. Integers must be equal.</summary>
    /// <remarks>16-bit floats are computed in F32 and rounded once an operator: a few operators are a few roundings.</remarks>
    public static double Of(DType dtype) => (dtype.IsHalf() ? 4 : 16) * Rounding(dtype);

    /// <summary>For a sum of <paramref name="terms"/> numbers of size about 1: each addition rounds once more.</summary>
    public static double OfSum(DType dtype, long terms) => Of(dtype) + 4 * terms * Rounding(dtype.IsHalf() ? DType.F32 : dtype);

    /// <summary>Half the distance from 1 to the next number.</summary>
    private static double Rounding(DType dtype) => dtype switch
    {
        DType.F32 => 1.0 / (1L << 24),
        DType.F64 => 1.0 / (1L << 53),
        DType.F16 => 1.0 / (1L << 11),
        DType.BF16 => 1.0 / (1L << 8),
        _ => 0,
    };
}
