using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace MiniStack;

/// <summary>What the kernels on rows share.</summary>
internal static class RowMath
{
    /// <summary>Elements whose exponentials are added up in their own type before F64 takes over.</summary>
    public const int Chunk = 1024;

    /// <summary>The largest element, but 0 where that is −∞: what softmax subtracts so that nothing overflows.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static T Shift<T, TVector>(ReadOnlySpan<T> x)
        where T : unmanaged, IFloatingPointIeee754<T>
        where TVector : struct, IFloatVector<TVector, T>
    {
        // A NaN may be passed over here: its exponential makes the row's sum NaN.
        ref T from = ref MemoryMarshal.GetReference(x);
        TVector max0 = TVector.Create(double.NegativeInfinity), max1 = max0, max2 = max0, max3 = max0;
        int i = 0, width = TVector.Count;
        for (; i <= x.Length - 4 * width; i += 4 * width)
        {
            max0 = TVector.Larger(TVector.Load(in from, i), max0);
            max1 = TVector.Larger(TVector.Load(in from, i + width), max1);
            max2 = TVector.Larger(TVector.Load(in from, i + 2 * width), max2);
            max3 = TVector.Larger(TVector.Load(in from, i + 3 * width), max3);
        }
        for (; i <= x.Length - width; i += width) max0 = TVector.Larger(TVector.Load(in from, i), max0);
        Span<T> lanes = stackalloc T[width];
        TVector.Larger(TVector.Larger(max0, max1), TVector.Larger(max2, max3)).Store(ref MemoryMarshal.GetReference(lanes), 0);
        T max = T.NegativeInfinity;
        foreach (T lane in lanes) max = lane > max ? lane : max;
        for (; i < x.Length; i++) max = Unsafe.Add(ref from, i) > max ? Unsafe.Add(ref from, i) : max;
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
        Span<T> scratch = RowBuffer.OnLine(stackalloc T[Chunk + RowBuffer.Slack<T>()], Chunk);
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
