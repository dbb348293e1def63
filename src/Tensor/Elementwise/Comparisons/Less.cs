using System.Numerics;
using System.Runtime.Intrinsics;

namespace MiniStack.Operators;

/// <summary>a &lt; b.</summary>
internal readonly struct Less : IComparison
{
    public static string? Kernel => "less";

    public static bool Plain<T>(T a, T b) where T : INumber<T> => a < b;

    public static Vector256<T> Apply<T>(Vector256<T> a, Vector256<T> b) => Vector256.LessThan(a, b);
}
