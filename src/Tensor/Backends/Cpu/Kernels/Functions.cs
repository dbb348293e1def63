using System.Numerics;
using System.Numerics.Tensors;

namespace MiniStack;

/// <summary>arcsin x: x / √(1 − x²) is the tangent of the angle whose sine is x.</summary>
internal readonly struct AsinOperator : IUnaryOperator
{
    public static TVector Apply<TVector>(TVector x) where TVector : struct, IFloatVector<TVector> =>
        VectorMath.Atan(x / TVector.Sqrt((TVector.Create(1) - x) * (TVector.Create(1) + x)));
}

/// <summary>arccos x: √((1 − x) / (1 + x)) is the tangent of half the angle whose cosine is x.</summary>
internal readonly struct AcosOperator : IUnaryOperator
{
    public static TVector Apply<TVector>(TVector x) where TVector : struct, IFloatVector<TVector> =>
        TVector.Create(2) * VectorMath.Atan(TVector.Sqrt((TVector.Create(1) - x) / (TVector.Create(1) + x)));
}

/// <summary>arctan x.</summary>
internal readonly struct AtanOperator : IUnaryOperator
{
    public static TVector Apply<TVector>(TVector x) where TVector : struct, IFloatVector<TVector> =>
        VectorMath.Atan(x);
}

/// <summary>sinh x.</summary>
internal readonly struct SinhOperator : IUnaryOperator
{
    public static TVector Apply<TVector>(TVector x) where TVector : struct, IFloatVector<TVector> =>
        VectorMath.Sinh(x);
}

/// <summary>cosh x.</summary>
internal readonly struct CoshOperator : IUnaryOperator
{
    public static TVector Apply<TVector>(TVector x) where TVector : struct, IFloatVector<TVector> =>
        VectorMath.Cosh(x);
}

/// <summary>tan x, as <see cref="SinMap{T}"/>.</summary>
internal readonly struct TanMap<T> : IMap<T, T> where T : INumberBase<T>
{
    public static void Apply(ReadOnlySpan<T> x, Span<T> y)
    {
        for (int i = 0; i < y.Length; i++) y[i] = T.CreateTruncating(Math.Tan(double.CreateTruncating(x[i])));
    }
}

internal readonly struct FloorMap<T> : IMap<T, T> where T : IFloatingPoint<T>
{
    public static void Apply(ReadOnlySpan<T> x, Span<T> y) => TensorPrimitives.Floor(x, y);
}

internal readonly struct CeilingMap<T> : IMap<T, T> where T : IFloatingPoint<T>
{
    public static void Apply(ReadOnlySpan<T> x, Span<T> y) => TensorPrimitives.Ceiling(x, y);
}

internal readonly struct RoundMap<T> : IMap<T, T> where T : IFloatingPoint<T>
{
    public static void Apply(ReadOnlySpan<T> x, Span<T> y) => TensorPrimitives.Round(x, y);
}

/// <summary>−1, 0 or 1; NaN for NaN.</summary>
internal readonly struct SignMap : INumberMap
{
    public static void Apply<T>(ReadOnlySpan<T> x, Span<T> y) where T : unmanaged, INumber<T>
    {
        for (int i = 0; i < y.Length; i++) y[i] = x[i] > T.Zero ? T.One : x[i] < T.Zero ? T.Zero - T.One : T.IsNaN(x[i]) ? x[i] : T.Zero;
    }
}
