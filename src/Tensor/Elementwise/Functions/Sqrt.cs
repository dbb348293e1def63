using System.Numerics;
using System.Numerics.Tensors;

namespace MiniStack.Operators;

/// <summary>√x; NaN below 0.</summary>
internal readonly struct Sqrt : IUnaryOperator
{
    public static string? Kernel => "sqrt";

    public static double Plain(double x) => Math.Sqrt(x);

    public static void Floats<T>(ReadOnlySpan<T> x, Span<T> y, bool streams) where T : unmanaged, IFloatingPointIeee754<T> =>
        TensorPrimitives.Sqrt(x, y);
}
