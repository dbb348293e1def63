using System.Buffers.Binary;
using System.IO.Compression;

namespace MiniStack.Data;

/// <summary>What an IDX file says of itself.</summary>
/// <param name="Type">Of its elements.</param>
/// <param name="Sizes">Of its axes.</param>
/// <param name="Start">Where the elements begin.</param>
/// <param name="Bytes">Of all elements.</param>
internal sealed record IdxHeader(byte Type, int[] Sizes, int Start, long Bytes);

/// <summary>The bytes of an IDX file, unpacked where it is gzipped.</summary>
internal sealed class IdxSource : IDisposable
{
    // A deflated byte can stand for a thousand others: pictures pack to a fifth, and what packs to less than a sixteenth is made to fill
    // the memory.
    private const int PackedRatio = 16, MostAxes = 8;
    private const long PackedSlack = 16 << 20;

    private readonly string _path;
    private readonly FileStream _file;
    private readonly bool _zipped;
    private Stream _stream;

    public IdxSource(string path)
    {
        _path = path;
        _file = DataErrors.Open(path);
        Span<byte> start = stackalloc byte[2];
        _zipped = _file.ReadAtLeast(start, 2, throwOnEndOfStream: false) == 2 && start is [0x1F, 0x8B];
        _stream = Restart();
    }

    public IdxHeader ReadHeader()
    {
        Span<byte> word = stackalloc byte[4];
        Fill(word, 0);
        if (word[0] != 0 || word[1] != 0 || IdxFile.Size(word[2]) == 0 || word[3] is 0 or > MostAxes)
        {
            throw DataErrors.At(
                _path, $"byte 0",
                $"it begins with {System.Convert.ToHexString(word)}; IDX files begin with 0000, a type from 08 to 0E, and 1 to {
                    MostAxes} axes. It is no IDX file, or damaged.");
        }
        (byte type, int[] sizes) = (word[2], new int[word[3]]);
        long bytes = IdxFile.Size(type);
        for (int axis = 0; axis < sizes.Length; axis++)
        {
            int at = 4 + (4 * axis);
            Fill(word, at);
            sizes[axis] = BinaryPrimitives.ReadInt32BigEndian(word);
            if (sizes[axis] < 0 || (bytes *= sizes[axis]) > Array.MaxLength)
            {
                throw DataErrors.At(
                    _path, $"byte {at}",
                    $"with axis {axis} of {(uint)sizes[axis]}, there are more than {
                        Array.MaxLength
                    } bytes of elements, the most that is read (2 GiB). Cut the file into smaller ones, unless its sizes are damaged.");
            }
        }
        return new IdxHeader(type, sizes, 4 + (4 * sizes.Length), bytes);
    }

    /// <summary>Throws unless the file has as many bytes as its sizes ask for.</summary>
    public void CheckLength(IdxHeader header)
    {
        if (_zipped && header.Bytes > PackedRatio * _file.Length + PackedSlack)
        {
            throw DataErrors.At(
                _path, $"byte 4",
                $"the sizes {string.Join("×", header.Sizes)} ask for {header.Bytes} bytes, more than {
                    _file.Length} gzipped ones are trusted with. The file is damaged, or holds little but repetitions: unpack it first.");
        }
        long found = _zipped ? Count(header.Bytes) : _file.Length - header.Start;
        if (found == header.Bytes)
        {
            if (_zipped) CheckTrailer(header.Start + header.Bytes);
            return;
        }
        string rest = _zipped ? " when unpacked" : "";
        throw DataErrors.At(
            _path, $"byte {header.Start}",
            $"the sizes {string.Join("×", header.Sizes)} ask for {header.Bytes} bytes, but {
                (found > header.Bytes && _zipped ? "more" : found)} follow{rest}. The file is cut short, or its sizes are damaged.");
    }

    /// <summary>
    /// A gzipped file ends with the number of its bytes; the unpacker checks the sum before it, but not that the end is there.
    /// </summary>
    private void CheckTrailer(long unpacked)
    {
        Span<byte> trailer = stackalloc byte[4];
        _file.Position = Math.Max(0, _file.Length - 4);
        _file.ReadExactly(trailer);
        uint length = BinaryPrimitives.ReadUInt32LittleEndian(trailer);
        if (length != (uint)unpacked)
        {
            throw DataErrors.At(
                _path, $"byte {_file.Length - 4}",
                $"the gzipped file says at its end that it has {length} bytes, but it unpacks to {
                    unpacked}. It is cut short, or made of several parts: unpack it first.");
        }
    }

    public void Rewind()
    {
        if (_zipped) _stream.Dispose(); // a buffer would close the file
        _stream = Restart();
    }

    public byte[] ReadData(IdxHeader header)
    {
        byte[] data = new byte[header.Bytes];
        Span<byte> skipped = stackalloc byte[header.Start];
        Fill(skipped, 0);
        Fill(data, header.Start);
        return data;
    }

    /// <summary>The elements piece by piece, each but the last of so many bytes.</summary>
    public void ReadData(IdxHeader header, int pieceBytes, ByteAction take)
    {
        byte[] piece = new byte[Math.Min(pieceBytes, header.Bytes)];
        Span<byte> skipped = stackalloc byte[header.Start];
        Fill(skipped, 0);
        for (long at = 0; at < header.Bytes; at += piece.Length)
        {
            Span<byte> bytes = piece.AsSpan(0, (int)Math.Min(piece.Length, header.Bytes - at));
            Fill(bytes, header.Start + at);
            take(bytes);
        }
    }

    public delegate void ByteAction(ReadOnlySpan<byte> bytes);

    public void Dispose()
    {
        _stream.Dispose();
        _file.Dispose();
    }

    private Stream Restart()
    {
        _file.Position = 0;
        return _zipped ? new GZipStream(_file, CompressionMode.Decompress, leaveOpen: true) : new BufferedStream(_file, 1 << 16);
    }

    /// <summary>Unpacked bytes to the end, or more than so many.</summary>
    private long Count(long most)
    {
        byte[] buffer = new byte[1 << 14];
        long count = 0;
        while (count <= most && _stream.Read(buffer) is int read and > 0) count += read;
        return count;
    }

    private void Fill(Span<byte> bytes, long at)
    {
        int read = _stream.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false);
        if (read < bytes.Length)
        {
            throw DataErrors.At(
                _path, $"byte {at + read}", $"the file ends there, where {bytes.Length - read} more bytes were expected. It is cut short.");
        }
    }
}
