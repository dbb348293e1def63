using System.Numerics;
using System.Numerics.Tensors;

namespace MiniStack.Operators;

/// <summary>−x.</summary>
internal readonly struct Negate : IUnaryOperator
{
    public static string? Kernel => "negate";

    public static bool Takes(DType dtype) => dtype.IsNumber();

    public static double Plain(double x) => -x;

    public static long Plain(long x) => -x;

    public static void Floats<T>(ReadOnlySpan<T> x, Span<T> y, bool streams) where T : unmanaged, IFloatingPointIeee754<T> =>
        TensorPrimitives.Negate(x, y);

    public static void Integers<T>(ReadOnlySpan<T> x, Span<T> y) where T : unmanaged, IBinaryInteger<T> => TensorPrimitives.Negate(x, y);
}
