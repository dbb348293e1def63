using MiniStack.Nn;

namespace MiniStack.Formats;

/// <summary>A folder with a low-rank adapter alone, as Hugging Face's PEFT keeps it: adapter_config.json and adapter_model.safetensors.</summary>
/// <remarks>A few hundred kilobytes beside a model's gigabytes, so that one base model can serve many tasks.</remarks>
public static class Peft
{
    private const string WeightsFile = "adapter_model.safetensors", ConfigFile = "adapter_config.json", Prefix = "base_model.model.";
    private static readonly string[] Endings = [".lora_A.weight", ".lora_B.weight", ".lora_embedding_A", ".lora_embedding_B"];

    /// <summary>Writes an adapter's two files, each atomically; makes the folder where there is none.</summary>
    /// <param name="folder">Where to.</param>
    /// <param name="adapter">What it has learned.</param>
    /// <param name="baseModel">Where the model it belongs to comes from: noted for people and for PEFT.</param>
    /// <exception cref="CheckpointException">A file cannot be written; what was there before is untouched.</exception>
    public static void Save(string folder, LoraAdapter adapter, string baseModel = "")
    {
        ArgumentException.ThrowIfNullOrEmpty(folder);
        try
        {
            Directory.CreateDirectory(folder);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            throw new CheckpointException($"{folder}: the folder cannot be made ({exception.Message.TrimEnd('.')}). Choose another one.", exception);
        }
        Safetensors.Save(Path.Combine(folder, WeightsFile), adapter.StateDict(), new Dictionary<string, string> { ["format"] = "pt" });
        AtomicFile.WriteText(Path.Combine(folder, ConfigFile), PeftConfig.Of(adapter, baseModel).ToJson());
    }

    /// <summary>Adds the adapter of a folder to a model, freezes everything else, and lets it act.</summary>
    /// <param name="folder">Where <see cref="Save"/>, or PEFT, wrote.</param>
    /// <param name="model">The model it was trained beside.</param>
    /// <param name="rng">Source of dropout's masks, should it learn on.</param>
    /// <param name="name">What it is called in the model.</param>
    /// <exception cref="CheckpointException">A file is missing, damaged, does not fit the model, or asks for what LoRA here has not; the model is as it was.</exception>
    /// <exception cref="ConfigException">The model has an adapter of this name, a merged one, or a layer that cannot learn in full.</exception>
    public static LoraAdapter Load(string folder, Module model, Rng rng, string name = "default")
    {
        ArgumentException.ThrowIfNullOrEmpty(folder);
        PeftConfig config = PeftConfig.Read(Path.Combine(folder, ConfigFile));
        string path = Path.Combine(folder, WeightsFile);
        using SafetensorsFile file = Safetensors.Open(path);
        if (file.Entries.Count == 0) throw new CheckpointException($"{path}: it holds no tensors. Restore the file from a copy.");
        ILookup<bool, string> layers = file.Entries.ToLookup(entry => IsFactor(entry.Name), entry => LayerOf(path, entry.Name, config));
        // A rank costs nothing in a JSON file, but factors of it do: those in the file must be of it first.
        if (file.Entries.FirstOrDefault(entry => IsFactor(entry.Name) && !entry.Shape.ToArray().Contains(config.Rank)) is { } odd)
            throw new CheckpointException($"{path}: '{odd.Name}' is {odd.Shape}, but {ConfigFile} says that the rank is {config.Rank}. Restore both files from one save.");
        if (config.InFull.FirstOrDefault(name => !layers[false].Any(layer => PeftConfig.IsOf(layer, name))) is { } absent)
            throw new CheckpointException($"{path}: it lacks the parameters of {FileErrors.Quote(absent)}, which {ConfigFile} names in modules_to_save. Restore both files from one save.");
        Dictionary<Parameter, bool> learned = model.Parameters().ToDictionary(parameter => parameter, parameter => parameter.RequiresGrad);
        LoraAdapter adapter = model.AddLora(name, LoraOf(path, config, model, [.. layers[true].Distinct()], [.. layers[false].Distinct()]), rng);
        try
        {
            adapter.LoadStateDict(new StateDict(file.ReadAll()));
            return adapter;
        }
        catch (CheckpointException exception)
        {
            model.RemoveAdapter(name);
            foreach ((Parameter parameter, bool before) in learned) parameter.RequiresGrad = before;
            throw new CheckpointException($"{path}: {exception.Message}", exception);
        }
    }

    /// <summary>An adapter of these layers, all of which the model has.</summary>
    private static LoraConfig LoraOf(string path, PeftConfig config, Module model, string[] adapted, string[] inFull)
    {
        Dictionary<string, Module> modules = model.Modules().ToDictionary(named => named.Path, named => named.Module);
        if (Array.Find(adapted, layer => modules.GetValueOrDefault(layer) is not (Linear or Embedding)) is { } unknown)
            throw new CheckpointException($"{path}: it adapts {FileErrors.Quote(unknown)}, but the model has no Linear or Embedding of this name. Load it beside the model it was trained with.");
        if (Array.Find(inFull, layer => !modules.ContainsKey(layer)) is { } missing)
            throw new CheckpointException($"{path}: it holds {FileErrors.Quote(missing)} in full, but the model has no layer of this name. Load it beside the model it was trained with.");
        if (adapted.Length == 0) throw new CheckpointException($"{path}: it holds no factors of a low-rank adapter. Restore the file from a copy.");
        return new LoraConfig(config.Rank, config.Alpha, config.Dropout, adapted, inFull);
    }

    private static string? EndingOf(string tensor) => Array.Find(Endings, ending => tensor.EndsWith(ending, StringComparison.Ordinal));

    private static bool IsFactor(string tensor) => EndingOf(tensor) is not null;

    /// <summary>The path of the layer whose factor, or whose parameter, a tensor is.</summary>
    private static string LayerOf(string path, string tensor, PeftConfig config)
    {
        int end = EndingOf(tensor) is { } ending ? tensor.Length - ending.Length : tensor.LastIndexOf('.');
        string layer = tensor.StartsWith(Prefix, StringComparison.Ordinal) && end > Prefix.Length ? tensor[Prefix.Length..end] : "";
        if (layer.Length > 0 && (IsFactor(tensor) || config.InFull.Any(name => PeftConfig.IsOf(layer, name)))) return layer;
        throw new CheckpointException(
            $"{path}: it holds {FileErrors.Quote(tensor)}, which is no factor of a low-rank adapter ({Prefix}LAYER.lora_A.weight and the like). It cannot be loaded here.");
    }
}
