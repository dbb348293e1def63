using System.Runtime.InteropServices;
using MiniStack.Data;
using MiniStack.Formats;
using MiniStack.Models;
using MiniStack.Training;

namespace MiniStack.Examples.Training;

/// <summary>The main job: from the command line to a trained model in a folder of its own.</summary>
internal static class TrainCommand
{
    public static int Run(string[] args)
    {
        TrainOptions options = new(args);
        if (options.Answered()) return ExitCode.Done;
        options.Check();
        if (options.Demo is not null) return options.RunDemo();
        Console.SetOut(new QuietWriter(Console.Out));
        if (options.Threads is { } threads) CpuThreads.Count = threads;
        Device device = options.Device;
        Plan plan = options.Resume is { } path ? Continue(options, new RunFolder(path), device) : Start(options, device);
        using IDisposable locked = plan.Locked;
        TrainSession session = new(options, plan.Config, plan.Corpus, plan.Text, plan.Folder, device);
        if (options.Resume is not null) session.Resume();

        using CancellationTokenSource interrupt = new();
        Action<PosixSignalContext> stop = signal =>
        {
            signal.Cancel = true; // the loop saves first
            interrupt.Cancel();
        };
        using PosixSignalRegistration ctrlC = PosixSignalRegistration.Create(PosixSignal.SIGINT, stop);
        using PosixSignalRegistration terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, stop);
        using PosixSignalRegistration hangUp = PosixSignalRegistration.Create(PosixSignal.SIGHUP, stop); // the terminal was closed
        return session.Run(interrupt.Token) ? ExitCode.Done : ExitCode.Interrupted;
    }

    /// <summary>What a run is made of, and its folder's lock.</summary>
    private sealed record Plan(RunConfig Config, Corpus Corpus, TextDataset Text, RunFolder Folder, IDisposable Locked);

    private static Plan Start(TrainOptions options, Device device)
    {
        if (options.StopAt > options.Steps)
            throw new ConfigException($"--stop-at {options.StopAt} lies beyond --steps {options.Steps}. Stop earlier, or train for more steps.");
        Corpus corpus = Corpus.Load(options.Data);
        CharTokenizer tokenizer = CharTokenizer.FromText(corpus.Text);
        TextDataset text = new(corpus.Text, tokenizer);
        GptConfig sizes = new(text.VocabularySize, options.Context, options.Layers, options.Heads, options.Channels);
        sizes.Check();
        text.CheckContext(options.Context);
        MemoryEstimate.Check(sizes, options.Batch, device);
        _ = tokenizer.Encode(options.Prompt ?? ""); // a prompt that cannot be read is a mistake now, and not after the folder was made
        RunConfig config = new(RunConfig.CurrentVersion, sizes, new TrainingConfig(
            corpus.Name, corpus.Sha256, options.Steps, options.Batch, options.LearningRate, options.LearningRate / 10,
            WarmUp: Math.Min(100, options.Steps / 10), Beta1: 0.9, Beta2: 0.99, WeightDecay: 0.1, ClipNorm: 1, options.Seed, options.EvalEvery, options.Precision));

        RunFolder folder = new(options.Out ?? RunName.Fresh(corpus.ShortName));
        if (folder.HasRun) throw HoldsARun(folder);
        folder.Create();
        IDisposable locked = folder.Lock();
        try
        {
            if (folder.HasRun) throw HoldsARun(folder); // another began it between our look and our lock
            // The configuration comes last: where it is, the run can be continued, and where it is not, begun again.
            AtomicFile.WriteText(folder.Tokenizer, tokenizer.ToJson());
            AtomicFile.WriteText(folder.Config, config.ToJson());
            return new Plan(config, corpus, text, folder, locked);
        }
        catch
        {
            locked.Dispose();
            throw;
        }
    }

    private static ConfigException HoldsARun(RunFolder folder) =>
        new($"{folder.Path} holds a run already. Continue it with --resume {folder.Path}, or choose another --out.");

    private static Plan Continue(TrainOptions options, RunFolder folder, Device device)
    {
        if (!Directory.Exists(folder.Path)) throw new CheckpointException($"{folder.Path}: there is no such folder, so there is no run to continue. Check the path.");
        // Locked before anything is read: whoever is training there goes on undisturbed.
        IDisposable locked = folder.Lock();
        try
        {
            return Continue(options, folder, device, locked);
        }
        catch
        {
            locked.Dispose();
            throw;
        }
    }

    /// <summary>Sizes in config.json cost nothing, but a model of them does: where it would be much larger than the weights, under whichever of their
    /// names, it is not made.</summary>
    private static void CheckWeights(RunFolder folder, GptConfig sizes)
    {
        const double Small = 16 << 20;
        CheckpointException? first = null;
        foreach (string file in Directory.GetFiles(folder.Path, Path.GetFileName(folder.Model) + "*").Order(StringComparer.Ordinal))
        {
            if (4.0 * sizes.ParameterCount <= 2.0 * new FileInfo(file).Length + Small) return;
            try
            {
                ModelFolder.CheckWeights(file, sizes);
                return;
            }
            catch (CheckpointException exception)
            {
                first ??= exception; // another name may hold a whole one
            }
        }
        if (first is not null) throw first;
    }

    private static Plan Continue(TrainOptions options, RunFolder folder, Device device, IDisposable locked)
    {
        RunConfig config = RunConfig.FromJson(folder.Config, RunFolder.ReadText(folder.Config));
        config.Model.Check();
        if (options.StopAt > config.Training.Steps)
            throw new ConfigException($"--stop-at {options.StopAt} lies beyond the run's {config.Training.Steps} steps. Stop earlier.");
        CharTokenizer tokenizer = CharTokenizer.FromJson(RunFolder.ReadText(folder.Tokenizer), folder.Tokenizer);
        string? file = options.Data ?? (config.Training.Data == Corpus.TinyTalesName ? null : config.Training.Data);
        Corpus corpus = Corpus.Load(file);
        if (corpus.Sha256 != config.Training.DataSha256)
        {
            throw new DataException(
                $"{corpus.Name}: this is not the text the run began with. Give the original file with --data, or start a new run.");
        }
        TextDataset text = new(corpus.Text, tokenizer);
        if (text.VocabularySize != config.Model.VocabularySize)
            throw new CheckpointException($"{folder.Tokenizer}: it has {text.VocabularySize} tokens, but config.json says {config.Model.VocabularySize}. Restore the run's own files.");
        CheckWeights(folder, config.Model);
        MemoryEstimate.Check(config.Model, config.Training.Batch, device);
        return new Plan(config, corpus, text, folder, locked);
    }
}
