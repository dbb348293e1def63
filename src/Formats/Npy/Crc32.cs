using System.Buffers.Binary;

namespace MiniStack.Formats;

/// <summary>The checksum of zip archives (PKWARE APPNOTE 4.4.7): CRC-32 with the polynomial 0xEDB88320, bits reversed.</summary>
internal static class Crc32
{
    private const uint Polynomial = 0xEDB88320;
    private const int Bytes = 8;

    // Row k is what a byte adds when k more bytes follow it: eight bytes are taken at once.
    private static readonly uint[,] Tables = MakeTables();

    /// <summary>The checksum of some bytes behind those of which <paramref name="crc"/> is the checksum; 0 is that of none.</summary>
    public static uint Append(uint crc, ReadOnlySpan<byte> bytes)
    {
        crc = ~crc;
        for (; bytes.Length >= Bytes; bytes = bytes[Bytes..])
        {
            ulong next = BinaryPrimitives.ReadUInt64LittleEndian(bytes) ^ crc;
            crc = 0;
            for (int i = 0; i < Bytes; i++) crc ^= Tables[Bytes - 1 - i, (byte)(next >> (8 * i))];
        }
        foreach (byte value in bytes) crc = Tables[0, (byte)crc ^ value] ^ crc >> 8;
        return ~crc;
    }

    private static uint[,] MakeTables()
    {
        uint[,] tables = new uint[Bytes, 256];
        for (uint value = 0; value < 256; value++)
        {
            uint crc = value;
            for (int row = 0; row < Bytes; row++)
            {
                for (int bit = 0; bit < 8; bit++) crc = (crc & 1) != 0 ? crc >> 1 ^ Polynomial : crc >> 1;
                tables[row, value] = crc;
            }
        }
        return tables;
    }
}
