using System.IO.Compression;
using System.Text;

namespace MiniStack.Formats.Tests;

/// <summary>Arrays and archives put together byte by byte, right or wrong.</summary>
internal static class NpyBytes
{
    /// <summary>A true prologue, a header, and as many data bytes as asked for: 1, 2, 3, ….</summary>
    public static byte[] Of(string header, int dataBytes = 0, int major = 1) => Of(Encoding.Latin1.GetBytes(header), dataBytes, major);

    public static byte[] Of(byte[] header, int dataBytes = 0, int major = 1) =>
        [.. Prologue((uint)header.Length, major), .. header, .. Enumerable.Range(1, dataBytes).Select(i => (byte)i)];

    /// <summary>Magic number, version, and the length of the header, true or not.</summary>
    public static byte[] Prologue(uint headerBytes, int major = 1, int minor = 0) =>
        [0x93, .. "NUMPY"u8, (byte)major, (byte)minor, .. BitConverter.GetBytes(headerBytes)[..(major == 1 ? 2 : 4)]];

    /// <summary>The dict that NumPy writes.</summary>
    public static string Dict(string descr, string shape, string fortranOrder = "False") =>
        $"{{'descr': '{descr}', 'fortran_order': {fortranOrder}, 'shape': {shape}, }}";

    /// <summary>An archive of these entries.</summary>
    public static byte[] Zip(params (string Name, byte[] Bytes)[] entries) => Zip(CompressionLevel.NoCompression, entries);

    public static byte[] Zip(CompressionLevel level, params (string Name, byte[] Bytes)[] entries)
    {
        using MemoryStream stream = new();
        using (ZipArchive archive = new(stream, ZipArchiveMode.Create))
        {
            foreach ((string name, byte[] bytes) in entries)
            {
                using Stream entry = archive.CreateEntry(name, level).Open();
                entry.Write(bytes);
            }
        }
        return stream.ToArray();
    }

    /// <summary>The archive with one value of its directory's first entry overwritten: 10 is the method, 16 the checksum, 20 the packed
    /// length, 24 the length, 8 the flags, 42 where the entry lies (PKWARE APPNOTE 4.3.12).</summary>
    public static byte[] WithDirectory(byte[] zip, int field, byte[] value)
    {
        byte[] changed = [.. zip];
        value.CopyTo(changed, zip.AsSpan().IndexOf("PK\x1\x2"u8) + field);
        return changed;
    }
}
