using System.Text;

namespace MiniStack.Data;

/// <summary>The lines of a UTF-8 file as a stream, without their endings; the file may be larger than memory.</summary>
/// <param name="path">The file; a byte order mark at its start is passed over.</param>
/// <param name="longestLine">Bytes that a line may have.</param>
public sealed class TextLines(string path, int longestLine = TextLines.LongestLine) : IStreamingDataset<string>
{
    /// <summary>Bytes that a line may have unless told otherwise: 16 MiB.</summary>
    public const int LongestLine = 16 << 20;

    /// <inheritdoc/>
    /// <exception cref="DataException">The file cannot be read, a line is too long, or not UTF-8; the message names line and
    /// byte.</exception>
    public IEnumerable<string> ReadFrom(long first = 0)
    {
        using LineReader reader = new(path, longestLine);
        for (long number = 0; reader.TryReadContent(out ReadOnlySpan<byte> line); number++)
        {
            if (number < first) continue;
            string text = Encoding.UTF8.GetString(line);
            yield return text;
        }
    }
}
