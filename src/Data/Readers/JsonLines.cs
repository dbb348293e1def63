using System.Text.Json;

namespace MiniStack.Data;

/// <summary>A file with a JSON value on each line (JSONL), as a stream; blank lines are passed over. The file may be larger than memory.</summary>
/// <param name="path">The file, in UTF-8.</param>
/// <param name="longestLine">Bytes that a line may have.</param>
public sealed class JsonLines(string path, int longestLine = TextLines.LongestLine) : IStreamingDataset<JsonElement>
{
    private static readonly JsonDocumentOptions Strict = new() { MaxDepth = 64, AllowDuplicateProperties = false };

    /// <inheritdoc/>
    /// <exception cref="DataException">The file cannot be read, a line is too long, or not UTF-8, or no JSON value; the message names line and byte.</exception>
    public IEnumerable<JsonElement> ReadFrom(long first = 0)
    {
        using LineReader reader = new(path, longestLine);
        long number = 0;
        while (reader.TryReadContent(out ReadOnlySpan<byte> line))
        {
            if (line.Trim(" \t"u8).IsEmpty || number++ < first) continue;
            JsonElement element = Parse(line, reader);
            yield return element;
        }
    }

    /// <summary>The text of a property.</summary>
    /// <param name="element">An object of the file.</param>
    /// <param name="name">The property.</param>
    /// <exception cref="DataException">It is no object, or has no such property, or that is no text.</exception>
    public static string Text(JsonElement element, string name)
    {
        if (element.ValueKind == JsonValueKind.Object && element.TryGetProperty(name, out JsonElement value) && value.ValueKind == JsonValueKind.String)
            return value.GetString()!;
        throw new DataException($"JsonLines: an object with a text called {DataErrors.Quote(name)} was expected, but a line has {DataErrors.Quote(element.GetRawText())}.");
    }

    private JsonElement Parse(ReadOnlySpan<byte> line, LineReader reader)
    {
        try
        {
            // First without building anything: a document takes many times the memory of its text, and a wrong line shall cost none.
            Utf8JsonReader reading = new(line, new JsonReaderOptions { MaxDepth = Strict.MaxDepth });
            while (reading.Read()) { }
            using JsonDocument document = JsonDocument.Parse(line.ToArray(), Strict);
            // An escape may name half a character, which no text can hold: better said here than where the text is used.
            if (line.IndexOf("\\u"u8) >= 0) CheckTexts(document.RootElement);
            return document.RootElement.Clone();
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            long at = reader.Offset + ((exception as JsonException)?.BytePositionInLine ?? 0);
            string why = exception is JsonException ? "it is no JSON value" : "a text in it has an escape for half a character";
            throw DataErrors.At(path, $"line {reader.Line} (byte {at})", $"{why}. Correct the line or leave it out.", exception);
        }
    }

    /// <summary>Throws InvalidOperationException, as reading such a text does.</summary>
    private static void CheckTexts(JsonElement element)
    {
        switch (element.ValueKind)
        {
            case JsonValueKind.String:
                _ = element.GetString();
                break;
            case JsonValueKind.Array:
                foreach (JsonElement item in element.EnumerateArray()) CheckTexts(item);
                break;
            case JsonValueKind.Object:
                foreach (JsonProperty property in element.EnumerateObject())
                {
                    _ = property.Name;
                    CheckTexts(property.Value);
                }
                break;
            default:
                break;
        }
    }
}
