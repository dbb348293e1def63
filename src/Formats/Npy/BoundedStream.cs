namespace MiniStack.Formats;

/// <summary>A view of a file that allows so many bytes to be read: what reads a directory whose size a file chooses must end.</summary>
/// <param name="inner">The file; it is not closed.</param>
/// <param name="most">Bytes that may be read.</param>
/// <param name="message">What to say when more are asked for.</param>
internal sealed class BoundedStream(Stream inner, long most, string message) : Stream
{
    private long _left = most;

    public override bool CanRead => true;

    public override bool CanSeek => true;

    public override bool CanWrite => false;

    public override long Length => inner.Length;

    public override long Position
    {
        get => inner.Position;
        set => inner.Position = value;
    }

    /// <summary>From now on, any number of bytes may be read.</summary>
    public void Unbound() => _left = long.MaxValue;

    public override int Read(Span<byte> buffer)
    {
        int read = inner.Read(buffer);
        _left -= read;
        return _left >= 0 ? read : throw new CheckpointException(message);
    }

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    public override long Seek(long offset, SeekOrigin origin) => inner.Seek(offset, origin);

    public override void Flush()
    {
    }

    public override void SetLength(long value) => throw new NotSupportedException("The view is for reading.");

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException("The view is for reading.");
}
