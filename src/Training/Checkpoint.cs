using System.Globalization;
using MiniStack.Formats;
using MiniStack.Nn;
using MiniStack.Optim;

namespace MiniStack.Training;

/// <summary>Saves and restores everything a run needs to continue as if it had never stopped.</summary>
/// <remarks>
/// Two files must change together: weights and state. Both are first written and flushed under the name <c>….next</c>;
/// then the state is renamed, then the weights. A crash before the first rename leaves the old pair; one between the
/// renames leaves the new state, and the new weights still under their <c>.next</c> name, where <see cref="Load"/> finds them.
/// </remarks>
public sealed class Checkpoint
{
    private const string Version = "1";
    private const string Next = ".next";

    private readonly Module _model;
    private readonly Optimizer _optimizer;
    private readonly string _config;

    /// <summary>The parts of a run.</summary>
    /// <param name="model">Its parameters are saved.</param>
    /// <param name="optimizer">Its state is saved.</param>
    /// <param name="config">The run's configuration as text; a checkpoint of another configuration is refused.</param>
    public Checkpoint(Module model, Optimizer optimizer, string config)
    {
        (_model, _optimizer, _config) = (model, optimizer, config);
    }

    /// <summary>Steps done.</summary>
    public long Step { get; set; }

    /// <summary>Random streams by name: what they were at <see cref="Step"/>.</summary>
    public Dictionary<string, RngState> Streams { get; } = new(StringComparer.Ordinal);

    /// <summary>Writes both files; whatever fails, the checkpoint before stays readable.</summary>
    /// <exception cref="CheckpointException">A file cannot be written.</exception>
    public void Save(RunFolder folder)
    {
        Dictionary<string, string> metadata = new(StringComparer.Ordinal)
        {
            ["format_version"] = Version,
            ["step"] = Step.ToString(CultureInfo.InvariantCulture),
            ["config"] = _config,
        };
        Safetensors.Save(folder.Model + Next, _model.StateDict(), metadata);
        metadata["optimizer_steps"] = _optimizer.Steps.ToString(CultureInfo.InvariantCulture);
        foreach ((string name, RngState state) in Streams)
            metadata[$"rng.{name}"] = string.Create(CultureInfo.InvariantCulture, $"{state.Key}:{state.Position}");
        Safetensors.Save(folder.State + Next, _optimizer.State, metadata);
        AtomicFile.Rename(folder.State + Next, folder.State);
        AtomicFile.Rename(folder.Model + Next, folder.Model);
    }

    /// <summary>Restores model, optimizer, <see cref="Step"/> and <see cref="Streams"/>.</summary>
    /// <exception cref="CheckpointException">A file is missing, damaged, newer than this program, or of another run; nothing was changed.</exception>
    public void Load(RunFolder folder)
    {
        IReadOnlyDictionary<string, Tensor> state = Safetensors.Load(folder.State, out IReadOnlyDictionary<string, string> metadata);
        long step = CheckMetadata(folder.State, metadata);
        IReadOnlyDictionary<string, Tensor> weights = LoadWeights(folder, step);
        Dictionary<string, RngState> streams = new(StringComparer.Ordinal);
        foreach ((string key, string value) in metadata)
            if (key.StartsWith("rng.", StringComparison.Ordinal)) streams.Add(key[4..], ParseStream(folder.State, key, value));
        long optimizerSteps = Number(folder.State, metadata, "optimizer_steps");
        CheckOptimizer(state);
        _model.LoadStateDict(new StateDict(weights));
        _optimizer.LoadState(state, optimizerSteps);
        Step = step;
        Streams.Clear();
        foreach ((string name, RngState stream) in streams) Streams.Add(name, stream);
    }

    /// <summary>The weights that belong to the state of <paramref name="step"/>, from the file or its finished successor.</summary>
    private IReadOnlyDictionary<string, Tensor> LoadWeights(RunFolder folder, long step)
    {
        string file = folder.Model;
        if (File.Exists(file + Next) && (!File.Exists(file) || StepOf(file) != step) && StepOf(file + Next) == step)
            AtomicFile.Rename(file + Next, file); // the crash came between the two renames of Save
        IReadOnlyDictionary<string, Tensor> weights = Safetensors.Load(file, out IReadOnlyDictionary<string, string> metadata);
        long found = CheckMetadata(file, metadata);
        return found == step
            ? weights
            : throw new CheckpointException(
                $"{file}: it holds step {found}, but the state beside it holds step {step}. They are not of one checkpoint; restore both from a copy.");
    }

    private static long StepOf(string file)
    {
        using SafetensorsFile weights = Safetensors.Open(file);
        return Number(file, weights.Metadata, "step");
    }

    private long CheckMetadata(string file, IReadOnlyDictionary<string, string> metadata)
    {
        long version = Number(file, metadata, "format_version");
        if (version > long.Parse(Version, CultureInfo.InvariantCulture))
        {
            throw new CheckpointException(
                $"{file}: its format version is {version}; this program reads up to {Version}. Update MiniStack to continue this run.");
        }
        if (!metadata.TryGetValue("config", out string? config) || config != _config)
        {
            throw new CheckpointException(
                $"{file}: it was saved with another configuration than config.json says. Restore the run's own files.");
        }
        return Number(file, metadata, "step");
    }

    private void CheckOptimizer(IReadOnlyDictionary<string, Tensor> state)
    {
        // Before the model is changed: LoadState would say the same, but too late.
        foreach ((string name, Tensor own) in _optimizer.State)
        {
            if (!state.TryGetValue(name, out Tensor? saved) || saved.Shape != own.Shape)
            {
                throw new CheckpointException(
                    $"The optimizer's state '{name}' is {(saved is null ? "missing" : $"{saved.Shape} instead of {own.Shape}")}. The run's files are damaged.");
            }
        }
    }

    private static long Number(string file, IReadOnlyDictionary<string, string> metadata, string key) =>
        metadata.TryGetValue(key, out string? text) && long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out long number)
            ? number
            : throw new CheckpointException($"{file}: its metadata lacks the number '{key}'; it is not a checkpoint of a training run.");

    private static RngState ParseStream(string file, string key, string text) =>
        text.Split(':') is [var k, var p]
        && ulong.TryParse(k, NumberStyles.None, CultureInfo.InvariantCulture, out ulong streamKey)
        && ulong.TryParse(p, NumberStyles.None, CultureInfo.InvariantCulture, out ulong position)
            ? new RngState(streamKey, position)
            : throw new CheckpointException($"{file}: its random stream '{key}' is damaged. Restore the file from a copy.");
}
