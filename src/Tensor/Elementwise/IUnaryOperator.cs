using System.Diagnostics;
using System.Numerics;

namespace MiniStack.Operators;

/// <summary>y = f(x), element by element: everything that the house knows of one operator stands in one struct.</summary>
/// <remarks>
/// The result is rounded to the dtype once. A new operator is a new struct and a method of <see cref="Tensor"/>; see CONTRIBUTING.md.
/// </remarks>
internal interface IUnaryOperator
{
    /// <summary>Name of the GPU kernel without its dtype, in <c>elementwise.cu</c>; null where there is none yet.</summary>
    static virtual string? Kernel => null;

    /// <summary>Floating-point operations per element as <see cref="Profiler"/> counts them; NaN for what is no arithmetic.</summary>
    static virtual double Flops => 1;

    /// <summary>The dtypes that it is defined for; 16-bit floats are computed in F32.</summary>
    static virtual bool Takes(DType dtype) => dtype.IsFloat();

    /// <summary>The formula: what the operator means.</summary>
    static abstract double Plain(double x);

    /// <summary>The formula for integers, exact; for operators that take them.</summary>
    static virtual long Plain(long x) => throw new UnreachableException();

    /// <summary>The fast form for floats, over rows that lie side by side; y may be x.</summary>
    /// <param name="x">One row.</param>
    /// <param name="y">As long as x.</param>
    /// <param name="streams">Writes past the caches where the form can; see <see cref="Streaming"/>.</param>
    static abstract void Floats<T>(ReadOnlySpan<T> x, Span<T> y, bool streams) where T : unmanaged, IFloatingPointIeee754<T>;

    /// <summary>The fast form for integers, for operators that take them; Bool counts as bytes of 0 and 1.</summary>
    static virtual void Integers<T>(ReadOnlySpan<T> x, Span<T> y) where T : unmanaged, IBinaryInteger<T> =>
        throw new UnreachableException();
}

/// <summary>An operator whose fast form is a formula of vectors, which serves whole vectors and the end of a row alike.</summary>
/// <typeparam name="TSelf">The operator itself.</typeparam>
internal interface IUnaryFormula<TSelf> : IUnaryOperator where TSelf : struct, IUnaryFormula<TSelf>
{
    /// <summary>The formula of vectors of floats.</summary>
    static abstract TVector Apply<TVector>(TVector x) where TVector : struct, IFloatVector<TVector>;

    static void IUnaryOperator.Floats<T>(ReadOnlySpan<T> x, Span<T> y, bool streams) => VectorLoops.Map<T, TSelf>(x, y, streams);
}
