using System.Text.Json;

namespace MiniStack.Formats;

/// <summary>A value in a JSON file that knows where it stands, so that whatever is wrong with it can be said with its place.</summary>
/// <param name="file">The file.</param>
/// <param name="path">Where the value stands; of an element of an array, where the array does.</param>
/// <param name="value">The value.</param>
/// <param name="index">The element's number; -1 when it is none. The place is put together only when something is wrong.</param>
internal readonly struct JsonField(string file, string path, JsonElement value, int index = -1)
{
    /// <summary>The value itself; of the kind Undefined when it is missing.</summary>
    public JsonElement Value { get; } = value;

    /// <summary>Where it stands, such as <c>model.merges[3]</c>.</summary>
    public string Path => index < 0 ? path : $"{path}[{index}]";

    /// <summary>True when it is missing or null.</summary>
    public bool IsNull => Value.ValueKind is JsonValueKind.Undefined or JsonValueKind.Null;

    /// <summary>A field of this object.</summary>
    public JsonField this[string name] =>
        new(file, Path.Length == 0 ? name : $"{Path}.{name}", Object().TryGetProperty(name, out JsonElement field) ? field : default);

    /// <summary>The elements of this array.</summary>
    public IEnumerable<JsonField> Items()
    {
        JsonField array = this;
        return Array().EnumerateArray().Select((item, i) => array.At(i, item));
    }

    /// <summary>An element of this array, which the caller has found.</summary>
    public JsonField At(int i, JsonElement item) => new(file, Path, item, i);

    public JsonElement Object() => Value.ValueKind == JsonValueKind.Object ? Value : throw Expected("an object");

    public JsonElement Array() => Value.ValueKind == JsonValueKind.Array ? Value : throw Expected("an array");

    public string Text() => Value.ValueKind == JsonValueKind.String ? Value.GetString()! : throw Expected("a text");

    public int Number() => Value.ValueKind == JsonValueKind.Number && Value.TryGetInt32(out int number) ? number : throw Expected("a whole number");

    public bool Flag() => Value.ValueKind is JsonValueKind.True or JsonValueKind.False ? Value.GetBoolean() : throw Expected("true or false");

    /// <summary>The flag; <paramref name="otherwise"/> when it is missing or null.</summary>
    public bool Flag(bool otherwise) => IsNull ? otherwise : Flag();

    /// <summary>What to say when the file breaks a rule here.</summary>
    public CheckpointException Wrong(string what) => FileErrors.Damaged(file, $"{(Path.Length == 0 ? "the file" : FileErrors.Quote(Path))} {what}");

    /// <summary>What to say when the file asks here for something that is not known.</summary>
    public CheckpointException Unsupported(string what, string remedy) => new($"{file}: {FileErrors.Quote(Path)} {what}. {remedy}");

    private CheckpointException Expected(string kind) => Wrong(Value.ValueKind == JsonValueKind.Undefined ? "is missing" : $"is not {kind}");
}
