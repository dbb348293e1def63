using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using MiniStack.Data;
using MiniStack.Nn;

namespace MiniStack.Formats;

/// <summary>What adapter_config.json says of an adapter.</summary>
/// <param name="Lora">Its numbers, and the names in target_modules and modules_to_save; none where these are not given as names.</param>
/// <param name="BaseModel">Where the model comes from.</param>
internal sealed record PeftConfig(LoraConfig Lora, string BaseModel)
{
    private const int LargestFile = 1 << 20, LargestRank = 1 << 20, MostNames = 4096;

    /// <summary>
    /// Fields that change what the factors mean or where they act, when they are set: true, or not empty, is more than is known here.
    /// </summary>
    private static readonly string[] Variants =
    [
        "use_dora", "rank_pattern", "alpha_pattern", "lora_bias", "layer_replication", "trainable_token_indices", "megatron_config",
        "target_parameters", "use_qalora", "alora_invocation_tokens", "loftq_config", "eva_config", "corda_config", "lora_ga_config",
        "arrow_config", "ensure_weight_tying", "use_bdlora",
    ];

    /// <summary>
    /// Fields that are read, and those that say nothing of the factors. fan_in_fan_out tells that PEFT's model holds the weight transposed,
    /// but the factors are the same; which layers were chosen, and how, is seen from the weights.
    /// </summary>
    private static readonly string[] Known =
    [
        "peft_type", "r", "lora_alpha", "lora_dropout", "target_modules", "modules_to_save", "use_rslora", "bias", "init_lora_weights",
        "fan_in_fan_out", "auto_mapping", "base_model_name_or_path", "revision", "inference_mode", "task_type", "peft_version",
        "exclude_modules", "layers_to_transform", "layers_pattern", "megatron_core", "qalora_group_size", "runtime_config",
    ];

    /// <summary>
    /// Ways of starting that leave the base model as it is. Others, such as PiSSA, take the factors' start out of its weights.
    /// </summary>
    private static readonly string[] PlainStarts = ["gaussian", "orthogonal"];

