using System.Text;
using System.Text.Unicode;

namespace MiniStack.Data;

/// <summary>
/// The lines of a UTF-8 file one by one, however large the file is: no more than the longest line that is allowed is ever in memory.
/// </summary>
internal sealed class LineReader : IDisposable
{
    /// <summary>Bytes of the longest line that surely fits into a text: a text has at most so many characters, fewer than 2³⁰.</summary>
    public const int MostBytes = 0x3FFFFFDF;

    private const int FirstBuffer = 1 << 14;

    private readonly string _path;
    private readonly FileStream _stream;
    private readonly int _longest;
    private byte[] _buffer = new byte[FirstBuffer];
    private int _start, _end; // what is read and not yet handed out
    private bool _atEnd;

    /// <param name="path">The file.</param>
    /// <param name="longest">Bytes that a line may have, its ending included; above <see cref="MostBytes"/> it counts as that.</param>
    public LineReader(string path, int longest)
    {
        if (longest < 1)
            throw new ConfigException(FormattableString.Invariant($"{path}: the longest line must be at least 1 byte, but is {longest}."));
        (_path, _longest) = (path, Math.Min(longest, MostBytes));
        _stream = DataErrors.Open(path);
        Fill();
        if (_buffer.AsSpan(0, _end).StartsWith(Encoding.UTF8.Preamble)) (_start, NextOffset) = (3, 3);
    }

    /// <summary>Number of the last line that was read, from 1.</summary>
    public long Line { get; private set; }

    /// <summary>Where the last line that was read begins in the file.</summary>
    public long Offset { get; private set; }

    private long NextOffset { get; set; }

    /// <summary>The next line with its ending; the last may have none.</summary>
    /// <param name="line">Valid until the next call.</param>
    /// <returns>False at the end of the file.</returns>
    /// <exception cref="DataException">The line is too long, or not UTF-8.</exception>
    public bool TryRead(out ReadOnlySpan<byte> line)
    {
        int searched = 0, length;
        while (true)
        {
            int found = _buffer.AsSpan(_start + searched, _end - _start - searched).IndexOf((byte)'\n');
            length = found >= 0 ? searched + found + 1 : _end - _start;
            if (length > _longest)
            {
                throw DataErrors.At(
                    _path, $"line {Line + 1} (from byte {NextOffset})",
                    $"it is longer than {_longest} bytes. Break it{
                        (_longest < MostBytes ? ", or allow longer lines" : "; no text can be longer")}.");
            }
            if (found >= 0 || _atEnd) break;
            searched = length;
            Fill();
        }
        line = _buffer.AsSpan(_start, length);
        if (length == 0) return false;
        (Line, Offset) = (Line + 1, NextOffset);
        _start += length;
        NextOffset += length;
        if (!Utf8.IsValid(line)) throw NotUtf8(line);
        return true;
    }

    /// <summary>A line without its ending, as text files and JSONL want it.</summary>
    public bool TryReadContent(out ReadOnlySpan<byte> line)
    {
        if (!TryRead(out line)) return false;
        if (line.EndsWith("\n"u8)) line = line[..^1];
        if (line.EndsWith("\r"u8)) line = line[..^1];
        return true;
    }

    public void Dispose() => _stream.Dispose();

    private DataException NotUtf8(ReadOnlySpan<byte> line)
    {
        int valid = 0;
        while (Rune.DecodeFromUtf8(line[valid..], out _, out int consumed) == System.Buffers.OperationStatus.Done) valid += consumed;
        return DataErrors.At(_path, $"line {Line} (byte {Offset + valid})", $"it is not UTF-8 text. Convert the file to UTF-8 first.");
    }

    private void Fill()
    {
        if (_start > 0)
        {
            _buffer.AsSpan(_start, _end - _start).CopyTo(_buffer);
            (_start, _end) = (0, _end - _start);
        }
        // No larger than the longest line and one byte, which shows that there is more.
        if (_end == _buffer.Length) Array.Resize(ref _buffer, (int)Math.Min(2L * _buffer.Length, Math.Max(_longest + 1L, FirstBuffer)));
        try
        {
            int read = _stream.Read(_buffer, _end, _buffer.Length - _end);
            _end += read;
            _atEnd = read == 0;
        }
        catch (Exception exception) when (DataErrors.IsFileError(exception))
        {
            throw DataErrors.CannotRead(_path, exception);
        }
    }
}
