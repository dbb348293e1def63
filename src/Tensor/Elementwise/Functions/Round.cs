using System.Numerics;
using System.Numerics.Tensors;

namespace MiniStack.Operators;

/// <summary>The nearest whole number; halves go to the even one.</summary>
internal readonly struct Round : IUnaryOperator
{
    public static string? Kernel => "round";

    public static double Plain(double x) => Math.Round(x);

    public static void Floats<T>(ReadOnlySpan<T> x, Span<T> y, bool streams) where T : unmanaged, IFloatingPointIeee754<T> =>
        TensorPrimitives.Round(x, y);
}
