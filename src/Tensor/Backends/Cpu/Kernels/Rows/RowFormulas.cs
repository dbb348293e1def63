using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace MiniStack;

/// <summary>y = f(a, b) element by element, with numbers of the row in f.</summary>
internal interface IRowFormula<TVector>
{
    TVector Apply(TVector a, TVector b);
}

/// <summary>a·factor.</summary>
internal readonly struct ScaledRow<TVector>(TVector factor) : IRowFormula<TVector> where TVector : struct, IFloatVector<TVector>
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public TVector Apply(TVector a, TVector b) => a * factor;
}

/// <summary>a − shift − logSum.</summary>
internal readonly struct LogSoftmaxRow<TVector>(TVector shift, TVector logSum) : IRowFormula<TVector>
    where TVector : struct, IFloatVector<TVector>
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public TVector Apply(TVector a, TVector b) => a - shift - logSum;
}

/// <summary>y·(dy − Σ dy·y), with y as a and dy as b.</summary>
internal readonly struct SoftmaxGradientRow<TVector>(TVector dot) : IRowFormula<TVector> where TVector : struct, IFloatVector<TVector>
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public TVector Apply(TVector a, TVector b) => a * (b - dot);
}

/// <summary>factor·e^(a − shift).</summary>
internal readonly struct ExpRow<TVector>(TVector factor, TVector shift) : IRowFormula<TVector> where TVector : struct, IFloatVector<TVector>
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public TVector Apply(TVector a, TVector b) => factor * VectorMath.Exp(a - shift);
}

/// <summary>The loop around a formula.</summary>
internal static class RowLoop
{
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Map<T, TVector, TFormula>(TFormula formula, ReadOnlySpan<T> a, ReadOnlySpan<T> b, Span<T> y, bool streams)
        where T : unmanaged
        where TVector : struct, IFloatVector<TVector, T>
        where TFormula : struct, IRowFormula<TVector>
    {
        ref T left = ref MemoryMarshal.GetReference(a), right = ref MemoryMarshal.GetReference(b), to = ref MemoryMarshal.GetReference(y);
        int i = 0;
        for (; i <= y.Length - TVector.Count; i += TVector.Count)
        {
            TVector v = formula.Apply(TVector.Load(in left, i), TVector.Load(in right, i));
            if (streams) v.Stream(ref to, i);
            else v.Store(ref to, i);
        }
        if (i == y.Length) return;
        // The last elements, padded to a whole vector and sent through the same loop.
        Span<T> a0 = stackalloc T[TVector.Count], b0 = stackalloc T[TVector.Count];
        a[i..].CopyTo(a0);
        b[i..].CopyTo(b0);
        Map<T, TVector, TFormula>(formula, a0, b0, a0, streams: false);
        a0[..(y.Length - i)].CopyTo(y[i..]);
    }
}
