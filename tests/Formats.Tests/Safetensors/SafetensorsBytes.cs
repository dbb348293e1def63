using System.Buffers.Binary;
using System.Text;

namespace MiniStack.Formats.Tests;

/// <summary>Files put together byte by byte, right or wrong.</summary>
internal static class SafetensorsBytes
{
    /// <summary>Length, header and as many data bytes as asked for: 1, 2, 3, ….</summary>
    public static byte[] Of(string json, int dataBytes = 0) => Of(Encoding.UTF8.GetBytes(json), dataBytes);

    public static byte[] Of(byte[] header, int dataBytes = 0) =>
        [.. Length((ulong)header.Length), .. header, .. Enumerable.Range(1, dataBytes).Select(i => (byte)i)];

    /// <summary>A header length, true or not.</summary>
    public static byte[] Length(ulong bytes)
    {
        byte[] length = new byte[8];
        BinaryPrimitives.WriteUInt64LittleEndian(length, bytes);
        return length;
    }

    /// <summary>One tensor 'w' with these fields.</summary>
    public static string W(string fields) => "{\"w\":{" + fields + "}}";

    /// <summary>One entry of a header.</summary>
    public static string Entry(string name, string dtype, string shape, long begin, long end) =>
        $$"""
        "{{name}}":{"dtype":"{{dtype}}","shape":{{shape}},"data_offsets":[{{begin}},{{end}}]}
        """;
}
