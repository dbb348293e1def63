using System.Text;

namespace MiniStack.Data;

/// <summary>Feeds a CSV parser line by line, so that the line of each row is known, and rows have an end.</summary>
/// <param name="path">The file.</param>
/// <param name="longestRow">Bytes that a row may have, over all its lines.</param>
internal sealed class CsvText(string path, int longestRow) : TextReader
{
    private readonly LineReader _lines = new(path, longestRow);
    private readonly int _longestRow = Math.Min(longestRow, LineReader.MostBytes);
    private char[] _line = [];
    private int _next, _end;
    private long _rowBytes;
    private bool _rowBegun;

    /// <summary>The line on which the row that is being read begins.</summary>
    public long RowLine { get; private set; }

    /// <summary>What is read from now on belongs to another row.</summary>
    public void BeginRow()
    {
        (_rowBytes, _rowBegun) = (0, false);
        if (_next < _end) RowLine = _lines.Line; // a carriage return ended a row in the middle of a line
    }

    /// <summary>
    /// No more than one line at a time: what comes later must not be looked at, and its errors not be told, before it is due.
    /// </summary>
    public override int Read(char[] buffer, int index, int count)
    {
        if (_next == _end && !NextLine()) return 0;
        int taken = Math.Min(count, _end - _next);
        Array.Copy(_line, _next, buffer, index, taken);
        _next += taken;
        return taken;
    }

    public override int Read(Span<char> buffer) => throw new NotSupportedException("The parser reads into arrays.");

    public override int Read() => throw new NotSupportedException("The parser reads into arrays.");

    protected override void Dispose(bool disposing)
    {
        if (disposing) _lines.Dispose();
        base.Dispose(disposing);
    }

    private bool NextLine()
    {
        if (!_lines.TryRead(out ReadOnlySpan<byte> line)) return false;
        if (!_rowBegun)
        {
            // The parser passes over blank lines between rows.
            (RowLine, _rowBytes) = (_lines.Line, 0);
            _rowBegun = line is not ([(byte)'\n'] or [(byte)'\r', (byte)'\n']);
        }
        _rowBytes += line.Length;
        if (_rowBytes > _longestRow)
        {
            throw DataErrors.At(
                path, $"line {RowLine}",
                $"the row that begins there is longer than {_longestRow} bytes. Close its quotes, or allow longer rows.");
        }
        if (_line.Length < line.Length) _line = new char[Math.Max(line.Length, 2 * _line.Length)];
        (_next, _end) = (0, Encoding.UTF8.GetChars(line, _line));
        return true;
    }
}
