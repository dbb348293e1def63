using System.Numerics;
using MiniStack.Operators;

namespace MiniStack;

/// <summary>A <see cref="IUnaryOperator"/> over rows of floats.</summary>
internal readonly struct FloatMap<T, TOperator> : IMap<T, T>
    where T : unmanaged, IFloatingPointIeee754<T>
    where TOperator : struct, IUnaryOperator
{
    public static void Apply(ReadOnlySpan<T> x, Span<T> y) => TOperator.Floats(x, y, streams: false);
}

/// <summary>The same, whose output <see cref="Streaming"/> writes past the caches.</summary>
internal readonly struct StreamingMap<T, TOperator> : IMap<T, T>
    where T : unmanaged, IFloatingPointIeee754<T>
    where TOperator : struct, IUnaryOperator
{
    public static void Apply(ReadOnlySpan<T> x, Span<T> y) => TOperator.Floats(x, y, streams: true);
}

/// <summary>A <see cref="IUnaryOperator"/> over rows of integers.</summary>
internal readonly struct IntegerMap<T, TOperator> : IMap<T, T>
    where T : unmanaged, IBinaryInteger<T>
    where TOperator : struct, IUnaryOperator
{
    public static void Apply(ReadOnlySpan<T> x, Span<T> y) => TOperator.Integers(x, y);
}

/// <summary>A <see cref="IBinaryOperator"/> over rows of floats.</summary>
internal readonly struct FloatMap2<T, TOperator> : IMap2<T, T>
    where T : unmanaged, IFloatingPointIeee754<T>
    where TOperator : struct, IBinaryOperator
{
    public static void Apply(ReadOnlySpan<T> a, ReadOnlySpan<T> b, Span<T> y) => TOperator.Floats(a, b, y, streams: false);
}

/// <summary>The same, whose output <see cref="Streaming"/> writes past the caches.</summary>
internal readonly struct StreamingMap2<T, TOperator> : IMap2<T, T>
    where T : unmanaged, IFloatingPointIeee754<T>
    where TOperator : struct, IBinaryOperator
{
    public static void Apply(ReadOnlySpan<T> a, ReadOnlySpan<T> b, Span<T> y) => TOperator.Floats(a, b, y, streams: true);
}

/// <summary>A <see cref="IBinaryOperator"/> over rows of integers.</summary>
internal readonly struct IntegerMap2<T, TOperator> : IMap2<T, T>
    where T : unmanaged, IBinaryInteger<T>
    where TOperator : struct, IBinaryOperator
{
    public static void Apply(ReadOnlySpan<T> a, ReadOnlySpan<T> b, Span<T> y) => TOperator.Integers(a, b, y);
}
