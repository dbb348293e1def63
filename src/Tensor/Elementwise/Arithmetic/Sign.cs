using System.Numerics;

namespace MiniStack.Operators;

/// <summary>−1, 0 or 1 as x is below, at or above 0; NaN for NaN.</summary>
internal readonly struct Sign : IUnaryOperator
{
    public static string? Kernel => "sign";

    public static bool Takes(DType dtype) => dtype.IsNumber();

    public static double Plain(double x) => double.IsNaN(x) ? x : Math.Sign(x);

    public static long Plain(long x) => Math.Sign(x);

    public static void Floats<T>(ReadOnlySpan<T> x, Span<T> y, bool streams) where T : unmanaged, IFloatingPointIeee754<T>
    {
        for (int i = 0; i < y.Length; i++) y[i] = x[i] > T.Zero ? T.One : x[i] < T.Zero ? -T.One : T.IsNaN(x[i]) ? x[i] : T.Zero;
    }

    public static void Integers<T>(ReadOnlySpan<T> x, Span<T> y) where T : unmanaged, IBinaryInteger<T>
    {
        for (int i = 0; i < y.Length; i++) y[i] = x[i] > T.Zero ? T.One : x[i] < T.Zero ? T.Zero - T.One : T.Zero;
    }
}
