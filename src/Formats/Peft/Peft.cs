using MiniStack.Nn;

namespace MiniStack.Formats;

/// <summary>
/// A folder with a low-rank adapter alone, as Hugging Face's PEFT keeps it: adapter_config.json and adapter_model.safetensors.
/// </summary>
/// <remarks>A few hundred kilobytes beside a model's gigabytes, so that one base model can serve many tasks.</remarks>
public static class Peft
{
    private const string
        WeightsFile = "adapter_model.safetensors", ConfigFile = "adapter_config.json", Prefix = "base_model.model.",
        ScaleKey = "lora_scale";
    private const string OneSave = "Restore both files from one save.";
    private static readonly string[] Endings = [".lora_A.weight", ".lora_B.weight", ".lora_embedding_A", ".lora_embedding_B"];

    /// <summary>Writes an adapter's two files, each atomically; makes the folder where there is none.</summary>
    /// <param name="folder">Where to.</param>
    /// <param name="adapter">What it has learned.</param>
    /// <param name="baseModel">Where the model it belongs to comes from: noted for people and for PEFT.</param>
    /// <exception cref="CheckpointException">A file cannot be written. Each is then the old or the new one as a whole, the weights perhaps
    /// new and the other old; <see cref="Load"/> sees where these do not go together.</exception>
    public static void Save(string folder, LoraAdapter adapter, string baseModel = "")
    {
        FileErrors.CheckPath(folder);
        ArgumentNullException.ThrowIfNull(adapter);
        ArgumentNullException.ThrowIfNull(baseModel);
        AtomicFile.MakeFolder(folder);
        Dictionary<string, string> metadata = new() { ["format"] = "pt", [ScaleKey] = PeftConfig.Text(adapter.Config.Scale) };
        Safetensors.Save(Path.Combine(folder, WeightsFile), adapter.StateDict(), metadata);
        AtomicFile.WriteText(Path.Combine(folder, ConfigFile), PeftConfig.Of(adapter, baseModel).ToJson());
    }

    /// <summary>Adds the adapter of a folder to a model, freezes everything else, and lets it act.</summary>
    /// <param name="folder">Where <see cref="Save"/>, or PEFT, wrote.</param>
    /// <param name="model">The model it was trained beside.</param>
    /// <param name="rng">Source of dropout's masks, should it learn on.</param>
    /// <param name="name">What it is called in the model.</param>
    /// <exception cref="CheckpointException">A file is missing, damaged, does not fit the model, or asks for what LoRA here has not; the
    /// model is as it was.</exception>
    /// <exception cref="ConfigException">The model has an adapter of this name, a merged one, or a layer that cannot learn in full; it is
    /// as it was.</exception>
    public static LoraAdapter Load(string folder, Module model, Rng rng, string name = "default")
    {
        FileErrors.CheckPath(folder);
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(rng);
        ArgumentNullException.ThrowIfNull(name);
        LoraConfig config = PeftConfig.Read(Path.Combine(folder, ConfigFile)).Lora;
        string path = Path.Combine(folder, WeightsFile);
        using SafetensorsFile file = Safetensors.Open(path);
        file.CheckFormat();
        if (file.Entries.Count == 0) throw new CheckpointException($"{path}: it holds no tensors. Restore the file from a copy.");
        if (file.Metadata.TryGetValue(ScaleKey, out string? scale) && scale != PeftConfig.Text(config.Scale))
        {
            throw new CheckpointException(
                $"{path}: its factors were saved for a scale of {FileErrors.Quote(scale)}, " +
                $"and {ConfigFile} makes it {PeftConfig.Text(config.Scale)}. {OneSave}");
        }
        Dictionary<string, Module> modules = model.Modules().ToDictionary(named => named.Path, named => named.Module);
        HashSet<string> adapted = [], inFull = [];
        foreach (SafetensorsEntry entry in file.Entries)
        {
            if (EndingOf(entry.Name) is { } ending) adapted.Add(Adapted(path, entry, ending, modules, config.Rank));
            else inFull.Add(InFull(path, entry, modules, config, inFull));
        }
        if (adapted.Count == 0)
            throw new CheckpointException($"{path}: it holds no factors of a low-rank adapter. Restore the file from a copy.");
        // Names that fit nothing in the model are PEFT's habit: it writes all that such a layer is called in one model or another.
        CheckHasAll("target_modules", config.Targets!, PeftConfig.IsTarget, adapted, module => module is Linear or Embedding);
        CheckHasAll("modules_to_save", config.InFull!, PeftConfig.IsToSave, inFull, module => module.ParameterCount > 0);
        StateDict learned = new(file.ReadAll());
        try
        {
            return model.AddLora(name, config with { Targets = [.. adapted], InFull = [.. inFull] }, rng, learned);
        }
        catch (CheckpointException exception)
        {
            throw new CheckpointException($"{path}: {exception.Message}", exception);
        }

        void CheckHasAll(
            string field, IReadOnlyList<string> names, Func<string, string, bool> means, HashSet<string> layers, Func<Module, bool> can)
        {
            if (names.FirstOrDefault(name =>
                !layers.Any(layer => means(layer, name)) && modules.Any(named => means(named.Key, name) && can(named.Value))) is { } absent)
            {
                throw new CheckpointException(
                    $"{path}: it lacks the parameters of {FileErrors.Quote(absent)}, which {ConfigFile} names in {field}. {OneSave}");
            }
        }
    }

