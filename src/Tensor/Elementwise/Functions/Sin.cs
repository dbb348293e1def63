using System.Numerics;

namespace MiniStack.Operators;

/// <summary>sin x, by the library in F64, one by one: rare, and exact beats fast.</summary>
internal readonly struct Sin : IUnaryOperator
{
    public static string? Kernel => "sin";

    public static double Plain(double x) => Math.Sin(x);

    public static void Floats<T>(ReadOnlySpan<T> x, Span<T> y, bool streams) where T : unmanaged, IFloatingPointIeee754<T>
    {
        for (int i = 0; i < y.Length; i++) y[i] = T.CreateTruncating(Math.Sin(double.CreateTruncating(x[i])));
    }
}
