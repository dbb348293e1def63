using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using MiniStack.Data;

namespace MiniStack.Models;

/// <summary>What config.json says: <c>{"format_version": 1, "architecture": "Gpt", "config": {…}}</c>.</summary>
[JsonSerializable(typeof(AutoencoderConfig))]
[JsonSerializable(typeof(BertConfig))]
[JsonSerializable(typeof(GptConfig))]
[JsonSerializable(typeof(LeCun1989Config))]
[JsonSerializable(typeof(LeNet5Config))]
[JsonSerializable(typeof(LlamaConfig))]
[JsonSerializable(typeof(LstmLanguageModelConfig))]
[JsonSerializable(typeof(MultilayerPerceptronConfig))]
[JsonSerializable(typeof(ResNet18Config))]
[JsonSerializable(typeof(ResNet20Config))]
[JsonSerializable(typeof(UNetConfig))]
[JsonSerializable(typeof(VariationalAutoencoderConfig))]
[JsonSerializable(typeof(VisionTransformerConfig))]
internal sealed partial class ModelJson : JsonSerializerContext
{
    public const int CurrentVersion = 1;
    private const int MostBytes = 1 << 20;
    private const string Version = "format_version", Architecture = "architecture", Config = "config";

    private static readonly ModelJson Strict = new(new JsonSerializerOptions
    {
        WriteIndented = true,
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        IgnoreReadOnlyProperties = true,
        RespectRequiredConstructorParameters = true,
        RespectNullableAnnotations = true,
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
        AllowDuplicateProperties = false,
    });

    /// <summary>The text of config.json.</summary>
    public static string Write<TConfig>(string architecture, TConfig config) where TConfig : class => new JsonObject
    {
        [Version] = CurrentVersion,
        [Architecture] = architecture,
        [Config] = JsonSerializer.SerializeToNode(config, TypeOf<TConfig>()),
    }.ToJsonString(Strict.Options) + "\n";

    /// <summary>The sizes in a file, checked.</summary>
    /// <exception cref="CheckpointException">It cannot be read, is damaged, newer than this program, or of another
    /// architecture.</exception>
    public static TConfig Read<TConfig>(string path, string architecture) where TConfig : class, IModelConfig =>
        Open(path, root => Read<TConfig>(root, path, architecture));

    private static TConfig Read<TConfig>(JsonElement root, string path, string architecture) where TConfig : class, IModelConfig
    {
        string found = ArchitectureIn(root, path);
        if (found != architecture)
            throw new CheckpointException($"{path}: it describes a {found}, not a {architecture}. Load it with {found}.Load.");
        if (!root.TryGetProperty(Config, out JsonElement element) || element.ValueKind != JsonValueKind.Object)
            throw Damaged(path, $"the object '{Config}' is missing");
        try
        {
            TConfig config = element.Deserialize(TypeOf<TConfig>())!;
            config.Check();
            return config;
        }
        catch (JsonException exception)
        {
            bool isAt = exception.Path is { Length: > 2 };
            throw Damaged(
                path,
                isAt ? $"'{Config}{exception.Path![1..]}' is malformed or unknown" : $"'{Config}' lacks a size of a {architecture}",
                exception);
        }
        catch (ConfigException exception)
        {
            throw Damaged(path, exception.Message, exception);
        }
    }

    /// <summary>Which architecture a file names: one of <see cref="ModelFolder.Architectures"/>.</summary>
    /// <exception cref="CheckpointException">It cannot be read, is damaged, newer than this program, or names none.</exception>
    public static string ReadArchitecture(string path) => Open(path, root => ArchitectureIn(root, path));

