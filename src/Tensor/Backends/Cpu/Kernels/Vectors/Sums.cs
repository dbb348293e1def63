using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace MiniStack;

/// <summary>Sums of floats, accumulated in F64 in a fixed structure of lanes. A row longer than a chunk is cut into chunks.</summary>
internal static class Sums
{
    /// <summary>Σ x.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static double Sum<T, TDouble>(ReadOnlySpan<T> x)
        where T : unmanaged
        where TDouble : struct, IFloatVector<TDouble, double>
    {
        ref T from = ref MemoryMarshal.GetReference(x);
        int i = 0, width = TDouble.Count, whole = x.Length - x.Length % width;
        TDouble sum0 = default, sum1 = default, sum2 = default, sum3 = default;
        // The end comes first: a call while the sums live would keep them in memory, inside the loop too.
        if (whole < x.Length)
        {
            sum1 = whole == 0
                ? TDouble.LoadPartFrom(in from, 0, x.Length)
                : End<T, double, TDouble>(in from, whole, x.Length, in LaneNumbers[0]);
        }
        for (; i <= x.Length - 4 * width; i += 4 * width)
        {
            sum0 += TDouble.LoadFrom(in from, i);
            sum1 += TDouble.LoadFrom(in from, i + width);
            sum2 += TDouble.LoadFrom(in from, i + 2 * width);
            sum3 += TDouble.LoadFrom(in from, i + 3 * width);
        }
        for (; i <= x.Length - width; i += width) sum0 += TDouble.LoadFrom(in from, i);
        return (sum0 + sum1 + (sum2 + sum3)).Sum();
    }

    /// <summary>The elements from <paramref name="start"/> on, by a vector that ends with the last; what lies before them is 0.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TVector End<T, TLane, TVector>(ref readonly T from, int start, int length, ref readonly TLane laneNumbers)
        where T : unmanaged
        where TLane : unmanaged
        where TVector : struct, IFloatVector<TVector, TLane>
    {
        int first = length - TVector.Count;
        TVector before = TVector.Less(TVector.Load(in laneNumbers, 0), TVector.Create(start - first));
        return TVector.Select(before, default, TVector.LoadFrom(in from, first));
    }

    private static ReadOnlySpan<float> LaneNumbers32 => [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15];

    private static ReadOnlySpan<double> LaneNumbers => [0, 1, 2, 3, 4, 5, 6, 7];

    /// <summary>Σ x, up to 64 vectors at a time added up in their own type before F64 takes over.</summary>
    /// <remarks>
    /// A number passes seven roundings at most in its group, four in a tree of sixteen vectors and three where trees meet, and in a row of
    /// fewer than sixteen vectors one for each; the F64 sum of everything is rounded to <typeparamref name="T"/> once more at its end.
    /// Inlined, because many short rows are many calls.
    /// </remarks>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static double QuickSum<T, TVector, TDouble>(ReadOnlySpan<T> x)
        where T : unmanaged
        where TVector : struct, IFloatVector<TVector, T>
        where TDouble : struct, IFloatVector<TDouble, double>
    {
        if (TVector.IsDouble || x.Length < TVector.Count) return Sum<T, TDouble>(x);
        if (x.Length < 16 * TVector.Count)
        {
            double few = FewVectors<T, TVector>(x);
            return double.IsFinite(few) ? few : Sum<T, TDouble>(x);
        }
        int whole = x.Length - x.Length % (16 * TVector.Count);
        double sum = GroupSums<T, TVector>(x[..whole]);
        if (whole < x.Length) sum += Sum<T, TDouble>(x[whole..]);
        return double.IsFinite(sum) ? sum : Sum<T, TDouble>(x); // a group may have overflowed where the sum does not
    }

