using MiniStack.Data;
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
    /// <returns>The model in evaluation, as Hugging Face's from_pretrained returns it: dropout is off. Call <see cref="Module.Train"/> to
    /// train it further; its dropout then draws from the start of a stream of its own.</returns>
    /// <exception cref="CheckpointException">A file is missing, damaged, of an unknown architecture or a newer program, or the two do not
    /// belong together.</exception>
    public static Module Load(string folder, Device? device = null)
    {
        CheckFolder(folder);
        return Architectures[ModelJson.ReadArchitecture(ConfigFile(folder))](folder, device);
    }

    /// <summary>
    /// Throws when a file of weights holds fewer numbers than a model of some sizes learns. Sizes in a JSON file cost nothing, but a model
    /// of them does: look before one is made of what somebody else has written.
    /// </summary>
    /// <param name="path">A safetensors file.</param>
    /// <param name="config">The sizes.</param>
    /// <exception cref="CheckpointException">The file cannot be read or is damaged, or holds fewer floats than a model of these
    /// sizes.</exception>
    /// <exception cref="ConfigException">The sizes make no model.</exception>
    public static void CheckWeights(string path, IModelConfig config)
    {
        ArgumentNullException.ThrowIfNull(config);
        config.Check();
        using SafetensorsFile file = Safetensors.Open(path);
        CheckWeights(file, config);
    }

    /// <summary>Writes a model's two files, each atomically; makes the folder where there is none.</summary>
    internal static void Save<TConfig>(string folder, Module model, TConfig config) where TConfig : class, IModelConfig
    {
        CheckFolder(folder);
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
        CheckFolder(folder);
        TConfig config = ModelJson.Read<TConfig>(ConfigFile(folder), typeof(TModel).Name);
        string path = Path.Combine(folder, WeightsFile);
        using SafetensorsFile file = Safetensors.Open(path);
        file.CheckFormat();
        if (file.Metadata.TryGetValue(ConfigKey, out string? saved) && saved != ModelJson.Write(typeof(TModel).Name, config))
        {
            throw new CheckpointException(
                $"{path}: it was saved with another configuration than config.json says. Restore both files from one save.");
        }
        CheckWeights(file, config);
        TModel model = make(config);
        DType[] types = [.. file.Entries.Select(entry => entry.DType).OfType<DType>().Where(type => type.IsFloat()).Distinct()];
        if (types is [not DType.F32]) model.ConvertTo(types[0]); // as it was saved
        StateDict state = new(file.ReadAll());
        try
        {
            model.LoadStateDict(state);
        }
        catch (CheckpointException exception)
        {
            throw new CheckpointException($"{path}: {exception.Message}", exception);
        }
        model.Eval();
        return device is null ? model : model.To(device);
    }

    private static void CheckWeights(SafetensorsFile file, IModelConfig config)
    {
        // Bytes that stand for no floats cost less in a file than in a model.
        long stored = file.Entries.Where(entry => entry.DType?.IsFloat() == true).Sum(entry => entry.Shape.Count);
        if (stored < config.ParameterCount)
        {
            throw new CheckpointException(
                FormattableString.Invariant(
                    $"{file.Path}: it holds {stored} numbers, but the sizes in config.json make a model of {config.ParameterCount}. ") +
                "Restore both files from one save.");
        }
        int layers = Layers(config), tensors = layers * TensorsOfALayer(config);
        if (file.Entries.Count >= tensors) return;
        throw new CheckpointException(
            FormattableString.Invariant($"{file.Path}: it holds {file.Entries.Count} tensors, ") +
            FormattableString.Invariant($"but the sizes in config.json make a model of {layers} layers, with {tensors}. ") +
            "Restore both files from one save.");
    }

    /// <summary>Layers whose number a config names: each costs kilobytes, however few numbers it has.</summary>
    private static int Layers(IModelConfig config) => config switch
    {
        GptConfig gpt => gpt.Layers,
        LlamaConfig llama => llama.Layers,
        BertConfig bert => bert.Layers,
        LstmLanguageModelConfig lstm => lstm.Layers,
        VisionTransformerConfig transformer => transformer.Layers,
        MultilayerPerceptronConfig perceptron => perceptron.Hidden.Count,
        AutoencoderConfig coder => 2 * coder.Hidden.Count,
        VariationalAutoencoderConfig coder => 2 * coder.Hidden.Count,
        _ => 0, // so many as there are levels: few
    };

    /// <summary>The fewest that such a layer has, without biases.</summary>
    private static int TensorsOfALayer(IModelConfig config) => config switch
    {
        GptConfig => 6,
        LlamaConfig => 9,
        BertConfig or VisionTransformerConfig => 12,
        LstmLanguageModelConfig => 4,
        _ => 2,
    };

    /// <summary>The two files' paths are made of it: of nothing, they would be files of the current folder.</summary>
    private static void CheckFolder(string folder)
    {
        try
        {
            PlainFile.Check(folder);
        }
        catch (PlainFileException exception)
        {
            throw new CheckpointException($"{PlainFile.Show(folder)}: {exception.Message}", exception);
        }
    }

    private static string ConfigFile(string folder) => Path.Combine(folder, "config.json");
}
