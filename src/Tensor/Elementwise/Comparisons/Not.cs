using System.Diagnostics;
using System.Numerics;
using System.Numerics.Tensors;

namespace MiniStack.Operators;

/// <summary>Not x, for Bool.</summary>
internal readonly struct Not : IUnaryOperator
{
    public static string? Kernel => "not";

    public static double Flops => double.NaN;

    public static bool Takes(DType dtype) => dtype == DType.Bool;

    public static double Plain(double x) => x == 0 ? 1 : 0;

    public static long Plain(long x) => x == 0 ? 1 : 0;

    public static void Floats<T>(ReadOnlySpan<T> x, Span<T> y, bool streams) where T : unmanaged, IFloatingPointIeee754<T> =>
        throw new UnreachableException();

    public static void Integers<T>(ReadOnlySpan<T> x, Span<T> y) where T : unmanaged, IBinaryInteger<T> =>
        TensorPrimitives.Xor(x, T.One, y);
}
