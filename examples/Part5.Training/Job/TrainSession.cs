using System.Diagnostics;
using System.Globalization;
using MiniStack.Cuda;
using MiniStack.Data;
using MiniStack.Models;
using MiniStack.Nn;
using MiniStack.Optim;
using MiniStack.Training;

namespace MiniStack.Examples.Training;

/// <summary>One run: model, data and optimizer, trained until the end, a stop or an interruption.</summary>
internal sealed class TrainSession
{
    private const int RecentSteps = 100;

    private readonly TrainOptions _options;
    private readonly TrainingConfig _training;
    private readonly Corpus _corpus;
    private readonly TextDataset _text;
    private readonly RunFolder _folder;
    private readonly Device _device;
    private readonly Gpt _model;
    private readonly Rng _modelRng, _dataRng;
    private readonly Checkpoint _checkpoint;
    private readonly Trainer _trainer;
    private readonly int[] _prompt;
    private readonly StepProfile? _profile;
    private readonly RunLog _log;
    private readonly Display _display = Display.Create();
    private double _validation = double.NaN;
    private double _trainingSeconds;
    private long _trainedTokens;

    public TrainSession(TrainOptions options, RunConfig config, Corpus corpus, TextDataset text, RunFolder folder, Device device)
    {
        (_options, _training, _corpus, _text, _folder, _device) = (options, config.Training, corpus, text, folder, device);
        Rng root = new((ulong)_training.Seed);
        (_modelRng, _dataRng) = (root.Split(1), root.Split(2));
        _model = new Gpt(config.Model, _modelRng).To(_training.DType).To(device);
        Optimizer optimizer = _training.NewOptimizer(_model.Parameters());
        CosineSchedule schedule = new(_training.LearningRate, _training.MinimumLearningRate, _training.WarmUp, _training.Steps);
        _trainer = new Trainer(_model, optimizer, schedule.At, batch => _model.Forward(batch.Inputs).CrossEntropy(batch.Targets))
        {
            ClipNorm = _training.ClipNorm,
        };
        _profile = options.Profile ? new StepProfile(folder) : null;
        _checkpoint = new Checkpoint(_model, optimizer, config.ToJson());
        _checkpoint.Track("model", _modelRng);
        _checkpoint.Track("data", _dataRng);
        _log = new RunLog(folder, $"{Path.GetFileName(corpus.Name)}: {_model.ParameterCount:N0} parameters", corpus.Entropy, "exact entropy");
        _prompt = text.Tokenizer.Encode(options.Prompt is { Length: > 0 } prompt ? prompt : DefaultPrompt(text.Tokenizer));
    }

    private long End => _options.StopAt ?? _training.Steps;

    /// <summary>Takes up the run where its checkpoint left it.</summary>
    public void Resume()
    {
        if (_folder.HasCheckpoint) _checkpoint.Load(_folder);
        else _display.Line($"{_folder.Path}: the run ended before its first checkpoint; it begins at step 0.");
        if (_checkpoint.Fallback is { } why) _display.Line(why);
        if (_options.StopAt < _checkpoint.Step)
            throw new ConfigException($"--stop-at {_options.StopAt} lies behind the run, which has done {_checkpoint.Step} steps.");
    }

    /// <summary>Trains. Returns false when interrupted; the run is saved and can be resumed.</summary>
    public bool Run(CancellationToken interrupt)
    {
        Stopwatch clock = Stopwatch.StartNew();
        TrainingLoop loop = new(_trainer)
        {
            Steps = End,
            EvaluateEvery = _training.EvalEvery,
            Validation = () => _text.Validation(_training.Batch, _model.Config.Context),
            Checkpoint = _checkpoint,
            Folder = _folder,
            Callbacks = { _log, new View(this) },
        };
        if (_profile is not null) loop.Callbacks.Add(_profile);
        Introduce();
        TrainingEnd end = TrainingEnd.Failed;
        _display.Around(End, () => end = loop.Run(step => _text.Batches(_training.Batch, _model.Config.Context, _dataRng, step), interrupt));
        if (_profile?.Report is { } report) _display.Line(report);
        if (end == TrainingEnd.Cancelled)
        {
            _display.Line($"Interrupted at step {_checkpoint.Step}; everything is saved. Resume with: --resume {_folder.Path}");
            return false;
        }
        Conclude(clock.Elapsed);
        return true;
    }

