using System.Text.Json;

namespace MiniStack.Data;

/// <summary>One line of a <see cref="JsonLines"/> file.</summary>
public sealed class JsonRow
{
    private readonly string _path;

    internal JsonRow(string path, long line, JsonElement value) => (_path, Line, Value) = (path, line, value);

    /// <summary>The line of the file, from 1.</summary>
    public long Line { get; }

    /// <summary>Its value.</summary>
    public JsonElement Value { get; }

    /// <summary>The text of a property.</summary>
    /// <param name="name">The property.</param>
    /// <exception cref="DataException">The value is no object, or has no such property, or that is no text; the message names the
    /// line.</exception>
    public string Text(string name)
    {
        if (Value.ValueKind == JsonValueKind.Object
            && Value.TryGetProperty(name, out JsonElement text) && text.ValueKind == JsonValueKind.String)
        {
            return text.GetString()!;
        }
        throw DataErrors.At(
            _path, $"line {Line}",
            $"an object with a text called {DataErrors.Quote(name)} was expected, but it is {
                DataErrors.Quote(Value.GetRawText())}. Correct the line or leave it out.");
    }
}
