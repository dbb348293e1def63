using System.Numerics;
using System.Runtime.Intrinsics;

namespace MiniStack.Operators;

/// <summary>A comparison of two elements, whose result is a Bool; nothing holds for NaN.</summary>
internal interface IComparison
{
    /// <inheritdoc cref="IUnaryOperator.Kernel"/>
    static virtual string? Kernel => null;

    /// <summary>The comparison of two numbers: what it means.</summary>
    static abstract bool Plain<T>(T a, T b) where T : INumber<T>;

    /// <summary>The comparison of vectors: all ones in the lanes where it holds.</summary>
    static abstract Vector256<T> Apply<T>(Vector256<T> a, Vector256<T> b);
}
