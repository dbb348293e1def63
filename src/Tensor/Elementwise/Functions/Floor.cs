using System.Numerics;
using System.Numerics.Tensors;

namespace MiniStack.Operators;

/// <summary>The largest whole number that is not above x.</summary>
internal readonly struct Floor : IUnaryOperator
{
    public static string? Kernel => "floor";

    public static double Plain(double x) => Math.Floor(x);

    public static void Floats<T>(ReadOnlySpan<T> x, Span<T> y, bool streams) where T : unmanaged, IFloatingPointIeee754<T> =>
        TensorPrimitives.Floor(x, y);
}
