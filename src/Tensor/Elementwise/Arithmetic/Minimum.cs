using System.Numerics;
using System.Numerics.Tensors;

namespace MiniStack.Operators;

/// <summary>The smaller of a and b; NaN if either is.</summary>
internal readonly struct Minimum : IBinaryOperator
{
    public static string? Kernel => "minimum";

    public static bool Takes(DType dtype) => dtype.IsNumber();

    public static double Plain(double a, double b) => Math.Min(a, b);

    public static long Plain(long a, long b) => Math.Min(a, b);

    public static void Floats<T>(ReadOnlySpan<T> a, ReadOnlySpan<T> b, Span<T> y, bool streams)
        where T : unmanaged, IFloatingPointIeee754<T> =>
        TensorPrimitives.Min(a, b, y);

    public static void Integers<T>(ReadOnlySpan<T> a, ReadOnlySpan<T> b, Span<T> y) where T : unmanaged, IBinaryInteger<T> =>
        TensorPrimitives.Min(a, b, y);
}
