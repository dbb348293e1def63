using System.Numerics;

namespace MiniStack.Operators;

/// <summary>aᵇ, by the library in F64, one by one: rare, and exact beats fast.</summary>
internal readonly struct Pow : IBinaryOperator
{
    public static string? Kernel => "pow";

    public static double Plain(double a, double b) => Math.Pow(a, b);

    public static void Floats<T>(ReadOnlySpan<T> a, ReadOnlySpan<T> b, Span<T> y, bool streams)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        for (int i = 0; i < y.Length; i++)
            y[i] = T.CreateTruncating(Math.Pow(double.CreateTruncating(a[i]), double.CreateTruncating(b[i])));
    }
}
