using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace MiniStack;

/// <summary>128 bits of F32 or F64. See <see cref="IFloatVector{TSelf}"/>.</summary>
internal readonly struct Wide128<T> : IFloatVector<Wide128<T>, T> where T : unmanaged
{
    private readonly Vector128<T> _value;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private Wide128(Vector128<T> value) => _value = value;

    public static bool IsDouble
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => typeof(T) == typeof(double);
    }

    public static int Count
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => Vector128<T>.Count;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Wide128<T> Create(double value) => typeof(T) == typeof(double)
        ? new(Vector128.Create(value).As<double, T>())
        : new(Vector128.Create((float)value).As<float, T>());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Wide128<T> operator +(Wide128<T> a, Wide128<T> b) => new(a._value + b._value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Wide128<T> operator -(Wide128<T> a, Wide128<T> b) => new(a._value - b._value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Wide128<T> operator *(Wide128<T> a, Wide128<T> b) => new(a._value * b._value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Wide128<T> operator /(Wide128<T> a, Wide128<T> b) => new(a._value / b._value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Wide128<T> operator -(Wide128<T> a) => new(-a._value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Wide128<T> MultiplyAdd(Wide128<T> a, Wide128<T> b, Wide128<T> c) => typeof(T) == typeof(double)
        ? new(Vector128.MultiplyAddEstimate(a._value.AsDouble(), b._value.AsDouble(), c._value.AsDouble()).As<double, T>())
        : new(Vector128.MultiplyAddEstimate(a._value.AsSingle(), b._value.AsSingle(), c._value.AsSingle()).As<float, T>());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Wide128<T> Horner(Wide128<T> p, Wide128<T> x, double c) => typeof(T) == typeof(double)
        ? new(Vector128.MultiplyAddEstimate(p._value.AsDouble(), x._value.AsDouble(), Vector128.Create(c)).As<double, T>())
        : new(Vector128.MultiplyAddEstimate(p._value.AsSingle(), x._value.AsSingle(), Vector128.Create((float)c)).As<float, T>());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Wide128<T> Horner(Wide128<T> p, Wide128<T> x, double c3, double c2, double c1, double c0)
    {
        if (typeof(T) == typeof(double))
        {
            Vector128<double> q = Vector128.MultiplyAddEstimate(p._value.AsDouble(), x._value.AsDouble(), Vector128.Create(c3));
            q = Vector128.MultiplyAddEstimate(q, x._value.AsDouble(), Vector128.Create(c2));
            q = Vector128.MultiplyAddEstimate(q, x._value.AsDouble(), Vector128.Create(c1));
            return new(Vector128.MultiplyAddEstimate(q, x._value.AsDouble(), Vector128.Create(c0)).As<double, T>());
        }
        Vector128<float> r = Vector128.MultiplyAddEstimate(p._value.AsSingle(), x._value.AsSingle(), Vector128.Create((float)c3));
        r = Vector128.MultiplyAddEstimate(r, x._value.AsSingle(), Vector128.Create((float)c2));
        r = Vector128.MultiplyAddEstimate(r, x._value.AsSingle(), Vector128.Create((float)c1));
        return new(Vector128.MultiplyAddEstimate(r, x._value.AsSingle(), Vector128.Create((float)c0)).As<float, T>());
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Wide128<T> Abs(Wide128<T> a) => new(Vector128.Abs(a._value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Wide128<T> Sqrt(Wide128<T> a) => new(Vector128.Sqrt(a._value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Wide128<T> Log(Wide128<T> a) => typeof(T) == typeof(double)
        ? new(Vector128.Log(a._value.AsDouble()).As<double, T>())
        : new(Vector128.Log(a._value.AsSingle()).As<float, T>());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Wide128<T> Round(Wide128<T> a) => typeof(T) == typeof(double)
        ? new(Vector128.Round(a._value.AsDouble()).As<double, T>())
        : new(Vector128.Round(a._value.AsSingle()).As<float, T>());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Wide128<T> CopySign(Wide128<T> a, Wide128<T> b) => new(Vector128.CopySign(a._value, b._value));

    // The native minimum and maximum of x86 answer with the second operand when one is NaN, those of Arm with the NaN.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Wide128<T> AtMost(double bound, Wide128<T> x) => typeof(T) == typeof(double)
        ? new(Vector128.MinNative(Vector128.Create(bound), x._value.AsDouble()).As<double, T>())
        : new(Vector128.MinNative(Vector128.Create((float)bound), x._value.AsSingle()).As<float, T>());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Wide128<T> AtLeast(double bound, Wide128<T> x) => typeof(T) == typeof(double)
        ? new(Vector128.MaxNative(Vector128.Create(bound), x._value.AsDouble()).As<double, T>())
        : new(Vector128.MaxNative(Vector128.Create((float)bound), x._value.AsSingle()).As<float, T>());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Wide128<T> Larger(Wide128<T> a, Wide128<T> b) => new(Vector128.MaxNative(a._value, b._value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Wide128<T> Less(Wide128<T> a, Wide128<T> b) => new(Vector128.LessThan(a._value, b._value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Wide128<T> GreaterOrNaN(Wide128<T> a, Wide128<T> b) =>
        new(Vector128.GreaterThan(a._value, b._value) | ~Vector128.Equals(a._value, a._value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Wide128<T> Select(Wide128<T> mask, Wide128<T> a, Wide128<T> b) =>
        new(Vector128.ConditionalSelect(mask._value, a._value, b._value));

    // Adding 2^23 (F64: 2^52) leaves n plus the exponent's bias in the low bits; the shift puts it where exponents are.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Wide128<T> TwoToThe(Wide128<T> n) => typeof(T) == typeof(double)
        ? new(((n._value.AsDouble() + Vector128.Create(4503599627370496.0 + 1023)).AsInt64() << 52).As<long, T>())
        : new(((n._value.AsSingle() + Vector128.Create(8388608f + 127)).AsInt32() << 23).As<int, T>());

    // 2ⁿ itself may be too large or too small for a normal number; its two halves are not.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Wide128<T> Scale(Wide128<T> a, Wide128<T> n)
    {
        if (typeof(T) == typeof(double))
        {
            Vector128<double> bias = Vector128.Create(4503599627370496.0 + 1023), half = Vector128.Round(n._value.AsDouble() * 0.5);
            Vector128<double> first = a._value.AsDouble() * ((half + bias).AsInt64() << 52).AsDouble();
            return new((first * ((n._value.AsDouble() - half + bias).AsInt64() << 52).AsDouble()).As<double, T>());
        }
        Vector128<float> bias32 = Vector128.Create(8388608f + 127), half32 = Vector128.Round(n._value.AsSingle() * 0.5f);
        Vector128<float> first32 = a._value.AsSingle() * ((half32 + bias32).AsInt32() << 23).AsSingle();
        return new((first32 * ((n._value.AsSingle() - half32 + bias32).AsInt32() << 23).AsSingle()).As<float, T>());
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Wide128<T> Load(ref readonly T start, int offset) => new(Vector128.LoadUnsafe(in start, (nuint)offset));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Wide128<T> LoadFrom<TSource>(ref readonly TSource start, int offset) where TSource : unmanaged
    {
        ref byte from = ref Unsafe.As<TSource, byte>(ref Unsafe.Add(ref Unsafe.AsRef(in start), offset));
        if (typeof(TSource) == typeof(T)) return new(Unsafe.ReadUnaligned<Vector128<T>>(ref from));
        // What remains is F32 to F64: half as many bytes in memory as in the register.
        Vector64<float> half = Unsafe.ReadUnaligned<Vector64<float>>(ref from);
        return new(Vector128.WidenLower(half.ToVector128Unsafe()).As<double, T>());
    }

    // Not inlined: the loop that calls it once at its end keeps its registers.
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static Wide128<T> LoadPartFrom<TSource>(ref readonly TSource start, int offset, int count) where TSource : unmanaged
    {
        Vector128<TSource> padded = default;
        ref TSource first = ref Unsafe.As<Vector128<TSource>, TSource>(ref padded);
        MemoryMarshal.CreateReadOnlySpan(in Unsafe.Add(ref Unsafe.AsRef(in start), offset), count)
            .CopyTo(MemoryMarshal.CreateSpan(ref first, Vector128<TSource>.Count));
        return LoadFrom(ref first, 0);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Store(ref T start, int offset) => _value.StoreUnsafe(ref start, (nuint)offset);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public unsafe void Stream(ref T start, int offset) =>
        Vector128.StoreAlignedNonTemporal(_value, (T*)Unsafe.AsPointer(ref Unsafe.Add(ref start, offset)));

    // Inlined: a call would take the address of the sum, which then stays in memory for the whole loop.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public double Sum()
    {
        if (typeof(T) == typeof(double)) return Vector128.Sum(_value.AsDouble());
        (Vector128<double> lower, Vector128<double> upper) = Vector128.Widen(_value.AsSingle());
        return Vector128.Sum(lower + upper);
    }
}
