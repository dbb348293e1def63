using System.Numerics;
using System.Runtime.Intrinsics;

namespace MiniStack.Operators;

/// <summary>a == b.</summary>
internal readonly struct Equal : IComparison
{
    public static string? Kernel => "equal";

    public static bool Plain<T>(T a, T b) where T : INumber<T> => a == b;

    public static Vector256<T> Apply<T>(Vector256<T> a, Vector256<T> b) => Vector256.Equals(a, b);
}
