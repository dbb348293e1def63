namespace MiniStack.Formats;

/// <summary>The bytes of one array: a file, or an entry of an archive. It knows how to complain about them.</summary>
/// <param name="path">The file, for messages.</param>
/// <param name="entry">The entry of an archive; null for a file of its own.</param>
/// <param name="stream">The bytes.</param>
/// <param name="length">How many there are, or are said to be.</param>
internal sealed class NpySource(string path, string? entry, Stream stream, long length)
{
    /// <summary>True for an entry of an archive.</summary>
    public bool IsEntry => entry is not null;

    public long Length => length;

    /// <summary>For messages; built only when one is needed.</summary>
    private string Title => entry is null ? path : $"{path}: entry {FileErrors.Quote(entry)}";

    /// <summary>Bytes read so far.</summary>
    public long Position { get; private set; }

    /// <summary>Checksum of the bytes read so far, as zip archives keep it; 0 for a file of its own, which has none.</summary>
    public uint Crc { get; private set; }

    /// <summary>Fills a span.</summary>
    /// <exception cref="CheckpointException">There are fewer bytes than promised.</exception>
    public void Read(Span<byte> bytes)
    {
        int read = stream.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false);
        Position += read;
        if (read < bytes.Length) throw Damaged($"it is cut short: it should have {length} bytes and ends after {Position}");
        if (IsEntry) Crc = Crc32.Append(Crc, bytes);
    }

    /// <summary>True when nothing follows.</summary>
    public bool IsAtEnd() => stream.ReadByte() < 0;

    public CheckpointException Damaged(string what, Exception? cause = null) => FileErrors.Damaged(Title, what, cause);

    /// <summary>An error whose sentence has its own remedy.</summary>
    public CheckpointException Refused(string sentence) => new($"{Title}: {sentence}");
}
