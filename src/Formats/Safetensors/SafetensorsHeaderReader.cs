using System.Text.Json;
using System.Text.Unicode;

namespace MiniStack.Formats;

/// <summary>Reads the JSON header token by token, so that nothing is allocated for what is going to be refused.</summary>
/// <remarks>
/// A header is <c>{"name": {"dtype": "F32", "shape": [2, 3], "data_offsets": [0, 24]}, …, "__metadata__": {"key": "value"}}</c>.
/// </remarks>
internal ref struct SafetensorsHeaderReader
{
    private readonly string _path;
    private readonly ReadOnlySpan<byte> _header;
    private readonly long _mostTensors;
    private Utf8JsonReader _json;
    private Dictionary<string, string>? _metadata;
    private string _tensor = "";

    public SafetensorsHeaderReader(string path, ReadOnlySpan<byte> header, long fileBytes)
    {
        _path = path;
        _header = header;
        _mostTensors = SafetensorsLimits.Tensors(fileBytes);
        _json = new Utf8JsonReader(header);
    }

    public Dictionary<string, SafetensorsEntry> Entries { get; } = [];

    public readonly IReadOnlyDictionary<string, string> Metadata => _metadata ?? new Dictionary<string, string>();

    /// <summary>The tensor being read, for messages; built only when one is needed.</summary>
    private readonly string Title => $"tensor {FileErrors.Quote(_tensor)}";

    /// <summary>Reads the whole header.</summary>
    public void Read()
    {
        if (_header.IsEmpty || _header[0] != '{') throw Bad("the header does not begin with '{'");
        if (!Utf8.IsValid(_header)) throw Bad("the header is not valid UTF-8");
        try
        {
            _json.Read();
            while (NextKey())
            {
                string name = Text(SafetensorsLimits.NameBytes, "the name of a tensor");
                if (name == SafetensorsHeader.MetadataName) ReadMetadata();
                else ReadTensor(name);
            }
            _json.Read(); // Throws if anything but white space follows.
        }
        catch (JsonException exception)
        {
            throw Bad(
                $"the header is not valid JSON (line {exception.LineNumber + 1}, byte {exception.BytePositionInLine + 1})", exception);
        }
        catch (InvalidOperationException exception)
        {
            // JSON lets half a character pass ("\ud800"); .NET's strings do not.
            throw Bad("a text in the header is not valid Unicode", exception);
        }
    }

    private void ReadMetadata()
    {
        if (_metadata is not null) throw Bad($"{SafetensorsHeader.MetadataName} appears twice in the header");
        _metadata = [];
        int bytes = 0;
        if (!Next(JsonTokenType.StartObject)) throw Bad($"{SafetensorsHeader.MetadataName} is not an object");
        while (NextKey())
        {
            bytes += _json.ValueSpan.Length;
            string key = Text(SafetensorsLimits.NameBytes, "a key of the metadata");
            if (!Next(JsonTokenType.String)) throw Bad($"the metadata of key {FileErrors.Quote(key)} is not a string");
            bytes += _json.ValueSpan.Length;
            if (bytes > SafetensorsLimits.MetadataBytes || _metadata.Count == SafetensorsLimits.MetadataCount)
                throw new CheckpointException($"{_path}: {SafetensorsLimits.MetadataRule}");
            if (!_metadata.TryAdd(key, _json.GetString()!)) throw Bad($"the metadata has the key {FileErrors.Quote(key)} twice");
        }
    }

    private void ReadTensor(string name)
    {
        _tensor = name;
        if (Entries.ContainsKey(name)) throw Bad($"{Title} appears twice in the header");
        if (Entries.Count == _mostTensors)
            throw new CheckpointException($"{_path}: {SafetensorsLimits.TensorsRule(_mostTensors)}");

        string? type = null;
        Shape? shape = null;
        (long Begin, long End)? offsets = null;
        if (!Next(JsonTokenType.StartObject)) throw Bad($"{Title} is not described by an object");
        while (NextKey())
        {
            if (_json.ValueTextEquals("dtype"u8)) type = type is null ? ReadType() : throw Twice("dtype");
            else if (_json.ValueTextEquals("shape"u8)) shape = shape is null ? ReadShape() : throw Twice("shape");
            else if (_json.ValueTextEquals("data_offsets"u8))
                offsets = offsets is null ? ReadOffsets() : throw Twice("data_offsets");
            else throw Unknown(Text(SafetensorsLimits.NameBytes, "the name of a field"));
        }
        if (type is null) throw Bad($"{Title} has no dtype");
        if (shape is null) throw Bad($"{Title} has no shape");
        if (offsets is null) throw Bad($"{Title} has no data_offsets");
        long bytes = offsets.Value.End - offsets.Value.Begin;
        CheckSize(type, shape.Value, bytes);
        Entries.Add(name, new SafetensorsEntry(name, type, shape.Value, offsets.Value.Begin, bytes));
    }

    private string ReadType()
    {
        if (!Next(JsonTokenType.String)) throw Bad($"the dtype of {Title} is not a string");
        string type = Text(SafetensorsLimits.NameBytes, "the name of a dtype");
        return SafetensorsTypes.Bits(type) is not null
            ? string.Intern(type)
            : throw new CheckpointException(
                $"{_path}: {Title} has the dtype {FileErrors.Quote(type)}, which the format does not know. MiniStack loads " +
                $"{SafetensorsTypes.Loadable}: convert the tensor and save the file again.");
    }

    private Shape ReadShape()
    {
        if (!Next(JsonTokenType.StartArray)) throw Bad($"the shape of {Title} is not an array");
        Span<int> sizes = stackalloc int[SafetensorsLimits.Rank];
        int rank = 0;
        ulong count = 1;
        while (_json.Read() && _json.TokenType != JsonTokenType.EndArray)
        {
            if (rank == SafetensorsLimits.Rank) throw Bad($"{Title} has more than {SafetensorsLimits.Rank} axes");
            if (_json.TokenType != JsonTokenType.Number || !_json.TryGetUInt64(out ulong size))
                throw Bad($"axis {rank} of {Title} has a size that is not a whole number from 0 to {ulong.MaxValue}");
            if (size > int.MaxValue) throw Bad($"axis {rank} of {Title} has size {size}; the largest is {int.MaxValue}");
            if (size != 0 && count > long.MaxValue / size) throw Bad($"{Title} has more elements than 63 bits can count");
            count *= size;
            sizes[rank++] = (int)size;
        }
        return Shape.Create(sizes[..rank]);
    }

    private (long Begin, long End) ReadOffsets()
    {
        if (!Next(JsonTokenType.StartArray) || !NextOffset(out long begin) || !NextOffset(out long end) ||
            !Next(JsonTokenType.EndArray))
        {
            throw Bad($"the data_offsets of {Title} are not two whole numbers from 0 to {long.MaxValue}");
        }
        return begin <= end ? (begin, end) : throw Bad($"{Title} ends at byte {end}, before it begins at {begin}");
    }

    /// <summary>The span must be exactly what shape and dtype need, counted in bits, 128 of them: they cannot overflow.</summary>
    private readonly void CheckSize(string type, Shape shape, long bytes)
    {
        UInt128 bits = (UInt128)shape.Count * (uint)SafetensorsTypes.Bits(type)!.Value;
        if (bits == (UInt128)bytes * 8) return;
        throw Bad($"{Title} of shape {shape} and dtype {type} needs {(bits + 7) / 8} bytes, but its data_offsets span {bytes}");
    }

    /// <summary>Steps to the next key of an object; false at its end.</summary>
    private bool NextKey() => Next(JsonTokenType.PropertyName);

    private bool Next(JsonTokenType token) => _json.Read() && _json.TokenType == token;

    private bool NextOffset(out long offset)
    {
        offset = -1;
        if (Next(JsonTokenType.Number) && _json.TryGetUInt64(out ulong value) && value <= long.MaxValue) offset = (long)value;
        return offset >= 0;
    }

    private readonly string Text(int mostBytes, string what) => _json.ValueSpan.Length <= mostBytes
        ? _json.GetString()!
        : throw Bad($"{what} is longer than {mostBytes} bytes");

    private readonly CheckpointException Unknown(string field) =>
        Bad($"{Title} has a field {FileErrors.Quote(field)}, which the format does not know");

    private readonly CheckpointException Twice(string field) => Bad($"{Title} has the field {field} twice");

    private readonly CheckpointException Bad(string what, Exception? cause = null) =>
        FileErrors.Damaged(_path, what, cause);
}