    // Of two values under one name, other programs take the last, or the first.
    private static readonly JsonDocumentOptions Options = new() { AllowDuplicateProperties = false };

    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true };

    public static PeftConfig Of(LoraAdapter adapter, string baseModel) =>
        new(adapter.Config with { Targets = adapter.Layers, InFull = adapter.LayersInFull }, baseModel);

    public string ToJson() => new JsonObject
    {
        ["peft_type"] = "LORA",
        ["base_model_name_or_path"] = BaseModel,
        ["r"] = Lora.Rank,
        ["lora_alpha"] = Lora.Alpha,
        ["lora_dropout"] = Lora.Dropout,
        ["target_modules"] = Names(Lora.Targets),
        ["modules_to_save"] = Lora.InFull is { Count: > 0 } ? Names(Lora.InFull) : null,
        ["use_rslora"] = Lora.RankStabilized,
        ["bias"] = "none",
        ["fan_in_fan_out"] = false,
        ["inference_mode"] = true,
        ["task_type"] = null,
    }.ToJsonString(Indented) + "\n";

    /// <exception cref="CheckpointException">There is no such file, it is damaged, or it asks for what is not known here.</exception>
    public static PeftConfig Read(string path)
    {
        try
        {
            byte[] bytes = PlainFile.ReadBytes(
                path, LargestFile, _ => FileErrors.Damaged(path, $"it is larger than {LargestFile >> 10} KiB"));
            using JsonDocument document = JsonDocument.Parse(bytes, Options);
            return Of(path, document.RootElement);
        }
        catch (JsonException exception)
        {
            throw FileErrors.Damaged(
                path,
                exception.LineNumber is { } line ? $"it is not JSON (line {line + 1})" : "it is not JSON: an object names something twice",
                exception);
        }
        catch (InvalidOperationException exception) // a name or a text that is no text: JsonDocument looks at them late
        {
            throw FileErrors.Damaged(path, "it holds half a character", exception);
        }
        catch (Exception exception) when (FileErrors.IsFileError(exception))
        {
            throw FileErrors.CannotRead(path, exception);
        }
    }

    private static PeftConfig Of(string path, JsonElement root)
    {
        if (root.ValueKind != JsonValueKind.Object) throw FileErrors.Damaged(path, "it is not a JSON object");
        if (!root.TryGetProperty("peft_type", out JsonElement type) || !Is(type, "LORA"))
            throw new CheckpointException($"{path}: peft_type is not \"LORA\"; other adapters cannot be loaded here.");
        CheckMeaning(path, root);
        if (root.TryGetProperty("bias", out JsonElement bias) && !Is(bias, "none"))
            throw new CheckpointException($"{path}: 'bias' is not \"none\"; adapters that change biases cannot be loaded here.");
        _ = Flag(path, root, "fan_in_fan_out"); // true or false, it is all the same here
        double rank = Number(path, root, "r"), alpha = Number(path, root, "lora_alpha"), dropout = Number(path, root, "lora_dropout", 0);
        if (!(rank >= 1 && rank <= LargestRank && rank == Math.Floor(rank)))
            throw FileErrors.Damaged(path, FormattableString.Invariant($"its rank r is {rank}"));
        if (!(alpha > 0 && double.IsFinite(alpha)))
            throw FileErrors.Damaged(path, FormattableString.Invariant($"its lora_alpha is {alpha}"));
        if (!(dropout >= 0 && dropout < 1)) throw FileErrors.Damaged(path, FormattableString.Invariant($"its lora_dropout is {dropout}"));
        // PEFT allows a pattern in one text, too; what it fits cannot be missed.
        bool pattern = root.TryGetProperty("target_modules", out JsonElement targets) && targets.ValueKind == JsonValueKind.String;
        string[] names = pattern ? [] : Names(path, root, "target_modules");
        return new PeftConfig(
            new LoraConfig((int)rank, alpha, dropout, names, Names(path, root, "modules_to_save"), Flag(path, root, "use_rslora")), "");
    }

    /// <summary>Refuses by name what would make other weights of the factors than here.</summary>
    private static void CheckMeaning(string path, JsonElement root)
    {
        foreach (JsonProperty field in root.EnumerateObject())
        {
            if (!IsSet(field.Value) || Known.Contains(field.Name)) continue;
            throw new CheckpointException(Variants.Contains(field.Name)
                ? $"{path}: '{field.Name}' is set; that variant of LoRA cannot be loaded here. " +
                  "Merge the adapter in PEFT (merge_and_unload) and load the whole model."
                : $"{path}: {FileErrors.Quote(field.Name)} is set, which is not known here and may change what the adapter does. " +
                  "Merge the adapter in PEFT (merge_and_unload) and load the whole model, " +
                  "or remove the field if it says nothing of the weights.");
        }
        if (!root.TryGetProperty("init_lora_weights", out JsonElement start)
            || start.ValueKind is JsonValueKind.Null or JsonValueKind.True or JsonValueKind.False)
        {
            return;
        }
        if (PlainStarts.Any(plain => Is(start, plain))) return;
        string name = start.ValueKind == JsonValueKind.String ? start.GetString()! : start.GetRawText();
        throw new CheckpointException(
            $"{path}: 'init_lora_weights' is {FileErrors.Quote(name)}: " +
            "such an adapter belongs to a base model that its start has changed, and beside the original it is another one. " +
            "Convert it to plain LoRA in PEFT: save_pretrained with path_initial_model_for_weight_conversion.");
    }

    /// <summary>Whether a name in target_modules means a layer: its path, or the last names of it.</summary>
    public static bool IsTarget(string layer, string name) =>
        layer.EndsWith(name, StringComparison.Ordinal) && (layer.Length == name.Length || layer[^(name.Length + 1)] == '.');

    /// <summary>
    /// Whether a name in modules_to_save means a layer: the end of its path, or of the path of a module around it. PEFT looks for no dot
    /// before it.
    /// </summary>
    public static bool IsToSave(string layer, string name)
    {
        for (int at = layer.IndexOf(name, StringComparison.Ordinal); at >= 0; at = layer.IndexOf(name, at + 1, StringComparison.Ordinal))
            if (at + name.Length == layer.Length || layer[at + name.Length] == '.') return true;
        return false;
    }

    /// <summary>A number as both files have it.</summary>
    public static string Text(double number) => number.ToString("R", CultureInfo.InvariantCulture);

    private static JsonArray Names(IReadOnlyList<string>? names) => new([.. (names ?? []).Select(name => JsonValue.Create(name))]);

    private static string[] Names(string path, JsonElement root, string field)
    {
        if (!root.TryGetProperty(field, out JsonElement names) || !IsSet(names)) return [];
        return names.ValueKind == JsonValueKind.Array && names.GetArrayLength() <= MostNames
            && names.EnumerateArray().All(name => name.ValueKind == JsonValueKind.String)
                ? [.. names.EnumerateArray().Select(name => name.GetString()!).Where(name => name.Length > 0).Distinct()]
                : throw FileErrors.Damaged(path, $"its {field} is no list of at most {MostNames} names");
    }

    private static bool Is(JsonElement value, string text) => value.ValueKind == JsonValueKind.String && value.ValueEquals(text);

    private static bool IsSet(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Null or JsonValueKind.False => false,
        JsonValueKind.Object => value.EnumerateObject().Any(),
        JsonValueKind.Array => value.GetArrayLength() > 0,
        _ => true,
    };

    private static bool Flag(string path, JsonElement root, string name)
    {
        if (!root.TryGetProperty(name, out JsonElement value) || value.ValueKind is JsonValueKind.Null or JsonValueKind.False) return false;
        return value.ValueKind == JsonValueKind.True ? true : throw FileErrors.Damaged(path, $"its {name} is neither true nor false");
    }

    private static double Number(string path, JsonElement root, string name, double? missing = null)
    {
        if (!root.TryGetProperty(name, out JsonElement value) && missing is { } replacement) return replacement;
        return value.ValueKind == JsonValueKind.Number && value.TryGetDouble(out double number)
            ? number
            : throw FileErrors.Damaged(path, $"it lacks the number '{name}'");
    }
}
