using System.Numerics;
using System.Numerics.Tensors;

namespace MiniStack;

/// <summary>A map that is the same for every number type.</summary>
internal interface INumberMap
{
    static abstract void Apply<T>(ReadOnlySpan<T> x, Span<T> y) where T : unmanaged, INumber<T>;
}

/// <inheritdoc cref="INumberMap"/>
internal interface INumberMap2
{
    static abstract void Apply<T>(ReadOnlySpan<T> a, ReadOnlySpan<T> b, Span<T> y) where T : unmanaged, INumber<T>;
}

/// <summary>An <see cref="INumberMap"/> for one type.</summary>
internal readonly struct NumberMap<T, TMap> : IMap<T, T>
    where T : unmanaged, INumber<T>
    where TMap : struct, INumberMap
{
    public static void Apply(ReadOnlySpan<T> x, Span<T> y) => TMap.Apply(x, y);
}

/// <summary>An <see cref="INumberMap2"/> for one type.</summary>
internal readonly struct NumberMap2<T, TMap> : IMap2<T, T>
    where T : unmanaged, INumber<T>
    where TMap : struct, INumberMap2
{
    public static void Apply(ReadOnlySpan<T> a, ReadOnlySpan<T> b, Span<T> y) => TMap.Apply(a, b, y);
}

// What System.Numerics.Tensors does at the speed of memory, and each element alone, is taken from there.

internal readonly struct NegateMap : INumberMap
{
    public static void Apply<T>(ReadOnlySpan<T> x, Span<T> y) where T : unmanaged, INumber<T> => TensorPrimitives.Negate(x, y);
}

internal readonly struct SqrtMap<T> : IMap<T, T> where T : IRootFunctions<T>
{
    public static void Apply(ReadOnlySpan<T> x, Span<T> y) => TensorPrimitives.Sqrt(x, y);
}

internal readonly struct AddMap : INumberMap2
{
    public static void Apply<T>(ReadOnlySpan<T> a, ReadOnlySpan<T> b, Span<T> y) where T : unmanaged, INumber<T> =>
        TensorPrimitives.Add(a, b, y);
}

internal readonly struct SubtractMap : INumberMap2
{
    public static void Apply<T>(ReadOnlySpan<T> a, ReadOnlySpan<T> b, Span<T> y) where T : unmanaged, INumber<T> =>
        TensorPrimitives.Subtract(a, b, y);
}

internal readonly struct MultiplyMap : INumberMap2
{
    public static void Apply<T>(ReadOnlySpan<T> a, ReadOnlySpan<T> b, Span<T> y) where T : unmanaged, INumber<T> =>
        TensorPrimitives.Multiply(a, b, y);
}

internal readonly struct MaximumMap : INumberMap2
{
    public static void Apply<T>(ReadOnlySpan<T> a, ReadOnlySpan<T> b, Span<T> y) where T : unmanaged, INumber<T> =>
        TensorPrimitives.Max(a, b, y);
}

internal readonly struct MinimumMap : INumberMap2
{
    public static void Apply<T>(ReadOnlySpan<T> a, ReadOnlySpan<T> b, Span<T> y) where T : unmanaged, INumber<T> =>
        TensorPrimitives.Min(a, b, y);
}

/// <summary>|x|. For integers, the most negative number stays as it is (TensorPrimitives would throw).</summary>
internal readonly struct AbsMap : INumberMap
{
    public static void Apply<T>(ReadOnlySpan<T> x, Span<T> y) where T : unmanaged, INumber<T>
    {
        if (typeof(T) == typeof(float) || typeof(T) == typeof(double))
        {
            TensorPrimitives.Abs(x, y);
            return;
        }
        for (int i = 0; i < y.Length; i++) y[i] = x[i] < T.Zero ? unchecked(T.Zero - x[i]) : x[i];
    }
}

/// <summary>Not x, for Bool as bytes 0 and 1.</summary>
internal readonly struct NotMap : IMap<byte, byte>
{
    public static void Apply(ReadOnlySpan<byte> x, Span<byte> y) => TensorPrimitives.Xor(x, (byte)1, y);
}

/// <summary>sin x by the library, in F64 one by one: rare, and exact beats fast.</summary>
internal readonly struct SinMap<T> : IMap<T, T> where T : INumberBase<T>
{
    public static void Apply(ReadOnlySpan<T> x, Span<T> y)
    {
        for (int i = 0; i < y.Length; i++) y[i] = T.CreateTruncating(Math.Sin(double.CreateTruncating(x[i])));
    }
}

/// <summary>cos x, as <see cref="SinMap{T}"/>.</summary>
internal readonly struct CosMap<T> : IMap<T, T> where T : INumberBase<T>
{
    public static void Apply(ReadOnlySpan<T> x, Span<T> y)
    {
        for (int i = 0; i < y.Length; i++) y[i] = T.CreateTruncating(Math.Cos(double.CreateTruncating(x[i])));
    }
}

/// <summary>aᵇ, as <see cref="SinMap{T}"/>.</summary>
internal readonly struct PowMap<T> : IMap2<T, T> where T : INumberBase<T>
{
    public static void Apply(ReadOnlySpan<T> a, ReadOnlySpan<T> b, Span<T> y)
    {
        for (int i = 0; i < y.Length; i++)
            y[i] = T.CreateTruncating(Math.Pow(double.CreateTruncating(a[i]), double.CreateTruncating(b[i])));
    }
}
