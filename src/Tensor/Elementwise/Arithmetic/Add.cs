using System.Numerics;
using System.Numerics.Tensors;

namespace MiniStack.Operators;

/// <summary>a + b.</summary>
internal readonly struct Add : IBinaryFormula<Add>
{
    public static string? Kernel => "add";

    public static bool Takes(DType dtype) => dtype.IsNumber();

    public static double Plain(double a, double b) => a + b;

    public static long Plain(long a, long b) => a + b;

    public static TVector Apply<TVector>(TVector a, TVector b) where TVector : struct, IFloatVector<TVector> =>
        a + b;

    public static void Integers<T>(ReadOnlySpan<T> a, ReadOnlySpan<T> b, Span<T> y) where T : unmanaged, IBinaryInteger<T> =>
        TensorPrimitives.Add(a, b, y);
}