    private static string ArchitectureIn(JsonElement root, string path)
    {
        if (root.ValueKind != JsonValueKind.Object) throw Damaged(path, "it is not an object");
        if (!root.TryGetProperty(Version, out _) && HuggingFaceType(root) is { } type)
        {
            throw new CheckpointException(
                $"{path}: it is a Hugging Face config of {Quote(type)}, and not one of MiniStack's. " +
                "Make a model of these sizes, and load its weights with Safetensors.Load and LoadStateDict.");
        }
        int number = root.TryGetProperty(Version, out JsonElement version) && version.ValueKind == JsonValueKind.Number
            && version.TryGetInt32(out int given)
                ? given
                : 0;
        if (number < 1) throw Damaged(path, $"the number '{Version}' is missing");
        if (number > CurrentVersion)
        {
            throw new CheckpointException(
                $"{path}: its format version is {number}; this program reads up to {CurrentVersion}. Update MiniStack to load this model.");
        }
        if (!root.TryGetProperty(Architecture, out JsonElement architecture) || architecture.ValueKind != JsonValueKind.String)
            throw Damaged(path, $"the text '{Architecture}' is missing");
        if (root.EnumerateObject().FirstOrDefault(field => field.Name is not (Version or Architecture or Config))
            is { Value.ValueKind: not JsonValueKind.Undefined } unknown)
        {
            throw Damaged(path, $"the field {Quote(unknown.Name)} is unknown");
        }
        string name = architecture.GetString()!;
        return ModelFolder.Architectures.ContainsKey(name)
            ? name
            : throw new CheckpointException(
                $"{path}: its architecture {Quote(name)} is none of this program's " +
                $"({string.Join(", ", ModelFolder.Architectures.Keys)}). " +
                "Update MiniStack, or correct the name.");
    }

    /// <summary>What every config.json of Hugging Face says of itself; null when this is none.</summary>
    private static string? HuggingFaceType(JsonElement root)
    {
        if (root.TryGetProperty("model_type", out JsonElement type) && type.ValueKind == JsonValueKind.String) return type.GetString();
        bool listed = root.TryGetProperty("architectures", out JsonElement list) && list.ValueKind == JsonValueKind.Array
            && list.GetArrayLength() > 0;
        return listed && list[0].ValueKind == JsonValueKind.String ? list[0].GetString() : null;
    }

    /// <summary>Opens a file and uses what is in it. Texts are looked at late: only then is it seen when one is no valid Unicode.</summary>
    private static T Open<T>(string path, Func<JsonElement, T> use)
    {
        try
        {
            byte[] bytes = PlainFile.ReadBytes(path, MostBytes, length => new CheckpointException(
                $"{path}: it has {length} bytes; the sizes of a model take at most {MostBytes}. Check the folder's name."));
            using JsonDocument document = JsonDocument.Parse(bytes, new JsonDocumentOptions { AllowDuplicateProperties = false });
            return use(document.RootElement);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new CheckpointException(
                $"{PlainFile.Show(path)}: cannot be read, so there is no model to load here ({OneLine(exception.Message)}). " +
                "Check the folder's name.",
                exception);
        }
        catch (JsonException exception)
        {
            throw Damaged(path, OneLine(exception.Message), exception);
        }
        catch (InvalidOperationException exception)
        {
            // JSON lets half a character pass ("\ud800"); .NET's strings do not.
            throw Damaged(path, "a text in it is not valid Unicode", exception);
        }
    }

    private static CheckpointException Damaged(string path, string why, Exception? cause = null) =>
        new($"{path}: it is damaged ({why.TrimEnd('.')}). Restore it from a copy.", cause);

    private static string OneLine(string message) =>
        (message.Length > 300 ? message[..300] + "…" : message).ReplaceLineEndings(" ").TrimEnd('.');

    /// <summary>A name out of a file, as JSON would write it: on one line, and not too long to read.</summary>
    private static string Quote(string name) => $"'{JsonEncodedText.Encode(string.Concat(name.EnumerateRunes().Take(80)))}'";

    private static JsonTypeInfo<TConfig> TypeOf<TConfig>() => (JsonTypeInfo<TConfig>)Strict.GetTypeInfo(typeof(TConfig))!;
}
