using System.Numerics;
using System.Numerics.Tensors;

namespace MiniStack.Operators;

/// <summary>|x|. The most negative integer stays as it is.</summary>
internal readonly struct Abs : IUnaryOperator
{
    public static string? Kernel => "abs";

    public static bool Takes(DType dtype) => dtype.IsNumber();

    public static double Plain(double x) => Math.Abs(x);

    public static long Plain(long x) => x < 0 ? -x : x;

    public static void Floats<T>(ReadOnlySpan<T> x, Span<T> y, bool streams) where T : unmanaged, IFloatingPointIeee754<T> =>
        TensorPrimitives.Abs(x, y);

    public static void Integers<T>(ReadOnlySpan<T> x, Span<T> y) where T : unmanaged, IBinaryInteger<T>
    {
        // TensorPrimitives would throw for the most negative one.
        for (int i = 0; i < y.Length; i++) y[i] = x[i] < T.Zero ? unchecked(T.Zero - x[i]) : x[i];
    }
}