    /// <summary>Σ x of one to sixteen vectors.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static double FewVectors<T, TVector>(ReadOnlySpan<T> x)
        where T : unmanaged
        where TVector : struct, IFloatVector<TVector, T>
    {
        ref T from = ref MemoryMarshal.GetReference(x);
        int whole = x.Length - x.Length % TVector.Count;
        TVector sum = End<T, T, TVector>(in from, whole, x.Length, in Unsafe.As<float, T>(ref MemoryMarshal.GetReference(LaneNumbers32)));
        for (int i = 0; i < whole; i += TVector.Count) sum += TVector.Load(in from, i);
        return sum.Sum();
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static double GroupSums<T, TVector>(ReadOnlySpan<T> x)
        where T : unmanaged
        where TVector : struct, IFloatVector<TVector, T>
    {
        ref T from = ref MemoryMarshal.GetReference(x);
        int stride = TVector.Count;
        double sum = 0;
        for (int i = 0; i < x.Length;)
        {
            // Lanes are added up across a vector as seldom as can be: once for a row of a thousand elements.
            TVector group = default;
            for (int end = Math.Min(x.Length, i + 64 * stride); i < end; i += 16 * stride)
                group += Eight<T, TVector>(ref from, i, stride) + Eight<T, TVector>(ref from, i + 8 * stride, stride);
            sum += group.Sum();
        }
        return sum;
    }

    /// <summary>The sum of eight vectors that lie <paramref name="stride"/> elements apart, as a tree.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TVector Eight<T, TVector>(ref T from, int i, int stride)
        where T : unmanaged
        where TVector : struct, IFloatVector<TVector, T>
    {
        TVector a = TVector.Load(in from, i) + TVector.Load(in from, i + stride);
        TVector b = TVector.Load(in from, i + 2 * stride) + TVector.Load(in from, i + 3 * stride);
        TVector c = TVector.Load(in from, i + 4 * stride) + TVector.Load(in from, i + 5 * stride);
        TVector d = TVector.Load(in from, i + 6 * stride) + TVector.Load(in from, i + 7 * stride);
        return a + b + (c + d);
    }

    /// <summary>
    /// sums[i] += Σ of element i of eight rows that begin <paramref name="stride"/> elements apart, added up as in QuickSum.
    /// </summary>
    [SkipLocalsInit]
    public static void AddEightRowsTo<T, TVector, TDouble>(ref T first, int stride, Span<double> sums)
        where T : unmanaged
        where TVector : struct, IFloatVector<TVector, T>
        where TDouble : struct, IFloatVector<TDouble, double>
    {
        int vectors = TVector.IsDouble ? 0 : sums.Length - sums.Length % TVector.Count;
        Span<T> rows = RowBuffer.OnLine(stackalloc T[Pieces.Block + RowBuffer.Slack<T>()], vectors);
        SumEightRows<T, TVector>(ref first, stride, rows);
        // A group may have overflowed where the sum does not.
        int quick = double.IsFinite(Sum<T, TDouble>(rows)) ? rows.Length : 0;
        AddTo<T, TDouble>(rows[..quick], sums);
        for (int row = 0; row < 8; row++)
        {
            ref T rest = ref Unsafe.Add(ref first, row * stride + quick);
            AddTo<T, TDouble>(MemoryMarshal.CreateReadOnlySpan(ref rest, sums.Length - quick), sums[quick..]);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void SumEightRows<T, TVector>(ref T first, int stride, Span<T> sums)
        where T : unmanaged
        where TVector : struct, IFloatVector<TVector, T>
    {
        ref T to = ref MemoryMarshal.GetReference(sums);
        for (int i = 0; i < sums.Length; i += TVector.Count) Eight<T, TVector>(ref first, i, stride).Store(ref to, i);
    }

    /// <summary>Σ (x − center)².</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static double SquaresAround<T, TDouble>(ReadOnlySpan<T> x, double center)
        where T : unmanaged
        where TDouble : struct, IFloatVector<TDouble, double>
    {
        ref T from = ref MemoryMarshal.GetReference(x);
        TDouble sum0 = default, sum1 = default, middle = TDouble.Create(center);
        int i = 0, width = TDouble.Count;
        for (; i <= x.Length - 2 * width; i += 2 * width)
        {
            TDouble d0 = TDouble.LoadFrom(in from, i) - middle, d1 = TDouble.LoadFrom(in from, i + width) - middle;
            sum0 = TDouble.MultiplyAdd(d0, d0, sum0);
            sum1 = TDouble.MultiplyAdd(d1, d1, sum1);
        }
        double sum = 0;
        for (; i < x.Length; i++)
        {
            double d = ToDouble(Unsafe.Add(ref from, i)) - center;
            sum += d * d;
        }
        return (sum0 + sum1).Sum() + sum;
    }

    /// <summary>Σ a·b.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static double Dot<T, TDouble>(ReadOnlySpan<T> a, ReadOnlySpan<T> b)
        where T : unmanaged
        where TDouble : struct, IFloatVector<TDouble, double>
    {
        ref T left = ref MemoryMarshal.GetReference(a), right = ref MemoryMarshal.GetReference(b);
        TDouble sum0 = default, sum1 = default;
        int i = 0, width = TDouble.Count;
        for (; i <= a.Length - 2 * width; i += 2 * width)
        {
            sum0 = TDouble.MultiplyAdd(TDouble.LoadFrom(in left, i), TDouble.LoadFrom(in right, i), sum0);
            sum1 = TDouble.MultiplyAdd(TDouble.LoadFrom(in left, i + width), TDouble.LoadFrom(in right, i + width), sum1);
        }
        double sum = 0;
        for (; i < a.Length; i++) sum += ToDouble(Unsafe.Add(ref left, i)) * ToDouble(Unsafe.Add(ref right, i));
        return (sum0 + sum1).Sum() + sum;
    }

    /// <summary>sums[i] += x[i].</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void AddTo<T, TDouble>(ReadOnlySpan<T> x, Span<double> sums)
        where T : unmanaged
        where TDouble : struct, IFloatVector<TDouble, double>
    {
        ref T from = ref MemoryMarshal.GetReference(x);
        ref double to = ref MemoryMarshal.GetReference(sums);
        int i = 0;
        for (; i <= x.Length - TDouble.Count; i += TDouble.Count)
            (TDouble.Load(in to, i) + TDouble.LoadFrom(in from, i)).Store(ref to, i);
        for (; i < x.Length; i++) Unsafe.Add(ref to, i) += ToDouble(Unsafe.Add(ref from, i));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static double ToDouble<T>(T value) where T : unmanaged =>
        typeof(T) == typeof(float) ? Unsafe.BitCast<T, float>(value) : Unsafe.BitCast<T, double>(value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T FromDouble<T>(double value) where T : unmanaged =>
        typeof(T) == typeof(float) ? Unsafe.BitCast<float, T>((float)value) : Unsafe.BitCast<double, T>(value);
}
