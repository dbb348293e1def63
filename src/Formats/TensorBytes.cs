using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace MiniStack.Formats;

/// <summary>The elements of tensors as the bytes that files hold: row by row, little-endian.</summary>
internal static class TensorBytes
{
    /// <summary>Elements that are moved at a time, because a span of bytes ends at 2 GiB and a tensor does not.</summary>
    public const int ChunkElements = 1 << 20;

    /// <summary>Writes the elements of a tensor, wherever and however it lies.</summary>
    public static void Write(Stream stream, Tensor elements)
    {
        // What is copied to get the elements in a row goes back to the pool at once.
        using MemoryScope scope = MemoryScope.Begin();
        Tensor tensor = (elements.Device is CpuDevice ? elements : elements.To(Device.Cpu)).Contiguous();
        switch (tensor.DType)
        {
            case DType.F32: Write(stream, tensor.AsReadOnlySpan<float>()); break;
            case DType.F64: Write(stream, tensor.AsReadOnlySpan<double>()); break;
            case DType.F16: Write(stream, tensor.AsReadOnlySpan<Half>()); break;
            case DType.BF16: Write(stream, tensor.AsReadOnlySpan<BFloat16>()); break;
            case DType.I64: Write(stream, tensor.AsReadOnlySpan<long>()); break;
            case DType.I32: Write(stream, tensor.AsReadOnlySpan<int>()); break;
            case DType.U8: Write(stream, tensor.AsReadOnlySpan<byte>()); break;
            default: Write(stream, tensor.AsReadOnlySpan<bool>()); break;
        }
    }

    /// <summary>The memory of some elements of a contiguous tensor on the CPU, to be filled.</summary>
    public static Span<byte> Of(Tensor tensor, int first, int count) => tensor.DType switch
    {
        DType.F32 => Of<float>(tensor, first, count),
        DType.F64 => Of<double>(tensor, first, count),
        DType.F16 => Of<Half>(tensor, first, count),
        DType.BF16 => Of<BFloat16>(tensor, first, count),
        DType.I64 => Of<long>(tensor, first, count),
        DType.I32 => Of<int>(tensor, first, count),
        DType.U8 => Of<byte>(tensor, first, count),
        _ => Of<bool>(tensor, first, count),
    };

    /// <summary>Turns big-endian elements into little-endian ones, and back.</summary>
    public static void ReverseEndianness(Span<byte> bytes, int elementSize)
    {
        switch (elementSize)
        {
            case 2: Reverse(MemoryMarshal.Cast<byte, ushort>(bytes)); break;
            case 4: Reverse(MemoryMarshal.Cast<byte, uint>(bytes)); break;
            case 8: Reverse(MemoryMarshal.Cast<byte, ulong>(bytes)); break;
            default: break; // One byte has no order.
        }
    }

    private static void Write<T>(Stream stream, ReadOnlySpan<T> elements) where T : unmanaged
    {
        while (!elements.IsEmpty)
        {
            ReadOnlySpan<T> chunk = elements[..Math.Min(elements.Length, ChunkElements)];
            stream.Write(MemoryMarshal.AsBytes(chunk));
            elements = elements[chunk.Length..];
        }
    }

    private static Span<byte> Of<T>(Tensor tensor, int first, int count) where T : unmanaged =>
        MemoryMarshal.AsBytes(tensor.AsSpan<T>().Slice(first, count));

    private static void Reverse(Span<ushort> values) => BinaryPrimitives.ReverseEndianness(values, values);

    private static void Reverse(Span<uint> values) => BinaryPrimitives.ReverseEndianness(values, values);

    private static void Reverse(Span<ulong> values) => BinaryPrimitives.ReverseEndianness(values, values);
}
