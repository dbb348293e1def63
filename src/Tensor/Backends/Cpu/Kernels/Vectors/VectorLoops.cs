using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using MiniStack.Operators;

namespace MiniStack;

/// <summary>The loops around operators. The last elements go through the same vectors, padded, so their bits are the same.</summary>
internal static class VectorLoops
{
    public static void Map<T, TOperator>(ReadOnlySpan<T> x, Span<T> y, bool streams)
        where T : unmanaged
        where TOperator : struct, IUnaryFormula<TOperator>
    {
        if (Vector512.IsHardwareAccelerated) Map<T, TOperator, Wide512<T>>(x, y, streams);
        else if (Vector256.IsHardwareAccelerated) Map<T, TOperator, Wide256<T>>(x, y, streams);
        else Map<T, TOperator, Wide128<T>>(x, y, streams);
    }

    public static void Map<T, TOperator>(ReadOnlySpan<T> a, ReadOnlySpan<T> b, Span<T> y, bool streams)
        where T : unmanaged
        where TOperator : struct, IBinaryFormula<TOperator>
    {
        if (Vector512.IsHardwareAccelerated) Map<T, TOperator, Wide512<T>>(a, b, y, streams);
        else if (Vector256.IsHardwareAccelerated) Map<T, TOperator, Wide256<T>>(a, b, y, streams);
        else Map<T, TOperator, Wide128<T>>(a, b, y, streams);
    }

    /// <summary>y = a where the condition's byte is not 0, else b.</summary>
    public static void Select<T>(ReadOnlySpan<byte> condition, ReadOnlySpan<T> a, ReadOnlySpan<T> b, Span<T> y) where T : unmanaged
    {
        ref byte conditions = ref MemoryMarshal.GetReference(condition);
        ref T whenTrue = ref MemoryMarshal.GetReference(a), whenFalse = ref MemoryMarshal.GetReference(b);
        ref T to = ref MemoryMarshal.GetReference(y);
        int i = 0;
        if (Unsafe.SizeOf<T>() == 4)
        {
            for (; i <= y.Length - 8; i += 8)
            {
                // Eight bytes widen to eight lanes; a lane that is not 0 takes a.
                ulong eight = Unsafe.ReadUnaligned<ulong>(ref Unsafe.Add(ref conditions, i));
                Vector128<ushort> halves = Vector128.WidenLower(Vector128.CreateScalar(eight).AsByte());
                Vector256<uint> lanes = Vector256.Create(Vector128.WidenLower(halves), Vector128.WidenUpper(halves));
                Vector256<T> isFalse = Vector256.Equals(lanes, Vector256<uint>.Zero).As<uint, T>();
                Vector256<T> eightA = Vector256.LoadUnsafe(ref whenTrue, (nuint)i), eightB = Vector256.LoadUnsafe(ref whenFalse, (nuint)i);
                Vector256.ConditionalSelect(isFalse, eightB, eightA).StoreUnsafe(ref to, (nuint)i);
            }
        }
        for (; i < y.Length; i++)
            y[i] = Unsafe.Add(ref conditions, i) != 0 ? Unsafe.Add(ref whenTrue, i) : Unsafe.Add(ref whenFalse, i);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Map<T, TOperator, TVector>(ReadOnlySpan<T> x, Span<T> y, bool streams)
        where T : unmanaged
        where TOperator : struct, IUnaryFormula<TOperator>
        where TVector : struct, IFloatVector<TVector, T>
    {
        ref T from = ref MemoryMarshal.GetReference(x), to = ref MemoryMarshal.GetReference(y);
        int i = 0;
        for (; i <= y.Length - TVector.Count; i += TVector.Count)
        {
            TVector v = TOperator.Apply(TVector.Load(in from, i));
            if (streams) v.Stream(ref to, i);
            else v.Store(ref to, i);
        }
        if (i < y.Length) MapEnd<T, TOperator, TVector>(x[i..], y[i..]);
    }

    /// <summary>The last elements, padded to a whole vector and sent through the same loop.</summary>
    private static void MapEnd<T, TOperator, TVector>(ReadOnlySpan<T> x, Span<T> y)
        where T : unmanaged
        where TOperator : struct, IUnaryFormula<TOperator>
        where TVector : struct, IFloatVector<TVector, T>
    {
        Span<T> padded = stackalloc T[TVector.Count];
        x.CopyTo(padded);
        Map<T, TOperator, TVector>(padded, padded, streams: false);
        padded[..y.Length].CopyTo(y);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Map<T, TOperator, TVector>(ReadOnlySpan<T> a, ReadOnlySpan<T> b, Span<T> y, bool streams)
        where T : unmanaged
        where TOperator : struct, IBinaryFormula<TOperator>
        where TVector : struct, IFloatVector<TVector, T>
    {
        ref T left = ref MemoryMarshal.GetReference(a), right = ref MemoryMarshal.GetReference(b), to = ref MemoryMarshal.GetReference(y);
        int i = 0;
        for (; i <= y.Length - TVector.Count; i += TVector.Count)
        {
            TVector v = TOperator.Apply(TVector.Load(in left, i), TVector.Load(in right, i));
            if (streams) v.Stream(ref to, i);
            else v.Store(ref to, i);
        }
        if (i < y.Length) MapEnd<T, TOperator, TVector>(a[i..], b[i..], y[i..]);
    }

    /// <inheritdoc cref="MapEnd{T, TOperator, TVector}(ReadOnlySpan{T}, Span{T})"/>
    private static void MapEnd<T, TOperator, TVector>(ReadOnlySpan<T> a, ReadOnlySpan<T> b, Span<T> y)
        where T : unmanaged
        where TOperator : struct, IBinaryFormula<TOperator>
        where TVector : struct, IFloatVector<TVector, T>
    {
        Span<T> left = stackalloc T[TVector.Count], right = stackalloc T[TVector.Count];
        a.CopyTo(left);
        b.CopyTo(right);
        Map<T, TOperator, TVector>(left, right, left, streams: false);
        left[..y.Length].CopyTo(y);
    }
}
