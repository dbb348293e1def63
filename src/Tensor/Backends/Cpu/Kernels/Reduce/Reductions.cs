using System.Numerics;
using System.Numerics.Tensors;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace MiniStack;

/// <summary>How many elements become one; partial results are <typeparamref name="TSum"/>.</summary>
internal interface IReduction<T, TSum>
    where T : unmanaged
    where TSum : unmanaged
{
    /// <summary>The result of no elements.</summary>
    static abstract TSum Nothing { get; }

    static abstract TSum Reduce<TVector, TDouble>(ReadOnlySpan<T> x)
        where TVector : struct, IFloatVector<TVector, T>
        where TDouble : struct, IFloatVector<TDouble, double>;

    /// <summary>sums[i] takes in element i of each of eight rows that begin <paramref name="stride"/> elements apart.</summary>
    static virtual void ReduceEightInto<TSelf, TVector, TDouble>(ref T first, int stride, Span<TSum> sums)
        where TSelf : struct, IReduction<T, TSum>
        where TVector : struct, IFloatVector<TVector, T>
        where TDouble : struct, IFloatVector<TDouble, double>
    {
        for (int row = 0; row < 8; row++)
            TSelf.ReduceInto<TDouble>(MemoryMarshal.CreateReadOnlySpan(ref Unsafe.Add(ref first, row * stride), sums.Length), sums);
    }

    /// <summary>sums[i] takes x[i] in.</summary>
    static abstract void ReduceInto<TDouble>(ReadOnlySpan<T> x, Span<TSum> sums)
        where TDouble : struct, IFloatVector<TDouble, double>;

    static abstract TSum Combine(TSum a, TSum b);

    /// <summary>sums[i] = Combine(sums[i], more[i]).</summary>
    static abstract void CombineInto(ReadOnlySpan<TSum> more, Span<TSum> sums);

    static abstract T Result(TSum sum);

    /// <summary>The result of elements that are there many times, from that of having them once.</summary>
    static virtual T Repeat(T result, long times) => result;
}

/// <summary>Σ x of floats, accumulated in F64 (F32 in small groups first).</summary>
internal readonly struct FloatSum<T> : IReduction<T, double> where T : unmanaged
{
    public static double Nothing => 0;

    public static double Reduce<TVector, TDouble>(ReadOnlySpan<T> x)
        where TVector : struct, IFloatVector<TVector, T>
        where TDouble : struct, IFloatVector<TDouble, double> =>
        Sums.QuickSum<T, TVector, TDouble>(x);

    public static void ReduceEightInto<TSelf, TVector, TDouble>(ref T first, int stride, Span<double> sums)
        where TSelf : struct, IReduction<T, double>
        where TVector : struct, IFloatVector<TVector, T>
        where TDouble : struct, IFloatVector<TDouble, double> =>
        Sums.AddEightRowsTo<T, TVector, TDouble>(ref first, stride, sums);

    public static void ReduceInto<TDouble>(ReadOnlySpan<T> x, Span<double> sums)
        where TDouble : struct, IFloatVector<TDouble, double> =>
        Sums.AddTo<T, TDouble>(x, sums);

    public static double Combine(double a, double b) => a + b;

    public static void CombineInto(ReadOnlySpan<double> more, Span<double> sums) => TensorPrimitives.Add(sums, more, sums);

    public static T Result(double sum) => Sums.FromDouble<T>(sum);

    public static T Repeat(T result, long times) => Sums.FromDouble<T>(Sums.ToDouble(result) * times);
}

/// <summary>Σ x of integers, which wraps around.</summary>
internal readonly struct IntegerSum<T> : IReduction<T, T> where T : unmanaged, IBinaryInteger<T>
{
    public static T Nothing => T.Zero;

    public static T Reduce<TVector, TDouble>(ReadOnlySpan<T> x)
        where TVector : struct, IFloatVector<TVector, T>
        where TDouble : struct, IFloatVector<TDouble, double> =>
        TensorPrimitives.Sum(x);

    public static void ReduceInto<TDouble>(ReadOnlySpan<T> x, Span<T> sums) where TDouble : struct, IFloatVector<TDouble, double> =>
        TensorPrimitives.Add(sums, x, sums);

    public static T Combine(T a, T b) => unchecked(a + b);

    public static void CombineInto(ReadOnlySpan<T> more, Span<T> sums) => TensorPrimitives.Add(sums, more, sums);

    public static T Result(T sum) => sum;

    public static T Repeat(T result, long times) => unchecked(result * T.CreateTruncating(times));
}

/// <summary>The largest x; NaN if any is.</summary>
internal readonly struct MaxReduction<T> : IReduction<T, T> where T : unmanaged, INumber<T>
{
    public static T Nothing => T.CreateSaturating(double.NegativeInfinity);

    public static T Reduce<TVector, TDouble>(ReadOnlySpan<T> x)
        where TVector : struct, IFloatVector<TVector, T>
        where TDouble : struct, IFloatVector<TDouble, double> =>
        TensorPrimitives.Max(x);

    public static void ReduceInto<TDouble>(ReadOnlySpan<T> x, Span<T> sums) where TDouble : struct, IFloatVector<TDouble, double> =>
        TensorPrimitives.Max(sums, x, sums);

    public static T Combine(T a, T b) => T.Max(a, b);

    public static void CombineInto(ReadOnlySpan<T> more, Span<T> sums) => TensorPrimitives.Max(sums, more, sums);

    public static T Result(T sum) => sum;
}

/// <summary>The smallest x; NaN if any is.</summary>
internal readonly struct MinReduction<T> : IReduction<T, T> where T : unmanaged, INumber<T>
{
    public static T Nothing => T.CreateSaturating(double.PositiveInfinity);

    public static T Reduce<TVector, TDouble>(ReadOnlySpan<T> x)
        where TVector : struct, IFloatVector<TVector, T>
        where TDouble : struct, IFloatVector<TDouble, double> =>
        TensorPrimitives.Min(x);

    public static void ReduceInto<TDouble>(ReadOnlySpan<T> x, Span<T> sums) where TDouble : struct, IFloatVector<TDouble, double> =>
        TensorPrimitives.Min(sums, x, sums);

    public static T Combine(T a, T b) => T.Min(a, b);

    public static void CombineInto(ReadOnlySpan<T> more, Span<T> sums) => TensorPrimitives.Min(sums, more, sums);

    public static T Result(T sum) => sum;
}
