using System.Numerics;
using System.Numerics.Tensors;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace MiniStack;

/// <summary>An input of F32, F16 or BF16, read as F32 in row-major order whatever its strides.</summary>
internal readonly struct WideOperand
{
    private readonly DType _dtype;
    private readonly Operand<float> _f32;
    private readonly Operand<Half> _f16;
    private readonly Operand<BFloat16> _bf16;

    public WideOperand(Tensor tensor)
    {
        _dtype = tensor.DType;
        switch (_dtype)
        {
            case DType.F32: _f32 = new Operand<float>(tensor); break;
            case DType.F16: _f16 = new Operand<Half>(tensor); break;
            case DType.BF16: _bf16 = new Operand<BFloat16>(tensor); break;
            default: throw DTypes.Unknown(_dtype, "Widening");
        }
    }

    /// <summary>Elements from <paramref name="start"/> on: in place where they lie together in F32, otherwise in the buffer.</summary>
    [SkipLocalsInit]
    public ReadOnlySpan<float> Read(long start, int count, Span<float> buffer)
    {
        if (_dtype == DType.F32) return _f32.Read(start, count, buffer);
        buffer = buffer[..count];
        if (_dtype == DType.F16)
        {
            Span<Half> row = stackalloc Half[Pieces.Block];
            WidenF16.Apply(_f16.Read(start, count, row), buffer);
        }
        else
        {
            Span<BFloat16> row = stackalloc BFloat16[Pieces.Block];
            WidenBF16.Apply(_bf16.Read(start, count, row), buffer);
        }
        return buffer;
    }
}

/// <summary>Rows of F32 into tensors of 16 bits.</summary>
internal static class Halves
{
    /// <summary>Rounds a row into y, which is contiguous, from element <paramref name="start"/> on.</summary>
    public static void Narrow(ReadOnlySpan<float> row, Tensor y, int start)
    {
        switch (y.DType)
        {
            case DType.F16: NarrowF16.Apply(row, y.Raw<Half>().Slice(start, row.Length)); break;
            case DType.BF16: NarrowBF16.Apply(row, y.Raw<BFloat16>().Slice(start, row.Length)); break;
            default: throw DTypes.Unknown(y.DType, "Narrowing");
        }
    }
}

// F16 and BF16 to F32 and back, by vectors of whatever width the machine has.

internal readonly struct WidenF16 : IMap<Half, float>
{
    public static void Apply(ReadOnlySpan<Half> x, Span<float> y) => TensorPrimitives.ConvertToSingle(x, y);
}

internal readonly struct NarrowF16 : IMap<float, Half>
{
    public static void Apply(ReadOnlySpan<float> x, Span<Half> y) => TensorPrimitives.ConvertToHalf(x, y);
}

/// <summary>The 16 bits become the upper half of an F32.</summary>
internal readonly struct WidenBF16 : IMap<BFloat16, float>
{
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Apply(ReadOnlySpan<BFloat16> x, Span<float> y)
    {
        ref ushort from = ref Unsafe.As<BFloat16, ushort>(ref MemoryMarshal.GetReference(x));
        ref uint to = ref Unsafe.As<float, uint>(ref MemoryMarshal.GetReference(y));
        int i = 0;
        for (; i <= x.Length - Vector<ushort>.Count; i += Vector<ushort>.Count)
        {
            Vector.Widen(Vector.LoadUnsafe(ref from, (nuint)i), out Vector<uint> low, out Vector<uint> high);
            (low << 16).StoreUnsafe(ref to, (nuint)i);
            (high << 16).StoreUnsafe(ref to, (nuint)(i + Vector<uint>.Count));
        }
        for (; i < x.Length; i++) y[i] = x[i];
    }
}

/// <summary>
/// The upper half of an F32, rounded to nearest, ties to even: as <see cref="BFloat16"/>'s conversion, integer by integer.
/// </summary>
internal readonly struct NarrowBF16 : IMap<float, BFloat16>
{
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Apply(ReadOnlySpan<float> x, Span<BFloat16> y)
    {
        ref float from = ref MemoryMarshal.GetReference(x);
        ref ushort to = ref Unsafe.As<BFloat16, ushort>(ref MemoryMarshal.GetReference(y));
        int i = 0;
        for (; i <= x.Length - Vector<ushort>.Count; i += Vector<ushort>.Count)
        {
            Vector<uint> low = Round(Vector.LoadUnsafe(ref from, (nuint)i));
            Vector<uint> high = Round(Vector.LoadUnsafe(ref from, (nuint)(i + Vector<uint>.Count)));
            Vector.Narrow(low, high).StoreUnsafe(ref to, (nuint)i);
        }
        for (; i < x.Length; i++) y[i] = (BFloat16)x[i];
    }

    private static Vector<uint> Round(Vector<float> x)
    {
        Vector<uint> bits = Vector.AsVectorUInt32(x), upper = bits >> 16;
        Vector<uint> rounded = (bits + new Vector<uint>(0x7FFF) + (upper & Vector<uint>.One)) >> 16;
        Vector<uint> isNumber = Vector.AsVectorUInt32(Vector.Equals(x, x));
        return Vector.ConditionalSelect(isNumber, rounded, upper | new Vector<uint>(0x40));
    }
}
