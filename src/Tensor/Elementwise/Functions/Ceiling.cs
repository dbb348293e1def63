using System.Numerics;
using System.Numerics.Tensors;

namespace MiniStack.Operators;

/// <summary>The smallest whole number that is not below x.</summary>
internal readonly struct Ceiling : IUnaryOperator
{
    public static string? Kernel => "ceiling";

    public static double Plain(double x) => Math.Ceiling(x);

    public static void Floats<T>(ReadOnlySpan<T> x, Span<T> y, bool streams) where T : unmanaged, IFloatingPointIeee754<T> =>
        TensorPrimitives.Ceiling(x, y);
}
