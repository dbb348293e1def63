using System.Diagnostics;
using System.Numerics;

namespace MiniStack.Operators;

/// <summary>y = f(a, b), element by element; members as those of <see cref="IUnaryOperator"/>.</summary>
internal interface IBinaryOperator
{
    /// <inheritdoc cref="IUnaryOperator.Kernel"/>
    static virtual string? Kernel => null;

    /// <inheritdoc cref="IUnaryOperator.Flops"/>
    static virtual double Flops => 1;

    /// <inheritdoc cref="IUnaryOperator.Takes"/>
    static virtual bool Takes(DType dtype) => dtype.IsFloat();

    /// <inheritdoc cref="IUnaryOperator.Plain(double)"/>
    static abstract double Plain(double a, double b);

    /// <inheritdoc cref="IUnaryOperator.Plain(long)"/>
    static virtual long Plain(long a, long b) => throw new UnreachableException();

    /// <summary>The fast form for floats, over rows that lie side by side; y may be a.</summary>
    /// <param name="a">One row.</param>
    /// <param name="b">As long as a.</param>
    /// <param name="y">As long as a.</param>
    /// <param name="streams">Writes past the caches where the form can; see <see cref="Streaming"/>.</param>
    static abstract void Floats<T>(ReadOnlySpan<T> a, ReadOnlySpan<T> b, Span<T> y, bool streams)
        where T : unmanaged, IFloatingPointIeee754<T>;

    /// <inheritdoc cref="IUnaryOperator.Integers"/>
    static virtual void Integers<T>(ReadOnlySpan<T> a, ReadOnlySpan<T> b, Span<T> y) where T : unmanaged, IBinaryInteger<T> =>
        throw new UnreachableException();
}

/// <inheritdoc cref="IUnaryFormula{TSelf}"/>
internal interface IBinaryFormula<TSelf> : IBinaryOperator where TSelf : struct, IBinaryFormula<TSelf>
{
    /// <inheritdoc cref="IUnaryFormula{TSelf}.Apply"/>
    static abstract TVector Apply<TVector>(TVector a, TVector b) where TVector : struct, IFloatVector<TVector>;

    static void IBinaryOperator.Floats<T>(ReadOnlySpan<T> a, ReadOnlySpan<T> b, Span<T> y, bool streams) =>
        VectorLoops.Map<T, TSelf>(a, b, y, streams);
}
