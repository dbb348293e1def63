using System.Buffers.Binary;
using System.Security.Cryptography;

namespace MiniStack.Data;

/// <summary>The first 64 bytes of a token shard, little-endian; the tokens follow, each in as many bytes as the header says.</summary>
/// <remarks>
/// <code>
/// byte  0  magic     8 bytes  "MSTOKENS"
/// byte  8  version   u32      1
/// byte 12  width     u32      bytes of a token: 2 or 4, unsigned
/// byte 16  count     u64      tokens
/// byte 24  reserved  8 bytes  0
/// byte 32  digest    32 bytes SHA-256 of the tokens' bytes; all 0 when the writer took none
/// </code>
/// </remarks>
internal readonly record struct TokenShardHeader(int Width, long Count, ReadOnlyMemory<byte> Digest)
{
    public const int Bytes = 64, DigestStart = 32;
    private const uint Version = 1;

    private static ReadOnlySpan<byte> Magic => "MSTOKENS"u8;

    public void Write(Span<byte> bytes)
    {
        bytes.Clear();
        Magic.CopyTo(bytes);
        BinaryPrimitives.WriteUInt32LittleEndian(bytes[8..], Version);
        BinaryPrimitives.WriteUInt32LittleEndian(bytes[12..], (uint)Width);
        BinaryPrimitives.WriteInt64LittleEndian(bytes[16..], Count);
        Digest.Span.CopyTo(bytes[DigestStart..]);
    }

    public static TokenShardHeader Read(string path, ReadOnlySpan<byte> bytes, long fileBytes)
    {
        if (bytes.Length < Bytes)
        {
            throw DataErrors.At(
                path, $"byte {bytes.Length}", $"the file ends inside its header of {Bytes} bytes. It is no token shard, or cut short.");
        }
        if (!bytes.StartsWith(Magic))
            throw DataErrors.At(path, $"byte 0", $"it does not begin with MSTOKENS. It is no token shard, or was never completed.");
        uint version = BinaryPrimitives.ReadUInt32LittleEndian(bytes[8..]), width = BinaryPrimitives.ReadUInt32LittleEndian(bytes[12..]);
        ulong count = BinaryPrimitives.ReadUInt64LittleEndian(bytes[16..]);
        if (version != Version)
        {
            throw DataErrors.At(
                path, $"byte 8",
                $"the version is {version}, and this program reads version {Version}. Use the program that wrote it, or a newer one.");
        }
        if (width is not (2 or 4))
            throw DataErrors.At(path, $"byte 12", $"a token has {width} bytes, and must have 2 or 4. The file is damaged.");
        if (bytes[24..DigestStart].ContainsAnyExcept((byte)0))
            throw DataErrors.At(path, $"byte 24", $"reserved bytes are not 0. The file is damaged, or from a newer program.");
        if (count != (ulong)(fileBytes - Bytes) / width || (ulong)(fileBytes - Bytes) % width != 0)
        {
            throw DataErrors.At(
                path, $"byte 16",
                $"the header counts {count} tokens of {width} bytes, but {
                    fileBytes - Bytes} bytes follow it. The file is cut short or damaged.");
        }
        return new TokenShardHeader((int)width, (long)count, bytes[DigestStart..Bytes].ToArray());
    }

    public bool HasDigest => Digest.Span.ContainsAnyExcept((byte)0);

    public static IncrementalHash NewDigest() => IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
}
