using System.Numerics;
using System.Numerics.Tensors;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace MiniStack;

/// <summary>What the kernels on rows share.</summary>
internal static class RowMath
{
    /// <summary>Elements whose exponentials are added up in their own type before F64 takes over.</summary>
    public const int Chunk = 1024;

    /// <summary>The largest element, but 0 where that is −∞: what softmax subtracts so that nothing overflows.</summary>
    public static T Shift<T>(ReadOnlySpan<T> x) where T : unmanaged, IFloatingPointIeee754<T>
    {
        T max = TensorPrimitives.Max(x);
        return T.IsNegativeInfinity(max) ? T.Zero : max;
    }

    /// <summary>y = e^(x − shift); returns Σ y.</summary>
    public static double Exp<T, TVector>(ReadOnlySpan<T> x, T shift, Span<T> y)
        where T : unmanaged
        where TVector : struct, IFloatVector<TVector, T>
    {
        double sum = 0;
        for (int i = 0; i < x.Length; i += Chunk)
        {
            int count = Math.Min(Chunk, x.Length - i);
            sum += ExpChunk<T, TVector>(x.Slice(i, count), shift, y.Slice(i, count));
        }
        return sum;
    }

    /// <summary>Σ e^(x − shift).</summary>
    [SkipLocalsInit]
    public static double SumExp<T, TVector>(ReadOnlySpan<T> x, T shift)
        where T : unmanaged
        where TVector : struct, IFloatVector<TVector, T>
    {
        Span<T> scratch = stackalloc T[Chunk];
        double sum = 0;
        for (int i = 0; i < x.Length; i += Chunk)
        {
            int count = Math.Min(Chunk, x.Length - i);
            sum += ExpChunk<T, TVector>(x.Slice(i, count), shift, scratch[..count]);
        }
        return sum;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static double ExpChunk<T, TVector>(ReadOnlySpan<T> x, T shift, Span<T> y)
        where T : unmanaged
        where TVector : struct, IFloatVector<TVector, T>
    {
        ref T from = ref MemoryMarshal.GetReference(x), to = ref MemoryMarshal.GetReference(y);
        TVector shifts = TVector.Create(Sums.ToDouble(shift)), sums = default;
        int i = 0;
        for (; i <= x.Length - TVector.Count; i += TVector.Count)
        {
            TVector e = VectorMath.Exp(TVector.Load(in from, i) - shifts);
            e.Store(ref to, i);
            sums += e;
        }
        return i == x.Length ? sums.Sum() : sums.Sum() + ExpEnd<T, TVector>(x[i..], shift, y[i..]);
    }

    private static double ExpEnd<T, TVector>(ReadOnlySpan<T> x, T shift, Span<T> y)
        where T : unmanaged
        where TVector : struct, IFloatVector<TVector, T>
    {
        Span<T> padded = stackalloc T[TVector.Count];
        x.CopyTo(padded);
        ExpChunk<T, TVector>(padded, shift, padded);
        padded[..y.Length].CopyTo(y);
        double sum = 0;
        foreach (T e in y) sum += Sums.ToDouble(e);
        return sum;
    }
}
