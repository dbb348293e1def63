using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace MiniStack;

/// <summary>512 bits of F32 or F64. See <see cref="IFloatVector{TSelf}"/>.</summary>
internal readonly struct Wide512<T> : IFloatVector<Wide512<T>, T> where T : unmanaged
{
    private readonly Vector512<T> _value;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private Wide512(Vector512<T> value) => _value = value;

    public static bool IsDouble
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => typeof(T) == typeof(double);
    }

    public static int Count
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => Vector512<T>.Count;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Wide512<T> Create(double value) => typeof(T) == typeof(double)
        ? new(Vector512.Create(value).As<double, T>())
        : new(Vector512.Create((float)value).As<float, T>());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Wide512<T> operator +(Wide512<T> a, Wide512<T> b) => new(a._value + b._value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Wide512<T> operator -(Wide512<T> a, Wide512<T> b) => new(a._value - b._value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Wide512<T> operator *(Wide512<T> a, Wide512<T> b) => new(a._value * b._value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Wide512<T> operator /(Wide512<T> a, Wide512<T> b) => new(a._value / b._value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Wide512<T> operator -(Wide512<T> a) => new(-a._value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Wide512<T> MultiplyAdd(Wide512<T> a, Wide512<T> b, Wide512<T> c) => typeof(T) == typeof(double)
        ? new(Vector512.MultiplyAddEstimate(a._value.AsDouble(), b._value.AsDouble(), c._value.AsDouble()).As<double, T>())
        : new(Vector512.MultiplyAddEstimate(a._value.AsSingle(), b._value.AsSingle(), c._value.AsSingle()).As<float, T>());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Wide512<T> Horner(Wide512<T> p, Wide512<T> x, double c) => typeof(T) == typeof(double)
        ? new(Vector512.MultiplyAddEstimate(p._value.AsDouble(), x._value.AsDouble(), Vector512.Create(c)).As<double, T>())
        : new(Vector512.MultiplyAddEstimate(p._value.AsSingle(), x._value.AsSingle(), Vector512.Create((float)c)).As<float, T>());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Wide512<T> Horner(Wide512<T> p, Wide512<T> x, double c3, double c2, double c1, double c0)
    {
        if (typeof(T) == typeof(double))
        {
            Vector512<double> q = Vector512.MultiplyAddEstimate(p._value.AsDouble(), x._value.AsDouble(), Vector512.Create(c3));
            q = Vector512.MultiplyAddEstimate(q, x._value.AsDouble(), Vector512.Create(c2));
            q = Vector512.MultiplyAddEstimate(q, x._value.AsDouble(), Vector512.Create(c1));
            return new(Vector512.MultiplyAddEstimate(q, x._value.AsDouble(), Vector512.Create(c0)).As<double, T>());
        }
        Vector512<float> r = Vector512.MultiplyAddEstimate(p._value.AsSingle(), x._value.AsSingle(), Vector512.Create((float)c3));
        r = Vector512.MultiplyAddEstimate(r, x._value.AsSingle(), Vector512.Create((float)c2));
        r = Vector512.MultiplyAddEstimate(r, x._value.AsSingle(), Vector512.Create((float)c1));
        return new(Vector512.MultiplyAddEstimate(r, x._value.AsSingle(), Vector512.Create((float)c0)).As<float, T>());
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Wide512<T> Abs(Wide512<T> a) => new(Vector512.Abs(a._value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Wide512<T> Sqrt(Wide512<T> a) => new(Vector512.Sqrt(a._value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Wide512<T> Log(Wide512<T> a) => typeof(T) == typeof(double)
        ? new(Vector512.Log(a._value.AsDouble()).As<double, T>())
        : new(Vector512.Log(a._value.AsSingle()).As<float, T>());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Wide512<T> Round(Wide512<T> a) => typeof(T) == typeof(double)
        ? new(Vector512.Round(a._value.AsDouble()).As<double, T>())
        : new(Vector512.Round(a._value.AsSingle()).As<float, T>());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Wide512<T> CopySign(Wide512<T> a, Wide512<T> b) => new(Vector512.CopySign(a._value, b._value));

    // The native minimum and maximum of x86 answer with the second operand when one is NaN, those of Arm with the NaN.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Wide512<T> AtMost(double bound, Wide512<T> x) => typeof(T) == typeof(double)
        ? new(Vector512.MinNative(Vector512.Create(bound), x._value.AsDouble()).As<double, T>())
        : new(Vector512.MinNative(Vector512.Create((float)bound), x._value.AsSingle()).As<float, T>());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Wide512<T> AtLeast(double bound, Wide512<T> x) => typeof(T) == typeof(double)
        ? new(Vector512.MaxNative(Vector512.Create(bound), x._value.AsDouble()).As<double, T>())
        : new(Vector512.MaxNative(Vector512.Create((float)bound), x._value.AsSingle()).As<float, T>());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Wide512<T> Larger(Wide512<T> a, Wide512<T> b) => new(Vector512.MaxNative(a._value, b._value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Wide512<T> Less(Wide512<T> a, Wide512<T> b) => new(Vector512.LessThan(a._value, b._value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Wide512<T> GreaterOrNaN(Wide512<T> a, Wide512<T> b) =>
        new(Vector512.GreaterThan(a._value, b._value) | ~Vector512.Equals(a._value, a._value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Wide512<T> Select(Wide512<T> mask, Wide512<T> a, Wide512<T> b) =>
        new(Vector512.ConditionalSelect(mask._value, a._value, b._value));

    // Adding 2^23 (F64: 2^52) leaves n plus the exponent's bias in the low bits; the shift puts it where exponents are.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Wide512<T> TwoToThe(Wide512<T> n) => typeof(T) == typeof(double)
        ? new(((n._value.AsDouble() + Vector512.Create(4503599627370496.0 + 1023)).AsInt64() << 52).As<long, T>())
        : new(((n._value.AsSingle() + Vector512.Create(8388608f + 127)).AsInt32() << 23).As<int, T>());

    // 2ⁿ itself may be too large or too small for a normal number; its two halves are not.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Wide512<T> Scale(Wide512<T> a, Wide512<T> n)
    {
        if (Avx512F.IsSupported)
        {
            return typeof(T) == typeof(double)
                ? new(Avx512F.Scale(a._value.AsDouble(), n._value.AsDouble()).As<double, T>())
                : new(Avx512F.Scale(a._value.AsSingle(), n._value.AsSingle()).As<float, T>());
        }
        if (typeof(T) == typeof(double))
        {
            Vector512<double> bias = Vector512.Create(4503599627370496.0 + 1023), half = Vector512.Round(n._value.AsDouble() * 0.5);
            Vector512<double> first = a._value.AsDouble() * ((half + bias).AsInt64() << 52).AsDouble();
            return new((first * ((n._value.AsDouble() - half + bias).AsInt64() << 52).AsDouble()).As<double, T>());
        }
        Vector512<float> bias32 = Vector512.Create(8388608f + 127), half32 = Vector512.Round(n._value.AsSingle() * 0.5f);
        Vector512<float> first32 = a._value.AsSingle() * ((half32 + bias32).AsInt32() << 23).AsSingle();
        return new((first32 * ((n._value.AsSingle() - half32 + bias32).AsInt32() << 23).AsSingle()).As<float, T>());
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Wide512<T> Load(ref readonly T start, int offset) => new(Vector512.LoadUnsafe(in start, (nuint)offset));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Wide512<T> LoadFrom<TSource>(ref readonly TSource start, int offset) where TSource : unmanaged
    {
        ref byte from = ref Unsafe.As<TSource, byte>(ref Unsafe.Add(ref Unsafe.AsRef(in start), offset));
        if (typeof(TSource) == typeof(T)) return new(Unsafe.ReadUnaligned<Vector512<T>>(ref from));
        // What remains is F32 to F64: half as many bytes in memory as in the register.
        Vector256<float> half = Unsafe.ReadUnaligned<Vector256<float>>(ref from);
        return new(Vector512.WidenLower(half.ToVector512Unsafe()).As<double, T>());
    }

    // Not inlined: the loop that calls it once at its end keeps its registers.
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static Wide512<T> LoadPartFrom<TSource>(ref readonly TSource start, int offset, int count) where TSource : unmanaged
    {
        Vector512<TSource> padded = default;
        ref TSource first = ref Unsafe.As<Vector512<TSource>, TSource>(ref padded);
        MemoryMarshal.CreateReadOnlySpan(in Unsafe.Add(ref Unsafe.AsRef(in start), offset), count)
            .CopyTo(MemoryMarshal.CreateSpan(ref first, Vector512<TSource>.Count));
        return LoadFrom(ref first, 0);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Store(ref T start, int offset) => _value.StoreUnsafe(ref start, (nuint)offset);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public unsafe void Stream(ref T start, int offset) =>
        Vector512.StoreAlignedNonTemporal(_value, (T*)Unsafe.AsPointer(ref Unsafe.Add(ref start, offset)));

    // Inlined: a call would take the address of the sum, which then stays in memory for the whole loop.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public double Sum()
    {
        if (typeof(T) == typeof(double)) return Vector512.Sum(_value.AsDouble());
        (Vector512<double> lower, Vector512<double> upper) = Vector512.Widen(_value.AsSingle());
        return Vector512.Sum(lower + upper);
    }
}
