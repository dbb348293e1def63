using System.Globalization;
using MiniStack.Formats;
using MiniStack.Nn;
using MiniStack.Optim;

namespace MiniStack.Training;

/// <summary>Saves and restores everything a run needs to continue as if it had never stopped, and keeps the checkpoint before.</summary>
/// <remarks>
/// <para>A checkpoint is a pair of files, weights and state, that belong together by their step. Both are first written and flushed as
/// <c>….next</c>; then the pair there was is renamed to <c>….previous</c> and the new one takes its place. Renaming takes no pair apart, so
/// that a crash at any moment leaves a whole one under some names, and <see cref="Load"/> looks under all of them.</para>
/// <para>Each file holds a digest of its tensors, and one of everything that stands beside them: a file that a disk has damaged is told
/// from a good one, and the pair before is loaded instead; <see cref="Fallback"/> then says why.</para>
/// </remarks>
public sealed class Checkpoint
{
    private const int Version = 2; // 1 had no digests
    internal const string Next = ".next", Previous = ".previous";

    private readonly Module _model;
    private readonly Optimizer _optimizer;
    private readonly string _config;
    private readonly Dictionary<string, Rng> _streams = new(StringComparer.Ordinal);
    private readonly Dictionary<string, ISavedState> _parts = new(StringComparer.Ordinal);
    private long _lastStep = -1; // of the pair there is; none at first
    private string _stateEnding = "", _modelEnding = ""; // under which names the pair lies that this run continues

