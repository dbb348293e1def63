using System.Buffers.Binary;

namespace MiniStack.Data;

/// <summary>An IDX file of bytes.</summary>
/// <param name="Sizes">Of each axis.</param>
/// <param name="Data">Row by row.</param>
public sealed record IdxBytes(IReadOnlyList<int> Sizes, byte[] Data);

/// <summary>Reads IDX, the format of MNIST: a type, the sizes of the axes, and the elements, all big-endian; gzipped or not.</summary>
/// <remarks>
/// LeCun, Cortes and Burges, "The MNIST database of handwritten digits". Before anything is allocated for the elements it is made sure
/// that the file has them all: a gzipped file is unpacked twice, the first time to count and to check, and may hold 16 times its own bytes
/// and 16 MiB.
/// </remarks>
public static class IdxFile
{
    private const byte UnsignedByte = 0x08, SignedByte = 0x09, Int16 = 0x0B, Int32 = 0x0C, Float32 = 0x0D, Float64 = 0x0E;

    /// <summary>A file of unsigned bytes, such as images or labels.</summary>
    /// <exception cref="DataException">The file cannot be read, is damaged, or holds another type, or more than 2 GiB.</exception>
    public static IdxBytes ReadBytes(string path) => ReadBytes(path, _ => { });

    /// <param name="path">The file.</param>
    /// <param name="checkSizes">Throws when the axes are not the expected ones: before the elements are read.</param>
    internal static IdxBytes ReadBytes(string path, Action<int[]> checkSizes)
    {
        return ReadAll(
            path,
            header =>
            {
                if (header.Type != UnsignedByte)
                {
                    throw DataErrors.At(
                        path, $"byte 2",
                        $"the elements are of type 0x{
                            header.Type:X2}, and unsigned bytes (0x08) were expected. Read it with IdxFile.Read.");
                }
                checkSizes(header.Sizes);
            },
            (source, header) => new IdxBytes(header.Sizes, source.ReadData(header)));
    }

    /// <summary>A file of any type.</summary>
    /// <returns>U8 for unsigned bytes; I32 for signed bytes and whole numbers of 16 or 32 bits; F32; F64.</returns>
    /// <exception cref="DataException">The file cannot be read, is damaged, or holds more than 2 GiB.</exception>
    public static Tensor Read(string path) => ReadAll(path, _ => { }, (source, header) =>
    {
        Shape shape = [.. header.Sizes];
        return header.Type switch
        {
            UnsignedByte => Tensor.Wrap(source.ReadData(header), shape),
            SignedByte => Widen<int>(source, header, bytes => (sbyte)bytes[0]),
            Int16 => Widen<int>(source, header, bytes => BinaryPrimitives.ReadInt16BigEndian(bytes)),
            Int32 => Widen(source, header, BinaryPrimitives.ReadInt32BigEndian),
            Float32 => Widen(source, header, BinaryPrimitives.ReadSingleBigEndian),
            _ => Widen(source, header, BinaryPrimitives.ReadDoubleBigEndian),
        };
    });

    private delegate T Convert<T>(ReadOnlySpan<byte> bytes);

    /// <summary>Piece by piece: no memory is needed but the tensor's.</summary>
    private static Tensor Widen<T>(IdxSource source, IdxHeader header, Convert<T> convert) where T : unmanaged
    {
        int size = Size(header.Type), next = 0;
        T[] elements = new T[header.Bytes / size];
        source.ReadData(header, 1 << 16, bytes =>
        {
            for (int i = 0; i < bytes.Length; i += size) elements[next++] = convert(bytes.Slice(i, size));
        });
        return Tensor.Wrap(elements, [.. header.Sizes]);
    }

    private static T ReadAll<T>(string path, Action<IdxHeader> check, Func<IdxSource, IdxHeader, T> read)
    {
        try
        {
            using IdxSource source = new(path);
            IdxHeader header = source.ReadHeader();
            check(header);
            source.CheckLength(header);
            source.Rewind();
            return read(source, header);
        }
        catch (InvalidDataException exception)
        {
            throw new DataException(
                $"{path}: it begins as a gzipped file, but cannot be unpacked: its bytes are damaged. Copy or download it again.",
                exception);
        }
        catch (Exception exception) when (DataErrors.IsFileError(exception))
        {
            throw DataErrors.CannotRead(path, exception);
        }
    }

    /// <summary>Bytes of an element; 0 for a type that IDX does not have.</summary>
    internal static int Size(byte type) => type switch
    {
        UnsignedByte or SignedByte => 1,
        Int16 => 2,
        Int32 or Float32 => 4,
        Float64 => 8,
        _ => 0,
    };
}
