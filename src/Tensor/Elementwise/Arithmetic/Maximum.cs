using System.Numerics;
using System.Numerics.Tensors;

namespace MiniStack.Operators;

/// <summary>The larger of a and b; NaN if either is.</summary>
internal readonly struct Maximum : IBinaryOperator
{
    public static string? Kernel => "maximum";

    public static bool Takes(DType dtype) => dtype.IsNumber();

    public static double Plain(double a, double b) => Math.Max(a, b);

    public static long Plain(long a, long b) => Math.Max(a, b);

    public static void Floats<T>(ReadOnlySpan<T> a, ReadOnlySpan<T> b, Span<T> y, bool streams)
        where T : unmanaged, IFloatingPointIeee754<T> =>
        TensorPrimitives.Max(a, b, y);

    public static void Integers<T>(ReadOnlySpan<T> a, ReadOnlySpan<T> b, Span<T> y) where T : unmanaged, IBinaryInteger<T> =>
        TensorPrimitives.Max(a, b, y);
}
