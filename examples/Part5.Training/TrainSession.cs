using System.Diagnostics;
using System.Globalization;
using MiniStack.Cuda;
using MiniStack.Data;
using MiniStack.Formats;
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
    private readonly Display _display = Display.Create();
    private TrainingLog? _log;
    private double _validation = double.NaN;
    private double _trainingSeconds;
    private long _trainedTokens;

    public TrainSession(TrainOptions options, RunConfig config, Corpus corpus, TextDataset text, RunFolder folder, Device device)
    {
        (_options, _training, _corpus, _text, _folder, _device) = (options, config.Training, corpus, text, folder, device);
        Rng root = new((ulong)_training.Seed);
        (_modelRng, _dataRng) = (root.Split(1), root.Split(2));
        _model = new Gpt(config.Model, _modelRng).To(device);
        AdamW optimizer = new(_model.Parameters(), _training.LearningRate, _training.Beta1, _training.Beta2, weightDecay: _training.WeightDecay);
        CosineSchedule schedule = new(_training.LearningRate, _training.MinimumLearningRate, _training.WarmUp, _training.Steps);
        _trainer = new Trainer(_model, optimizer, schedule.At, batch => _model.Forward(batch.Inputs).CrossEntropy(batch.Targets))
        {
            ClipNorm = _training.ClipNorm,
        };
        _profile = options.Profile ? new StepProfile(folder) : null;
        _checkpoint = new Checkpoint(_model, optimizer, config.ToJson());
        _checkpoint.Track("model", _modelRng);
        _checkpoint.Track("data", _dataRng);
        _prompt = text.Tokenizer.Encode(options.Prompt is { Length: > 0 } prompt ? prompt : DefaultPrompt(text.Tokenizer));
    }

    private long End => _options.StopAt ?? _training.Steps;

    /// <summary>Takes up the run where its checkpoint left it.</summary>
    public void Resume()
    {
        _checkpoint.Load(_folder);
        if (_checkpoint.Fallback is { } why) _display.Line(why);
        if (_options.StopAt < _checkpoint.Step)
            throw new ConfigException($"--stop-at {_options.StopAt} lies behind the run, which has done {_checkpoint.Step} steps.");
        _log = TrainingLog.Continue(_folder.Log, _checkpoint.Step);
    }

    /// <summary>Trains. Returns false when interrupted; the run is saved and can be resumed.</summary>
    public bool Run(CancellationToken interrupt)
    {
        Stopwatch clock = Stopwatch.StartNew();
        _log ??= TrainingLog.Start(_folder.Log);
        Introduce();
        bool finished = true;
        _display.Around(End, () => finished = Train(interrupt));
        if (_profile?.Report is { } report) _display.Line(report);
        if (!finished)
        {
            _display.Line($"Interrupted at step {_checkpoint.Step}; everything is saved. Resume with: --resume {_folder.Path}");
            return false;
        }
        Conclude(clock.Elapsed);
        return true;
    }

    private bool Train(CancellationToken interrupt)
    {
        try
        {
            using IEnumerator<Batch> batches =
                _text.Batches(_training.Batch, _model.Config.Context, _dataRng, _checkpoint.Step).GetEnumerator();
            while (_checkpoint.Step < End)
            {
                interrupt.ThrowIfCancellationRequested();
                _profile?.Before(_checkpoint.Step + 1);
                using (Profiler.Section("data")) batches.MoveNext();
                Note(_trainer.Step(batches.Current));
                _profile?.After();
                if (_checkpoint.Step % _training.EvalEvery == 0 || _checkpoint.Step == End) Evaluate(interrupt);
            }
            if (double.IsNaN(_validation)) Evaluate(interrupt); // a finished run was resumed: show what it can
            return true;
        }
        catch (OperationCanceledException)
        {
            Save();
            return false;
        }
        finally
        {
            _profile?.End();
        }
    }

    private void Note(StepReport report)
    {
        _checkpoint.Step = report.Step;
        _log!.Add(report);
        // The first steps compile the code; they would spoil the speed of a short run.
        if (report.Step > 5 || End <= 5)
        {
            _trainingSeconds += report.Elapsed.TotalSeconds;
            _trainedTokens += report.Tokens;
        }
        _display.Progress(report.Step, End, _log.Recent(RecentSteps), _validation, TokensPerSecond);
    }

    /// <summary>Validation over the whole held-out part, a sample, and a checkpoint.</summary>
    private void Evaluate(CancellationToken interrupt)
    {
        Save(); // first: an evaluation that is interrupted or fails must not cost the steps before it
        _validation = _trainer.Evaluate(_text.Validation(_training.Batch, _model.Config.Context), interrupt);
        if (_log!.Validation is not [.., (long step, _)] || step != _checkpoint.Step) _log.AddValidation(_checkpoint.Step, _validation);
        _log.Flush();
        Draw();
        _display.Line(string.Create(CultureInfo.InvariantCulture,
            $"step {_checkpoint.Step}: train {_log.Recent(RecentSteps):F4}, validation {_validation:F4} nats per character"));
        if (_options.Sample > 0) _display.Line(Sample());
    }

    private string Sample()
    {
        Rng rng = new Rng((ulong)_training.Seed).Split(3).Split((ulong)_checkpoint.Step);
        int[] tokens = [.. _prompt, .. _model.Generate(_prompt, _options.Sample, rng)];
        string text = _text.Tokenizer.Decode(tokens).Trim('\n');
        return "  | " + text.ReplaceLineEndings("\n  | ");
    }

    private void Save()
    {
        _checkpoint.Save(_folder);
        _log!.Flush();
    }

    private void Draw() => AtomicFile.WriteText(_folder.Chart, LossChart.Draw(
        $"{Path.GetFileName(_corpus.Name)}: {_model.ParameterCount:N0} parameters", _log!.Training, _log.Validation, _corpus.Entropy, "exact entropy"));

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
            $"final: step={_checkpoint.Step} train={_log!.Recent(RecentSteps):F4} val={_validation:F4} tokens_per_s={TokensPerSecond:F0} seconds={elapsed.TotalSeconds:F1}"));
    }

    private string Place => _device is CudaDevice gpu ? $"{gpu} ({gpu.Model})" : string.Create(CultureInfo.InvariantCulture, $"{CpuThreads.Count} threads");

    private double TokensPerSecond => _trainingSeconds > 0 ? _trainedTokens / _trainingSeconds : 0;

    private static string DefaultPrompt(CharTokenizer tokenizer) => tokenizer.Alphabet.Contains('\n') ? "\n\n" : tokenizer.Alphabet[..1];
}
