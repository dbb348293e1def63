using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace MiniStack;

/// <summary>256 bits of F32 or F64. See <see cref="IFloatVector{TSelf}"/>.</summary>
internal readonly struct Wide256<T> : IFloatVector<Wide256<T>, T> where T : unmanaged
{
    private readonly Vector256<T> _value;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private Wide256(Vector256<T> value) => _value = value;

    public static bool IsDouble
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => typeof(T) == typeof(double);
    }

    public static int Count
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => Vector256<T>.Count;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Wide256<T> Create(double value) => typeof(T) == typeof(double)
        ? new(Vector256.Create(value).As<double, T>())
        : new(Vector256.Create((float)value).As<float, T>());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Wide256<T> operator +(Wide256<T> a, Wide256<T> b) => new(a._value + b._value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Wide256<T> operator -(Wide256<T> a, Wide256<T> b) => new(a._value - b._value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Wide256<T> operator *(Wide256<T> a, Wide256<T> b) => new(a._value * b._value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Wide256<T> operator /(Wide256<T> a, Wide256<T> b) => new(a._value / b._value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Wide256<T> operator -(Wide256<T> a) => new(-a._value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Wide256<T> MultiplyAdd(Wide256<T> a, Wide256<T> b, Wide256<T> c) => typeof(T) == typeof(double)
        ? new(Vector256.MultiplyAddEstimate(a._value.AsDouble(), b._value.AsDouble(), c._value.AsDouble()).As<double, T>())
        : new(Vector256.MultiplyAddEstimate(a._value.AsSingle(), b._value.AsSingle(), c._value.AsSingle()).As<float, T>());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Wide256<T> Horner(Wide256<T> p, Wide256<T> x, double c) => typeof(T) == typeof(double)
        ? new(Vector256.MultiplyAddEstimate(p._value.AsDouble(), x._value.AsDouble(), Vector256.Create(c)).As<double, T>())
        : new(Vector256.MultiplyAddEstimate(p._value.AsSingle(), x._value.AsSingle(), Vector256.Create((float)c)).As<float, T>());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Wide256<T> Horner(Wide256<T> p, Wide256<T> x, double c3, double c2, double c1, double c0)
    {
        if (typeof(T) == typeof(double))
        {
            Vector256<double> q = Vector256.MultiplyAddEstimate(p._value.AsDouble(), x._value.AsDouble(), Vector256.Create(c3));
            q = Vector256.MultiplyAddEstimate(q, x._value.AsDouble(), Vector256.Create(c2));
            q = Vector256.MultiplyAddEstimate(q, x._value.AsDouble(), Vector256.Create(c1));
            return new(Vector256.MultiplyAddEstimate(q, x._value.AsDouble(), Vector256.Create(c0)).As<double, T>());
        }
        Vector256<float> r = Vector256.MultiplyAddEstimate(p._value.AsSingle(), x._value.AsSingle(), Vector256.Create((float)c3));
        r = Vector256.MultiplyAddEstimate(r, x._value.AsSingle(), Vector256.Create((float)c2));
        r = Vector256.MultiplyAddEstimate(r, x._value.AsSingle(), Vector256.Create((float)c1));
        return new(Vector256.MultiplyAddEstimate(r, x._value.AsSingle(), Vector256.Create((float)c0)).As<float, T>());
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Wide256<T> Abs(Wide256<T> a) => new(Vector256.Abs(a._value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Wide256<T> Sqrt(Wide256<T> a) => new(Vector256.Sqrt(a._value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Wide256<T> Log(Wide256<T> a) => typeof(T) == typeof(double)
        ? new(Vector256.Log(a._value.AsDouble()).As<double, T>())
        : new(Vector256.Log(a._value.AsSingle()).As<float, T>());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Wide256<T> Round(Wide256<T> a) => typeof(T) == typeof(double)
        ? new(Vector256.Round(a._value.AsDouble()).As<double, T>())
        : new(Vector256.Round(a._value.AsSingle()).As<float, T>());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Wide256<T> CopySign(Wide256<T> a, Wide256<T> b) => new(Vector256.CopySign(a._value, b._value));

    // The native minimum and maximum of x86 answer with the second operand when one is NaN, those of Arm with the NaN.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Wide256<T> AtMost(double bound, Wide256<T> x) => typeof(T) == typeof(double)
        ? new(Vector256.MinNative(Vector256.Create(bound), x._value.AsDouble()).As<double, T>())
        : new(Vector256.MinNative(Vector256.Create((float)bound), x._value.AsSingle()).As<float, T>());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Wide256<T> AtLeast(double bound, Wide256<T> x) => typeof(T) == typeof(double)
        ? new(Vector256.MaxNative(Vector256.Create(bound), x._value.AsDouble()).As<double, T>())
        : new(Vector256.MaxNative(Vector256.Create((float)bound), x._value.AsSingle()).As<float, T>());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Wide256<T> Larger(Wide256<T> a, Wide256<T> b) => new(Vector256.MaxNative(a._value, b._value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Wide256<T> Less(Wide256<T> a, Wide256<T> b) => new(Vector256.LessThan(a._value, b._value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Wide256<T> GreaterOrNaN(Wide256<T> a, Wide256<T> b) =>
        new(Vector256.GreaterThan(a._value, b._value) | ~Vector256.Equals(a._value, a._value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Wide256<T> Select(Wide256<T> mask, Wide256<T> a, Wide256<T> b) =>
        new(Vector256.ConditionalSelect(mask._value, a._value, b._value));

    // Adding 2^23 (F64: 2^52) leaves n plus the exponent's bias in the low bits; the shift puts it where exponents are.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Wide256<T> TwoToThe(Wide256<T> n) => typeof(T) == typeof(double)
        ? new(((n._value.AsDouble() + Vector256.Create(4503599627370496.0 + 1023)).AsInt64() << 52).As<long, T>())
        : new(((n._value.AsSingle() + Vector256.Create(8388608f + 127)).AsInt32() << 23).As<int, T>());

    // 2ⁿ itself may be too large or too small for a normal number; its two halves are not.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Wide256<T> Scale(Wide256<T> a, Wide256<T> n)
    {
        if (typeof(T) == typeof(double))
        {
            Vector256<double> bias = Vector256.Create(4503599627370496.0 + 1023), half = Vector256.Round(n._value.AsDouble() * 0.5);
            Vector256<double> first = a._value.AsDouble() * ((half + bias).AsInt64() << 52).AsDouble();
            return new((first * ((n._value.AsDouble() - half + bias).AsInt64() << 52).AsDouble()).As<double, T>());
        }
        Vector256<float> bias32 = Vector256.Create(8388608f + 127), half32 = Vector256.Round(n._value.AsSingle() * 0.5f);
        Vector256<float> first32 = a._value.AsSingle() * ((half32 + bias32).AsInt32() << 23).AsSingle();
        return new((first32 * ((n._value.AsSingle() - half32 + bias32).AsInt32() << 23).AsSingle()).As<float, T>());
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Wide256<T> Load(ref readonly T start, int offset) => new(Vector256.LoadUnsafe(in start, (nuint)offset));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Wide256<T> LoadFrom<TSource>(ref readonly TSource start, int offset) where TSource : unmanaged
    {
        ref byte from = ref Unsafe.As<TSource, byte>(ref Unsafe.Add(ref Unsafe.AsRef(in start), offset));
        if (typeof(TSource) == typeof(T)) return new(Unsafe.ReadUnaligned<Vector256<T>>(ref from));
        // What remains is F32 to F64: half as many bytes in memory as in the register.
        Vector128<float> half = Unsafe.ReadUnaligned<Vector128<float>>(ref from);
        return new(Vector256.WidenLower(half.ToVector256Unsafe()).As<double, T>());
    }

    // Not inlined: the loop that calls it once at its end keeps its registers.
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static Wide256<T> LoadPartFrom<TSource>(ref readonly TSource start, int offset, int count) where TSource : unmanaged
    {
        Vector256<TSource> padded = default;
        ref TSource first = ref Unsafe.As<Vector256<TSource>, TSource>(ref padded);
        MemoryMarshal.CreateReadOnlySpan(in Unsafe.Add(ref Unsafe.AsRef(in start), offset), count)
            .CopyTo(MemoryMarshal.CreateSpan(ref first, Vector256<TSource>.Count));
        return LoadFrom(ref first, 0);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Store(ref T start, int offset) => _value.StoreUnsafe(ref start, (nuint)offset);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public unsafe void Stream(ref T start, int offset) =>
        Vector256.StoreAlignedNonTemporal(_value, (T*)Unsafe.AsPointer(ref Unsafe.Add(ref start, offset)));

    // Inlined: a call would take the address of the sum, which then stays in memory for the whole loop.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public double Sum()
    {
        if (typeof(T) == typeof(double)) return Vector256.Sum(_value.AsDouble());
        (Vector256<double> lower, Vector256<double> upper) = Vector256.Widen(_value.AsSingle());
        return Vector256.Sum(lower + upper);
    }
}
