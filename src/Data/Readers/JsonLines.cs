using System.Text.Json;

namespace MiniStack.Data;

/// <summary>
/// A file with a JSON value on each line (JSONL), as a stream; blank lines are passed over. The file may be larger than memory.
/// </summary>
/// <param name="path">The file, in UTF-8.</param>
/// <param name="longestLine">Bytes that a line may have.</param>
public sealed class JsonLines(string path, int longestLine = TextLines.LongestLine) : IStreamingDataset<JsonRow>
{
    private const int MostValues = 300_000;

    private static readonly JsonDocumentOptions Strict = new() { MaxDepth = 64, AllowDuplicateProperties = false };

    /// <inheritdoc/>
    /// <exception cref="DataException">The file cannot be read, a line is too long, or not UTF-8, or no JSON value; the message names line
    /// and byte.</exception>
    public IEnumerable<JsonRow> ReadFrom(long first = 0)
    {
        using LineReader reader = new(path, longestLine);
        long number = 0;
        while (reader.TryReadContent(out ReadOnlySpan<byte> line))
        {
            if (line.Trim(" \t"u8).IsEmpty || number++ < first) continue;
            JsonElement value = Parse(line, reader);
            yield return new JsonRow(path, reader.Line, value);
        }
    }

    private JsonElement Parse(ReadOnlySpan<byte> line, LineReader reader)
    {
        CheckSyntax(line, reader);
        try
        {
            return JsonElement.Parse(line, Strict);
        }
        catch (JsonException exception)
        {
            // The syntax is right and the depth too: what is left is a name that stands twice.
            throw Wrong(reader, exception.BytePositionInLine ?? 0, "an object in it has a name twice", exception);
        }
    }

    /// <summary>Without building anything: a document takes many times the memory of its text, and a wrong line shall cost none.</summary>
    private void CheckSyntax(ReadOnlySpan<byte> line, LineReader reader)
    {
        Utf8JsonReader reading = new(line, new JsonReaderOptions { MaxDepth = Strict.MaxDepth });
        int values = 0;
        try
        {
            while (reading.Read())
            {
                // Each costs 12 bytes, and as many while it is parsed; in the file two can be enough.
                if (++values > MostValues)
                {
                    throw Wrong(
                        reader, reading.TokenStartIndex,
                        $"it has more than {MostValues} names, values and brackets, the most of a line", null);
                }
                // An escape may name half a character, which no text can hold: better said here than where the text is used.
                if (reading.ValueIsEscaped) _ = reading.GetString();
            }
        }
        catch (JsonException exception)
        {
            throw Wrong(reader, exception.BytePositionInLine ?? 0, "it is no JSON value", exception);
        }
        catch (InvalidOperationException exception)
        {
            throw Wrong(reader, reading.TokenStartIndex, "a text in it has an escape for half a character", exception);
        }
    }

    private DataException Wrong(LineReader reader, long at, string why, Exception? cause) =>
        DataErrors.At(path, $"line {reader.Line} (byte {reader.Offset + at})", $"{why}. Correct the line or leave it out.", cause);
}
