using System.Buffers.Binary;
using System.IO.Compression;

namespace MiniStack.Tests.Readers;

/// <summary>Bytes of small files, whole or wrong.</summary>
internal static class ReaderFiles
{
    public static byte[] Idx(byte type, int[] sizes, params byte[] data)
    {
        byte[] header = new byte[4 + (4 * sizes.Length)];
        (header[2], header[3]) = (type, (byte)sizes.Length);
        for (int axis = 0; axis < sizes.Length; axis++) BinaryPrimitives.WriteInt32BigEndian(header.AsSpan(4 + (4 * axis)), sizes[axis]);
        return [.. header, .. data];
    }

    public static byte[] Gzip(byte[] bytes)
    {
        using MemoryStream packed = new();
        using (GZipStream zip = new(packed, CompressionLevel.Optimal)) zip.Write(bytes);
        return packed.ToArray();
    }

    /// <summary>Pictures of CIFAR whose pixels count up, with labels 0, 1, ….</summary>
    public static byte[] Cifar(int count, int labelBytes) =>
        [.. Enumerable.Range(0, count).SelectMany(i => (IEnumerable<byte>)[.. new byte[labelBytes - 1], (byte)i, .. Enumerable.Range(0, 3072).Select(p => (byte)(p + i))])];
}
