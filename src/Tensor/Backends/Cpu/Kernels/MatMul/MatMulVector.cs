using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.Arm;
using System.Runtime.Intrinsics.X86;

namespace MiniStack;

/// <summary>A hardware vector as the matrix product sees it: what differs between F32 and F64, and between 128, 256 and 512 bits.</summary>
/// <remarks>Every method is one instruction. A struct of one vector costs nothing: the JIT keeps it in a register.</remarks>
internal unsafe interface IMatMulVector<TSelf, T>
    where TSelf : struct, IMatMulVector<TSelf, T>
    where T : unmanaged
{
    /// <summary>Elements in a vector.</summary>
    static abstract int Count { get; }

    /// <summary>Rows of a register tile that is two vectors wide: as many as leave three registers free.</summary>
    static abstract int TileRows { get; }

    /// <summary>The elements from an address on.</summary>
    static abstract TSelf Load(T* from);

    /// <summary>Every second element from an address on; nothing is read after the last.</summary>
    static abstract TSelf LoadEverySecond(T* from);

    /// <summary>One number in all elements.</summary>
    static abstract TSelf Spread(T number);

    /// <summary>
    /// a·b + c, rounded once where the processor can: equal bits in every width of one machine; see <see cref="MiniStack.MultiplyAdd"/>.
    /// </summary>
    static abstract TSelf MultiplyAdd(TSelf a, TSelf b, TSelf c);

    /// <summary>Writes the elements from an address on.</summary>
    void Store(T* to);
}

/// <summary>16 numbers of 32 bits: AVX-512 has 32 registers.</summary>
internal readonly unsafe struct F32x16(Vector512<float> value) : IMatMulVector<F32x16, float>
{
    private readonly Vector512<float> _value = value;

    public static int Count => 16;

    public static int TileRows => 12;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static F32x16 Load(float* from) => new(Vector512.Load(from));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static F32x16 LoadEverySecond(float* from)
    {
        // Even elements of the first sixteen, odd ones of the sixteen that end with the last.
        return Avx512F.IsSupported
            ? new(Avx512F.PermuteVar16x32x2(
                Vector512.Load(from), Vector512.Create(0, 2, 4, 6, 8, 10, 12, 14, 17, 19, 21, 23, 25, 27, 29, 31),
                Vector512.Load(from + 15)))
            : new(Vector512.Create(Every(from), Every(from + 16)));

        static Vector256<float> Every(float* x) => Vector256.Create(x[0], x[2], x[4], x[6], x[8], x[10], x[12], x[14]);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static F32x16 Spread(float number) => new(Vector512.Create(number));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static F32x16 MultiplyAdd(F32x16 a, F32x16 b, F32x16 c) =>
        new(Vector512.MultiplyAddEstimate(a._value, b._value, c._value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Store(float* to) => _value.Store(to);
}

/// <summary>8 numbers of 64 bits: AVX-512 has 32 registers.</summary>
internal readonly unsafe struct F64x8(Vector512<double> value) : IMatMulVector<F64x8, double>
{
    private readonly Vector512<double> _value = value;

    public static int Count => 8;

    public static int TileRows => 12;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static F64x8 Load(double* from) => new(Vector512.Load(from));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static F64x8 LoadEverySecond(double* from) =>
        new(Vector512.Create(from[0], from[2], from[4], from[6], from[8], from[10], from[12], from[14]));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static F64x8 Spread(double number) => new(Vector512.Create(number));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static F64x8 MultiplyAdd(F64x8 a, F64x8 b, F64x8 c) =>
        new(Vector512.MultiplyAddEstimate(a._value, b._value, c._value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Store(double* to) => _value.Store(to);
}

/// <summary>8 numbers of 32 bits: AVX2 has 16 registers.</summary>
internal readonly unsafe struct F32x8(Vector256<float> value) : IMatMulVector<F32x8, float>
{
    private readonly Vector256<float> _value = value;

    public static int Count => 8;

    public static int TileRows => 6;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static F32x8 Load(float* from) => new(Vector256.Load(from));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static F32x8 LoadEverySecond(float* from)
    {
        // Even elements of the first eight, odd ones of the eight that end with the last; the shuffle works within halves, so these change
        // places.
        if (!Avx2.IsSupported) return new(Vector256.Create(from[0], from[2], from[4], from[6], from[8], from[10], from[12], from[14]));
        Vector256<float> low = Avx.Shuffle(Vector256.Load(from), Vector256.Load(from + 7), 0b11_01_10_00);
        return new(Avx2.Permute4x64(low.AsDouble(), 0b11_01_10_00).AsSingle());
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static F32x8 Spread(float number) => new(Vector256.Create(number));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static F32x8 MultiplyAdd(F32x8 a, F32x8 b, F32x8 c) =>
        new(Vector256.MultiplyAddEstimate(a._value, b._value, c._value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Store(float* to) => _value.Store(to);
}

/// <summary>4 numbers of 64 bits: AVX2 has 16 registers.</summary>
internal readonly unsafe struct F64x4(Vector256<double> value) : IMatMulVector<F64x4, double>
{
    private readonly Vector256<double> _value = value;

    public static int Count => 4;

    public static int TileRows => 6;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static F64x4 Load(double* from) => new(Vector256.Load(from));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static F64x4 LoadEverySecond(double* from) =>
        new(Vector256.Create(from[0], from[2], from[4], from[6]));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static F64x4 Spread(double number) => new(Vector256.Create(number));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static F64x4 MultiplyAdd(F64x4 a, F64x4 b, F64x4 c) =>
        new(Vector256.MultiplyAddEstimate(a._value, b._value, c._value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Store(double* to) => _value.Store(to);
}

/// <summary>4 numbers of 32 bits: NEON has 32 registers, SSE 16.</summary>
internal readonly unsafe struct F32x4(Vector128<float> value) : IMatMulVector<F32x4, float>
{
    private readonly Vector128<float> _value = value;

    public static int Count => 4;

    public static int TileRows => AdvSimd.IsSupported ? 12 : 6;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static F32x4 Load(float* from) => new(Vector128.Load(from));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static F32x4 LoadEverySecond(float* from) =>
        new(Vector128.Create(from[0], from[2], from[4], from[6]));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static F32x4 Spread(float number) => new(Vector128.Create(number));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static F32x4 MultiplyAdd(F32x4 a, F32x4 b, F32x4 c) =>
        new(Vector128.MultiplyAddEstimate(a._value, b._value, c._value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Store(float* to) => _value.Store(to);
}

/// <summary>2 numbers of 64 bits: NEON has 32 registers, SSE 16.</summary>
internal readonly unsafe struct F64x2(Vector128<double> value) : IMatMulVector<F64x2, double>
{
    private readonly Vector128<double> _value = value;

    public static int Count => 2;

    public static int TileRows => AdvSimd.IsSupported ? 12 : 6;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static F64x2 Load(double* from) => new(Vector128.Load(from));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static F64x2 LoadEverySecond(double* from) =>
        new(Vector128.Create(from[0], from[2]));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static F64x2 Spread(double number) => new(Vector128.Create(number));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static F64x2 MultiplyAdd(F64x2 a, F64x2 b, F64x2 c) =>
        new(Vector128.MultiplyAddEstimate(a._value, b._value, c._value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Store(double* to) => _value.Store(to);
}