    /// <summary>The parts of a run.</summary>
    /// <param name="model">Its parameters and buffers are saved.</param>
    /// <param name="optimizer">Its state is saved.</param>
    /// <param name="config">The run's configuration as text; a checkpoint of another configuration is refused.</param>
    public Checkpoint(Module model, Optimizer optimizer, string config)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(optimizer);
        ArgumentNullException.ThrowIfNull(config);
        (_model, _optimizer, _config) = (model, optimizer, config);
    }

    /// <summary>Whether it was saved or loaded: what lies in its folder is then of this run.</summary>
    internal bool IsKnown => _lastStep >= 0;

    /// <summary>Steps done.</summary>
    public long Step { get; set; }

    /// <summary>Short texts by name that are saved too, such as what early stopping has seen.</summary>
    public IDictionary<string, string> Notes { get; } = new Dictionary<string, string>(StringComparer.Ordinal);

    /// <summary>After <see cref="Load"/>: why an older checkpoint than the last was loaded; null when it was the last.</summary>
    public string? Fallback { get; private set; }

    /// <summary>Saves a random stream's position with the rest, and restores it.</summary>
    /// <param name="name">Under which it is saved, such as <c>data</c>.</param>
    /// <param name="stream">Continues after <see cref="Load"/> where it was at <see cref="Save"/>.</param>
    /// <exception cref="ConfigException">The name is empty or taken.</exception>
    public void Track(string name, Rng stream)
    {
        ArgumentNullException.ThrowIfNull(stream);
        CheckName(name, _streams.ContainsKey(name));
        _streams.Add(name, stream);
    }

    /// <summary>Saves the state of averages or of a schedule that looks at results with the rest, and restores it.</summary>
    /// <param name="name">Under which it is saved, such as <c>average</c>.</param>
    /// <param name="part">An <see cref="ExponentialMovingAverage"/>, a <see cref="ReduceOnPlateau"/> or something of your own.</param>
    /// <exception cref="ConfigException">The name is empty or taken.</exception>
    public void Track(string name, ISavedState part)
    {
        ArgumentNullException.ThrowIfNull(part);
        CheckName(name, _parts.ContainsKey(name));
        _parts.Add(name, part);
    }

    private static void CheckName(string name, bool taken)
    {
        if (string.IsNullOrEmpty(name) || taken)
            throw new ConfigException($"Checkpoint: the name '{name}' is empty or tracked already. Give each its own.");
    }

    /// <summary>
    /// Writes both files, and makes the folder where there is none; whatever fails, the checkpoint before stays readable.
    /// </summary>
    /// <exception cref="CheckpointException">A file cannot be written, or another run is at work in the folder.</exception>
    public void Save(RunFolder folder)
    {
        if (!Directory.Exists(folder.Path)) folder.Create();
        using IDisposable? locked = folder.IsLocked ? null : folder.Lock();
        // A pair that a crash left under its first names is the best there is: it moves out of the way of the next one.
        if (_stateEnding == Next) PutInPlace(folder.State);
        if (_modelEnding == Next) PutInPlace(folder.Model);
        // When the last pair is damaged and the one before was loaded, that one is kept instead.
        // And the start, from which a run can begin anew, is not worth its room.
        bool keep = _stateEnding != Previous && _modelEnding != Previous && _lastStep != 0;
        Dictionary<string, string> metadata = new(StringComparer.Ordinal)
        {
            ["format_version"] = Text(Version),
            ["step"] = Text(Step),
            ["config"] = _config,
        };
        Write(folder.Model + Next, _model.StateDict(), metadata);
        metadata["optimizer_steps"] = Text(_optimizer.Steps);
        foreach ((string name, Rng stream) in _streams)
            metadata[$"rng.{name}"] = string.Create(CultureInfo.InvariantCulture, $"{stream.State.Key}:{stream.State.Position}");
        foreach ((string name, string note) in Notes) metadata[$"note.{name}"] = note;
        Write(folder.State + Next, [.. _optimizer.State, .. _parts.SelectMany(part => Named(part.Key, part.Value))], metadata);
        foreach (string file in (string[])[folder.State, folder.Model])
            if (keep && File.Exists(file)) AtomicFile.Rename(file, file + Previous);
        foreach (string file in (string[])[folder.State, folder.Model]) AtomicFile.Rename(file + Next, file);
        (_stateEnding, _modelEnding, _lastStep) = ("", "", Step);
    }

    private static IEnumerable<KeyValuePair<string, Tensor>> Named(string name, ISavedState part) =>
        part.State.Select(pair => KeyValuePair.Create($"{name}/{pair.Key}", pair.Value));

    private static void PutInPlace(string file)
    {
        if (File.Exists(file)) AtomicFile.Rename(file, file + Previous);
        AtomicFile.Rename(file + Next, file);
    }

    /// <summary>
    /// Restores model, optimizer, <see cref="Step"/>, <see cref="Notes"/> and the streams from the newest whole checkpoint.
    /// </summary>
    /// <exception cref="CheckpointException">There is none, or it is newer than this program, or of another run; nothing was
    /// changed.</exception>
    public void Load(RunFolder folder)
    {
        List<string> faults = [];
        CheckpointFile[] states = Open(folder.State, faults), weights = Open(folder.Model, faults);
        foreach (CheckpointFile state in states.OrderByDescending(file => file.Step))
        {
            foreach (CheckpointFile model in weights.Where(file => file.Step == state.Step))
            {
                if (state.TryRead(faults) is not { } stateTensors || model.TryRead(faults) is not { } modelTensors) continue;
                Restore(state, stateTensors, modelTensors);
                (_stateEnding, _modelEnding, _lastStep) = (state.Ending, model.Ending, Step);
                Fallback = WhyNotTheLast(folder, faults, states.Concat(weights));
                return;
            }
        }
        if (faults.Count > 0) throw new CheckpointException(faults[0]);
        throw new CheckpointException(
            $"{folder.Model}: it holds step {Text(weights.Max(file => file.Step))}, " +
            $"but the state beside it holds step {Text(states.Max(file => file.Step))}. " +
            "They are not of one checkpoint; restore both from a copy.");
    }

    /// <summary>
    /// A damaged file under the name of the last checkpoint, or a later step there than was loaded. What a killed writer left half done
    /// under another name, or between two renames, is no loss.
    /// </summary>
    private string? WhyNotTheLast(RunFolder folder, List<string> faults, IEnumerable<CheckpointFile> files)
    {
        string? damage = faults.Find(fault => IsOf(fault, folder.State) || IsOf(fault, folder.Model));
        if (damage is null && files.All(file => file.Ending.Length > 0 || file.Step <= Step)) return null;
        return $"{damage ?? "The last weights and state are not of one step."} The checkpoint of step {Text(Step)} was loaded instead.";

        static bool IsOf(string fault, string path) => File.Exists(path) && fault.StartsWith(path + ":", StringComparison.Ordinal);
    }

    /// <summary>Everything is looked at before anything is changed.</summary>
    private void Restore(
        CheckpointFile state, IReadOnlyDictionary<string, Tensor> stateTensors, IReadOnlyDictionary<string, Tensor> modelTensors)
    {
        Dictionary<string, RngState> streams = [];
        foreach (string name in _streams.Keys) streams.Add(name, state.Stream($"rng.{name}"));
        long optimizerSteps = state.Number("optimizer_steps");
        Check(() => _optimizer.CheckState(stateTensors, optimizerSteps));
        foreach ((string name, ISavedState part) in _parts)
            foreach ((string key, Tensor own) in Named(name, part)) CheckPart(key, own, stateTensors);
        _model.LoadStateDict(new StateDict(modelTensors));
        _optimizer.LoadState(stateTensors, optimizerSteps);
        foreach ((string name, ISavedState part) in _parts)
            part.LoadState(part.State.ToDictionary(pair => pair.Key, pair => stateTensors[$"{name}/{pair.Key}"]));
        Step = state.Step;
        foreach ((string name, RngState position) in streams) _streams[name].Restore(position);
        Notes.Clear();
        foreach ((string key, string note) in state.Metadata)
            if (key.StartsWith("note.", StringComparison.Ordinal)) Notes.Add(key[5..], note);
    }

    /// <summary>Those of a file's three names that there are and whose headers can be read.</summary>
    private CheckpointFile[] Open(string file, List<string> faults)
    {
        List<CheckpointFile> found = [];
        foreach (string ending in (string[])["", Next, Previous])
        {
            if (ending.Length > 0 && !File.Exists(file + ending)) continue;
            if (CheckpointFile.TryOpen(file, ending, faults) is { } opened) found.Add(opened);
        }
        found.RemoveAll(opened => !opened.Fits(Version, _config, faults));
        return [.. found];
    }

    // Before the model is changed: LoadState would say the same, but too late.
    private static void Check(Action check)
    {
        try
        {
            check();
        }
        catch (CheckpointException exception)
        {
            throw new CheckpointException($"{exception.Message} The run's files are damaged.", exception);
        }
    }

    private static void CheckPart(string name, Tensor own, IReadOnlyDictionary<string, Tensor> state)
    {
        if (!state.TryGetValue(name, out Tensor? saved) || saved.Shape != own.Shape || saved.DType != own.DType)
        {
            throw new CheckpointException(
                $"The checkpoint's state '{name}' is " +
                $"{(saved is null ? "missing" : $"{saved.DType}{saved.Shape} instead of {own.DType}{own.Shape}")}. " +
                "It was saved without it, or of another model; track what the run began with.");
        }
    }

    private static void Write(string path, IEnumerable<KeyValuePair<string, Tensor>> tensors, Dictionary<string, string> metadata)
    {
        KeyValuePair<string, Tensor>[] all = [.. tensors];
        metadata[CheckpointFile.Digest] = Safetensors.Digest(all);
        metadata[CheckpointFile.MetadataDigest] = CheckpointFile.DigestOf(metadata);
        Safetensors.Save(path, all, metadata);
    }

    private static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);
}
