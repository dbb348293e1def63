using System.Text.Json;

namespace MiniStack.Formats;

/// <summary>A value in a JSON file that knows where it stands, so that whatever is wrong with it can be said with its place.</summary>
/// <remarks>The place is kept in parts and put together only when it is told: a file has many thousands of values.</remarks>
/// <param name="file">The file.</param>
/// <param name="place">The place of what the value is a part of.</param>
/// <param name="value">The value.</param>
/// <param name="index">Its number in an array at that place; -1 when there is none.</param>
/// <param name="name">Its name in the object there; null when it has none.</param>
internal readonly struct JsonField(string file, string place, JsonElement value, int index = -1, string? name = null)
{
    /// <summary>The value itself; of the kind Undefined when it is missing.</summary>
    public JsonElement Value { get; } = value;

    /// <summary>Where it stands, such as <c>added_tokens[3].id</c>.</summary>
    public string Path => $"{place}{(index < 0 ? "" : $"[{index}]")}{(name is null ? "" : place.Length == 0 ? name : $".{name}")}";

    /// <summary>True when it is missing or null.</summary>
    public bool IsNull => Value.ValueKind is JsonValueKind.Undefined or JsonValueKind.Null;

    /// <summary>A field of this object.</summary>
    public JsonField this[string field]
    {
        get
        {
            JsonElement found = Object().TryGetProperty(field, out JsonElement element) ? element : default;
            return name is null ? new JsonField(file, place, found, index, field) : new JsonField(file, Path, found, -1, field);
        }
    }

    /// <summary>This object, when it has no other fields that are set than these: what is not known may change what it does.</summary>
    public JsonField With(params ReadOnlySpan<string> known)
    {
        foreach (JsonProperty property in Object().EnumerateObject())
        {
            if (property.Value.ValueKind == JsonValueKind.Null || known.Contains(property.Name)) continue;
            throw this[property.Name].Unsupported(
                "is a field that MiniStack does not know",
                "It may change how texts become tokens. Remove it if it does not, or choose another tokenizer.");
        }
        return this;
    }

    /// <summary>How many elements this array has.</summary>
    public int Count => Array().GetArrayLength();

    /// <summary>The elements of this array.</summary>
    public IEnumerable<JsonField> Items()
    {
        (string of, string at) = (file, Path);
        return Array().EnumerateArray().Select((item, i) => new JsonField(of, at, item, i));
    }

    public JsonElement Object() => Value.ValueKind == JsonValueKind.Object ? Value : throw Expected("an object");

    public JsonElement Array() => Value.ValueKind == JsonValueKind.Array ? Value : throw Expected("an array");

    public string Text() => Value.ValueKind == JsonValueKind.String ? Value.GetString()! : throw Expected("a text");

    public int Number() =>
        Value.ValueKind == JsonValueKind.Number && Value.TryGetInt32(out int number) ? number : throw Expected("a whole number");

    public bool Flag() =>
        Value.ValueKind is JsonValueKind.True or JsonValueKind.False ? Value.GetBoolean() : throw Expected("true or false");

    /// <summary>The flag; <paramref name="otherwise"/> when it is missing or null.</summary>
    public bool Flag(bool otherwise) => IsNull ? otherwise : Flag();

    /// <summary>What to say when the file breaks a rule here.</summary>
    public CheckpointException Wrong(string what) =>
        FileErrors.Damaged(file, $"{(Path.Length == 0 ? "the file" : FileErrors.Quote(Path))} {what}");

    /// <summary>What to say when the file asks here for something that is not known.</summary>
    public CheckpointException Unsupported(string what, string remedy) => new($"{file}: {FileErrors.Quote(Path)} {what}. {remedy}");

    private CheckpointException Expected(string kind) =>
        Wrong(Value.ValueKind == JsonValueKind.Undefined ? "is missing" : $"is not {kind}");
}
