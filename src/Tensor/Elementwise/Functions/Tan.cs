using System.Numerics;

namespace MiniStack.Operators;

/// <summary>tan x, by the library in F64, one by one: rare, and exact beats fast.</summary>
internal readonly struct Tan : IUnaryOperator
{
    public static string? Kernel => "tan";

    public static double Plain(double x) => Math.Tan(x);

    public static void Floats<T>(ReadOnlySpan<T> x, Span<T> y, bool streams) where T : unmanaged, IFloatingPointIeee754<T>
    {
        for (int i = 0; i < y.Length; i++) y[i] = T.CreateTruncating(Math.Tan(double.CreateTruncating(x[i])));
    }
}