    private string Sample()
    {
        Rng rng = new Rng((ulong)_training.Seed).Split(3).Split((ulong)_checkpoint.Step);
        int[] tokens = [.. _prompt, .. _model.Generate(_prompt, _options.Sample, rng)];
        string text = _text.Tokenizer.Decode(tokens).Trim('\n');
        return "  | " + text.ReplaceLineEndings("\n  | ");
    }

    private void Introduce()
    {
        GptConfig sizes = _model.Config;
        _display.Line(string.Create(CultureInfo.InvariantCulture,
            $"MiniStack trains a GPT of {_model.ParameterCount:N0} parameters ({sizes.Layers} layers, {sizes.Heads} heads, {sizes.Channels} channels, " +
            $"context {sizes.Context}) on {_corpus.Name}: {_text.TrainingCount:N0} characters, {_text.ValidationCount:N0} held out, {sizes.VocabularySize} different."));
        _display.Line(string.Create(CultureInfo.InvariantCulture,
            $"Steps {_checkpoint.Step} to {End} of {_training.Steps}, {_training.Batch} sequences each, {Place}, seed {_training.Seed}. Run folder: {_folder.Path}"));
        if (_corpus.Entropy is { } entropy)
        {
            _display.Line(string.Create(CultureInfo.InvariantCulture,
                $"The grammar's exact entropy is {entropy:F4} nats per character: no model can go below it."));
        }
    }

    private void Conclude(TimeSpan elapsed)
    {
        if (_corpus.Entropy is { } entropy) _display.Line(FloorReport.Describe(_validation, entropy, _model.Config.Context));
        if (_checkpoint.Step < _training.Steps) _display.Line($"Stopped at step {_checkpoint.Step} of {_training.Steps}. Resume with: --resume {_folder.Path}");
        _display.Line(string.Create(CultureInfo.InvariantCulture,
            $"final: step={_checkpoint.Step} train={_log.Log.Recent(RecentSteps):F4} val={_validation:F4} tokens_per_s={TokensPerSecond:F0} seconds={elapsed.TotalSeconds:F1}"));
    }

    private string Place => _device is CudaDevice gpu ? $"{gpu} ({gpu.Model})" : string.Create(CultureInfo.InvariantCulture, $"{CpuThreads.Count} threads");

    private double TokensPerSecond => _trainingSeconds > 0 ? _trainedTokens / _trainingSeconds : 0;

    /// <summary>Shows how it goes, and a sample at each evaluation.</summary>
    private sealed class View(TrainSession session) : TrainingCallback
    {
        public override void OnStep(TrainingLoop loop, StepReport report)
        {
            // The first steps compile the code; they would spoil the speed of a short run.
            if (report.Step > 5 || loop.Steps <= 5)
            {
                session._trainingSeconds += report.Elapsed.TotalSeconds;
                session._trainedTokens += report.Tokens;
            }
            session._display.Progress(report.Step, loop.Steps, session._log.Log.Recent(RecentSteps), session._validation, session.TokensPerSecond);
        }

        public override void OnEvaluation(TrainingLoop loop, double loss)
        {
            session._validation = loss;
            session._display.Line(string.Create(CultureInfo.InvariantCulture,
                $"step {loop.Step}: train {session._log.Log.Recent(RecentSteps):F4}, validation {loss:F4} nats per character"));
            if (session._options.Sample > 0) session._display.Line(session.Sample());
        }
    }

    private static string DefaultPrompt(ITokenizer tokenizer) =>
        tokenizer is CharTokenizer { Alphabet: { } alphabet } && !alphabet.Contains('\n') ? alphabet[..1] : "\n\n";
}
