using System.CommandLine;
using System.CommandLine.Parsing;
using MiniStack.Cuda;

namespace MiniStack.Examples.Training;

/// <summary>The command line. What was not given is null, so that a resumed run can tell.</summary>
internal sealed class TrainOptions
{
    private readonly Option<string?> _data = CommandLine.Path("--data", "FILE", "Text file to learn from (default: TinyTales, made by a grammar)");
    private readonly Option<string?> _out = CommandLine.Path("--out", "DIR", "Folder of the run (default: runs/<date-name>)");
    private readonly Option<string?> _resume = CommandLine.Path("--resume", "DIR", "Continue the run in this folder");
    private readonly Option<string?> _prompt = new("--prompt") { Description = "Start of the samples (default: a blank line)", HelpName = "TEXT" };
    private readonly Option<long?> _steps = CommandLine.Whole("--steps", 1, 1_000_000_000, "Steps of the whole schedule (default: 2000)");
    private readonly Option<long?> _stopAt = CommandLine.Whole("--stop-at", 1, 1_000_000_000, "End at this step, to resume later");
    private readonly Option<long?> _batch = CommandLine.Whole("--batch", 1, 100_000, "Sequences a step (default: 12)");
    private readonly Option<long?> _context = CommandLine.Whole("--context", 1, 1_000_000, "Characters a sequence (default: 64)");
    private readonly Option<long?> _layers = CommandLine.Whole("--layers", 1, 1_000, "Transformer blocks (default: 4)");
    private readonly Option<long?> _heads = CommandLine.Whole("--heads", 1, 10_000, "Attention heads; must divide the channels (default: 4)");
    private readonly Option<long?> _channels = CommandLine.Whole("--channels", 1, 100_000, "Width of the model (default: 128)");
    private readonly Option<double?> _rate = CommandLine.Number("--lr", rate => rate is > 0 and <= 10, "above 0 and at most 10", "Highest learning rate (default: 0.001)");
    private readonly Option<long?> _seed = CommandLine.Whole("--seed", 0, long.MaxValue, "Seed of all random numbers (default: 1337)");
    private readonly Option<string?> _device = CommandLine.Choice("--device", ["cpu", "cuda"], "Where to compute (default: cpu)");
    private readonly Option<long?> _threads = CommandLine.Whole("--threads", 1, 1_024, "Threads (default: one a core); results do not depend on it");
    private readonly Option<long?> _evalEvery = CommandLine.Whole("--eval-every", 1, 1_000_000_000, "Steps between evaluations and checkpoints (default: 250)");
    private readonly Option<long?> _sample = CommandLine.Whole("--sample", 0, 1_000_000, "Characters of each sample; 0 for none (default: 300)");
    private readonly Option<string?> _precision = CommandLine.Choice("--precision", TrainingConfig.Precisions, "Of parameters and activations; 16 bits keep F32 masters in the optimizer (default: f32)");
    private readonly Option<bool> _profile = new("--profile") { Description = $"Write time, bytes and FLOP/s per operator of {StepProfile.Steps} steps to profile.txt and profile.json" };
    private readonly RootCommand _command = new("Trains a small transformer, character by character, and shows what it learns; or, with a demo's name, one thing about training.");
    private readonly ParseResult _result;

    public TrainOptions(string[] args)
    {
        foreach (Command demo in Demos.All) _command.Subcommands.Add(demo);
        _command.SetAction(_ => ExitCode.Done); // without one, a demo's name would be required
        foreach (Option option in Settings) _command.Options.Add(option);
        foreach (Option option in new Option[] { _data, _out, _resume, _stopAt, _device, _threads, _sample, _prompt, _profile }) _command.Options.Add(option);
        _result = _command.Parse(args);
    }

    /// <summary>The demo that was asked for instead of the main job, or null.</summary>
    public Command? Demo => _result.CommandResult.Command is { } command && command != _command ? command : null;

    public string? Data => _result.GetValue(_data);

    public string? Out => _result.GetValue(_out);

    public string? Resume => _result.GetValue(_resume);

    public string? Prompt => _result.GetValue(_prompt);

    public bool Profile => _result.GetValue(_profile);

    public long Steps => _result.GetValue(_steps) ?? 2000;

    public long? StopAt => _result.GetValue(_stopAt);

    public int Batch => (int)(_result.GetValue(_batch) ?? 12);

    public int Context => (int)(_result.GetValue(_context) ?? 64);

    public int Layers => (int)(_result.GetValue(_layers) ?? 4);

    public int Heads => (int)(_result.GetValue(_heads) ?? 4);

    public int Channels => (int)(_result.GetValue(_channels) ?? 128);

    public double LearningRate => _result.GetValue(_rate) ?? 1e-3;

    public long Seed => _result.GetValue(_seed) ?? 1337;

    /// <exception cref="DeviceException">There is no GPU that could be used.</exception>
    public Device Device => _result.GetValue(_device) == "cuda" ? CudaDevice.Open(0) : Device.Cpu;

    public int? Threads => (int?)_result.GetValue(_threads);

    public int EvalEvery => (int)(_result.GetValue(_evalEvery) ?? 250);

    public string Precision => _result.GetValue(_precision) ?? TrainingConfig.F32;

    public int Sample => (int)(_result.GetValue(_sample) ?? 300);

    /// <summary>What a run decides at its start and keeps when it is resumed.</summary>
    private Option[] Settings => [_steps, _batch, _context, _layers, _heads, _channels, _rate, _seed, _evalEvery, _precision];

    /// <summary>Help and version.</summary>
    /// <returns>True when the answer was given.</returns>
    public bool Answered() => CommandLine.Answered(_result);

    /// <summary>Runs the demo that was asked for.</summary>
    public int RunDemo() => CommandLine.Invoke(_result);

    /// <summary>Turns the first mistake into one line.</summary>
    /// <exception cref="ConfigException">Something on the command line makes no sense.</exception>
    public void Check()
    {
        CommandLine.Check(_result, isRootAJob: true);
        if (Demo is not null || Resume is null) return;
        foreach (Option option in Settings)
        {
            if (_result.GetResult(option) is { Implicit: false })
            {
                throw new ConfigException(
                    $"{option.Name} cannot change when a run is resumed: its own settings stand in config.json. " +
                    "With --resume, only --stop-at, --device, --threads, --sample, --prompt, --profile and --data may be given.");
            }
        }
        if (Out is not null) throw new ConfigException("--out cannot be combined with --resume: a resumed run stays in its folder.");
    }
}
