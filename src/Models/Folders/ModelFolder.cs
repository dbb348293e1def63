using MiniStack.Formats;
using MiniStack.Nn;

namespace MiniStack.Models;

/// <summary>A folder with a model: its architecture and sizes in config.json, its weights in model.safetensors.</summary>
/// <remarks>
/// The weights' file carries the configuration it was saved with too, so that two files of different models are noticed: a crash may
/// come between the two, or somebody may copy one of them. Files of other programs, which lack it, are taken as they are.
/// </remarks>
public static class ModelFolder
{
    private const string WeightsFile = "model.safetensors", ConfigKey = "config";

    /// <summary>The architectures this program knows, by the name that stands in config.json.</summary>
    internal static IReadOnlyDictionary<string, Func<string, Device?, Module>> Architectures { get; } =
        new SortedDictionary<string, Func<string, Device?, Module>>(StringComparer.Ordinal)
        {
            [nameof(Autoencoder)] = Autoencoder.Load,
            [nameof(Bert)] = Bert.Load,
            [nameof(Gpt)] = Gpt.Load,
            [nameof(LeCun1989)] = LeCun1989.Load,
            [nameof(LeNet5)] = LeNet5.Load,
            [nameof(Llama)] = Llama.Load,
            [nameof(LstmLanguageModel)] = LstmLanguageModel.Load,
            [nameof(MultilayerPerceptron)] = MultilayerPerceptron.Load,
            [nameof(ResNet18)] = ResNet18.Load,
            [nameof(ResNet20)] = ResNet20.Load,
            [nameof(UNet)] = UNet.Load,
            [nameof(VariationalAutoencoder)] = VariationalAutoencoder.Load,
            [nameof(VisionTransformer)] = VisionTransformer.Load,
        };

    /// <summary>The model in a folder, whatever its architecture; <c>Gpt.Load</c> and the like load one of a known type.</summary>
    /// <param name="folder">Where a model's <c>Save</c> wrote.</param>
    /// <param name="device">Where it shall live; main memory by default.</param>
    /// <returns>The model in the state of training; its dropout draws from the start of a stream of its own.</returns>
    /// <exception cref="CheckpointException">A file is missing, damaged, of an unknown architecture or a newer program, or the two do not belong
    /// together.</exception>
    public static Module Load(string folder, Device? device = null) => Architectures[ModelJson.ReadArchitecture(ConfigFile(folder))](folder, device);

    /// <summary>Writes a model's two files, each atomically; makes the folder where there is none.</summary>
    internal static void Save<TConfig>(string folder, Module model, TConfig config) where TConfig : class, IModelConfig
    {
        ArgumentException.ThrowIfNullOrEmpty(folder);
        string json = ModelJson.Write(model.GetType().Name, config);
        StateDict state = model.StateDict();
        AtomicFile.MakeFolder(folder);
        Safetensors.Save(Path.Combine(folder, WeightsFile), state, new Dictionary<string, string> { [ConfigKey] = json });
        AtomicFile.WriteText(ConfigFile(folder), json);
    }

    /// <summary>Reads a model's two files, and makes nothing before they fit together.</summary>
    internal static TModel Load<TModel, TConfig>(string folder, Device? device, Func<TConfig, TModel> make)
        where TModel : Module
        where TConfig : class, IModelConfig
    {
        ArgumentException.ThrowIfNullOrEmpty(folder);
        TConfig config = ModelJson.Read<TConfig>(ConfigFile(folder), typeof(TModel).Name);
        string path = Path.Combine(folder, WeightsFile);
        using SafetensorsFile file = Safetensors.Open(path);
        if (file.Metadata.TryGetValue(ConfigKey, out string? saved) && saved != ModelJson.Write(typeof(TModel).Name, config))
            throw new CheckpointException($"{path}: it was saved with another configuration than config.json says. Restore both files from one save.");
        // The sizes in a JSON file cost nothing, but a model of them does: the weights' file must be as large first.
        long stored = file.Entries.Sum(entry => entry.Shape.Count);
        if (stored < config.ParameterCount)
        {
            throw new CheckpointException(FormattableString.Invariant(
                $"{path}: it holds {stored} numbers, but the sizes in config.json make a model of {config.ParameterCount}. Restore both files from one save."));
        }
        StateDict state = new(file.ReadAll());
        TModel model = make(config);
        DType[] types = [.. state.Values.Select(tensor => tensor.DType).Where(type => type.IsFloat()).Distinct()];
        if (types is [not DType.F32]) model.ConvertTo(types[0]); // as it was saved
        try
        {
            model.LoadStateDict(state);
        }
        catch (CheckpointException exception)
        {
            throw new CheckpointException($"{path}: {exception.Message}", exception);
        }
        return device is null ? model : model.To(device);
    }

    private static string ConfigFile(string folder) => Path.Combine(folder, "config.json");
}
