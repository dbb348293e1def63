using System.Buffers.Binary;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace MiniStack.Formats;

/// <summary>Checks and writes what <see cref="Safetensors.Save"/> was given.</summary>
/// <remarks>
/// Tensors are sorted by element size, largest first, then by name, as the format's reference implementation does: every tensor
/// is aligned, and the same tensors give the same bytes whatever order they come in.
/// </remarks>
internal sealed class SafetensorsWriter
{
    private const int Alignment = 8;

    private readonly string _path;
    private readonly List<KeyValuePair<string, Tensor>> _tensors;
    private readonly byte[] _header;

    public SafetensorsWriter(
        string path, IEnumerable<KeyValuePair<string, Tensor>> tensors, IReadOnlyDictionary<string, string>? metadata)
    {
        _path = path;
        _tensors = [.. tensors];
        _tensors.Sort((a, b) =>
        {
            int bySize = b.Value.DType.Size().CompareTo(a.Value.DType.Size());
            return bySize != 0 ? bySize : string.CompareOrdinal(a.Key, b.Key);
        });
        CheckTensors();
        if (metadata is not null) CheckMetadata(metadata);
        _header = BuildHeader(metadata);
        if (_header.Length > SafetensorsLimits.HeaderBytes)
        {
            throw Refused($"the header would have {_header.Length} bytes, and the format allows {SafetensorsLimits.HeaderBytes}. " +
                "Use shorter names or several files.");
        }
    }

    public void Write(Stream stream)
    {
        Span<byte> length = stackalloc byte[8];
        BinaryPrimitives.WriteUInt64LittleEndian(length, (ulong)_header.Length);
        stream.Write(length);
        stream.Write(_header);
        foreach ((_, Tensor tensor) in _tensors) TensorBytes.Write(stream, tensor);
    }

    private byte[] BuildHeader(IReadOnlyDictionary<string, string>? metadata)
    {
        using MemoryStream buffer = new();
        using (Utf8JsonWriter json = new(buffer, new JsonWriterOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping }))
        {
            json.WriteStartObject();
            if (metadata is not null) WriteMetadata(json, metadata);
            long offset = 0;
            foreach ((string name, Tensor tensor) in _tensors) WriteEntry(json, name, tensor, ref offset);
            json.WriteEndObject();
        }
        while (buffer.Length % Alignment != 0) buffer.WriteByte((byte)' ');
        return buffer.ToArray();
    }

    private static void WriteMetadata(Utf8JsonWriter json, IReadOnlyDictionary<string, string> metadata)
    {
        json.WriteStartObject(SafetensorsHeader.MetadataName);
        foreach ((string key, string value) in metadata.OrderBy(pair => pair.Key, StringComparer.Ordinal))
            json.WriteString(key, value);
        json.WriteEndObject();
    }

    private static void WriteEntry(Utf8JsonWriter json, string name, Tensor tensor, ref long offset)
    {
        long end = checked(offset + tensor.Count * tensor.DType.Size());
        json.WriteStartObject(name);
        json.WriteString("dtype", SafetensorsTypes.NameOf(tensor.DType));
        json.WriteStartArray("shape");
        foreach (int size in tensor.Shape) json.WriteNumberValue(size);
        json.WriteEndArray();
        json.WriteStartArray("data_offsets");
        json.WriteNumberValue(offset);
        json.WriteNumberValue(end);
        json.WriteEndArray();
        json.WriteEndObject();
        offset = end;
    }

    private void CheckTensors()
    {
        HashSet<string> names = [];
        long bytes = 0;
        foreach ((string name, Tensor tensor) in _tensors)
        {
            string title = $"tensor {FileErrors.Quote(name)}";
            CheckText(name, "the name of ", title);
            if (name.Length == 0) throw Refused("a tensor has no name. Give every tensor one.");
            if (name == SafetensorsHeader.MetadataName)
                throw Refused($"{title} has the name that the format keeps for metadata. Rename it.");
            if (!names.Add(name)) throw Refused($"{title} is given twice. Rename one of them.");
            _ = tensor.Storage; // A tensor whose scope ended throws here, before anything is written.
            bytes += tensor.Count * tensor.DType.Size();
        }
        long most = SafetensorsLimits.Tensors(bytes);
        if (_tensors.Count > most) throw Refused(SafetensorsLimits.TensorsRule(most));
    }

    private void CheckMetadata(IReadOnlyDictionary<string, string> metadata)
    {
        long bytes = 0;
        foreach ((string key, string value) in metadata)
        {
            CheckText(key, "", $"the metadata key {FileErrors.Quote(key)}");
            if (value is null) throw Refused($"the metadata of key {FileErrors.Quote(key)} is null. Use an empty text.");
            CheckUnicode(value, $"the metadata of key {FileErrors.Quote(key)}");
            bytes += EscapedBytes(key) + EscapedBytes(value);
        }
        if (bytes > SafetensorsLimits.MetadataBytes || metadata.Count > SafetensorsLimits.MetadataCount)
            throw Refused(SafetensorsLimits.MetadataRule);
    }

    private void CheckText(string text, string of, string title)
    {
        CheckUnicode(text, of + title);
        if (EscapedBytes(text) > SafetensorsLimits.NameBytes)
            throw Refused($"{of}{title} is longer than {SafetensorsLimits.NameBytes} bytes. Shorten it.");
    }

    private void CheckUnicode(string text, string title)
    {
        // JSON writers replace half a character by U+FFFD: the file would hold another text.
        int half = FileErrors.HalfCharacter(text);
        if (half >= 0) throw Refused($"{title} is not valid Unicode. Remove the half character at {half}.");
    }

    /// <summary>Bytes as they stand in the JSON, which is what the reader counts.</summary>
    private static long EscapedBytes(string text) =>
        JsonEncodedText.Encode(text, JavaScriptEncoder.UnsafeRelaxedJsonEscaping).EncodedUtf8Bytes.Length;

    private CheckpointException Refused(string why) => new($"{_path}: cannot be written: {why}");
}
