using System.Buffers.Binary;
using System.Globalization;
using System.Text;

namespace MiniStack.Formats;

/// <summary>Writes one array as version 1.0 of the format, row by row and little-endian.</summary>
internal static class NpyWriter
{
    // The elements begin at a multiple of 64 bytes, so that they can be memory-mapped.
    private const int Prologue = 10, Alignment = 64;

    /// <summary>Why a tensor cannot be written, and what to do; null when it can.</summary>
    public static string? Refusal(Tensor tensor)
    {
        _ = tensor.Storage; // A tensor whose scope ended throws here, before anything is written.
        return NpyTypes.NameOf(tensor.DType) is null ? $"NumPy has no {tensor.DType}. Convert with To(DType.F32)." : null;
    }

    public static void Write(Stream stream, Tensor tensor)
    {
        stream.Write(Header(tensor));
        TensorBytes.Write(stream, tensor);
    }

    private static byte[] Header(Tensor tensor)
    {
        string sizes = string.Join(", ", tensor.Shape.Select(size => size.ToString(CultureInfo.InvariantCulture)));
        string comma = tensor.Rank == 1 ? "," : "";
        string text = $"{{'descr': '{NpyTypes.NameOf(tensor.DType)}', 'fortran_order': False, 'shape': ({sizes}{comma}), }}";
        int length = (Prologue + text.Length + 1 + Alignment - 1) / Alignment * Alignment;
        byte[] header = new byte[length];
        header.AsSpan().Fill((byte)' ');
        NpyReader.Magic.CopyTo(header);
        (header[6], header[7]) = (1, 0);
        BinaryPrimitives.WriteUInt16LittleEndian(header.AsSpan(8), (ushort)(length - Prologue));
        Encoding.ASCII.GetBytes(text, header.AsSpan(Prologue));
        header[^1] = (byte)'\n';
        return header;
    }
}
