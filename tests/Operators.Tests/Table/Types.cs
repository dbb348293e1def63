namespace MiniStack.Tests;

/// <summary>The dtypes that operators work on.</summary>
internal static class Types
{
    public static readonly DType[] Floats = [.. Enum.GetValues<DType>().Where(dtype => dtype.IsFloat())];

    public static readonly DType[] Integers = [.. Enum.GetValues<DType>().Where(dtype => dtype.IsInteger())];

    public static readonly DType[] Numbers = [.. Floats, .. Integers];

    public static readonly DType[] All = [.. Enum.GetValues<DType>()];

    /// <summary>Numbers in ±2 as a dtype: those of integers are spread out, so that they differ.</summary>
    public static Tensor Convert(Tensor numbers, DType dtype) =>
        dtype == DType.Bool ? numbers.Greater(numbers.ScalarLike(0))
        : dtype.IsInteger() ? (dtype.IsUnsigned() ? numbers.Abs() * 5 : numbers * 5).To(dtype)
        : numbers.To(dtype);
}