    /// <summary>
    /// The path of the layer that a factor is of. A rank costs nothing in a JSON file, but room for factors of it does: those in the file
    /// must be of it first.
    /// </summary>
    private static string Adapted(string path, SafetensorsEntry entry, string ending, Dictionary<string, Module> modules, int rank)
    {
        string layer = LayerOf(path, entry.Name, entry.Name.Length - ending.Length);
        if ((modules.GetValueOrDefault(layer) switch
            {
                Linear linear => linear.Weight, Embedding embedding => embedding.Weight, _ => null
            }) is not { } weight)
        {
            throw new CheckpointException(
                $"{path}: it adapts {FileErrors.Quote(layer)}, but the model has no Linear or Embedding of this name. " +
                "Load it beside the model it was trained with.");
        }
        Shape shape = ending switch
        {
            ".lora_A.weight" => [rank, weight.Shape[1]],
            ".lora_B.weight" => [weight.Shape[0], rank],
            ".lora_embedding_A" => [rank, weight.Shape[0]],
            _ => [weight.Shape[1], rank],
        };
        return entry.Shape == shape ? layer : throw new CheckpointException(
            $"{path}: {FileErrors.Quote(entry.Name)} is {entry.Shape}, " +
            $"but a rank of {rank} and a weight of {weight.Shape} make it {shape}. " +
            $"{OneSave} Load them beside the model it was trained with.");
    }

    /// <summary>The path of the layer that a tensor is of which is no factor.</summary>
    private static string InFull(
        string path, SafetensorsEntry entry, Dictionary<string, Module> modules, LoraConfig config, HashSet<string> known)
    {
        string layer = LayerOf(path, entry.Name, entry.Name.LastIndexOf('.'));
        if (!known.Contains(layer) && !config.InFull!.Any(name => PeftConfig.IsToSave(layer, name))) throw Foreign(path, entry.Name);
        return modules.ContainsKey(layer) ? layer : throw new CheckpointException(
            $"{path}: it holds {FileErrors.Quote(layer)} in full, but the model has no layer of this name. " +
            "Load it beside the model it was trained with.");
    }

    /// <summary>What is between PEFT's prefix and a tensor's own name: nothing when the model is the layer.</summary>
    private static string LayerOf(string path, string tensor, int end) =>
        !tensor.StartsWith(Prefix, StringComparison.Ordinal) ? throw Foreign(path, tensor)
        : end < Prefix.Length ? ""
        : tensor[Prefix.Length..end];

    private static CheckpointException Foreign(string path, string tensor) => new(
        $"{path}: it holds {FileErrors.Quote(tensor)}, which is no factor of a low-rank adapter " +
        $"({Prefix}LAYER.lora_A.weight and the like), and no parameter of a layer that {ConfigFile} " +
        "names in modules_to_save. It cannot be loaded here.");

    private static string? EndingOf(string tensor) => Array.Find(Endings, ending => tensor.EndsWith(ending, StringComparison.Ordinal));
}
