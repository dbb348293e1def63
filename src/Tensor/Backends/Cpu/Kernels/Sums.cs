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
        TDouble sum0 = default, sum1 = default, sum2 = default, sum3 = default;
        int i = 0, width = TDouble.Count;
        for (; i <= x.Length - 4 * width; i += 4 * width)
        {
            sum0 += TDouble.LoadFrom(in from, i);
            sum1 += TDouble.LoadFrom(in from, i + width);
            sum2 += TDouble.LoadFrom(in from, i + 2 * width);
            sum3 += TDouble.LoadFrom(in from, i + 3 * width);
        }
        for (; i <= x.Length - width; i += width) sum0 += TDouble.LoadFrom(in from, i);
        if (i < x.Length) sum1 += TDouble.LoadPartFrom(in from, i, x.Length - i);
        return (sum0 + sum1 + (sum2 + sum3)).Sum();
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
