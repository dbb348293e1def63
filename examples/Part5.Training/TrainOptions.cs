using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;

namespace MiniStack.Examples.Training;

/// <summary>The command line. What was not given is null, so that a resumed run can tell.</summary>
internal sealed class TrainOptions
{
    private readonly Option<string?> _data = new("--data") { Description = "Text file to learn from (default: TinyTales, made by a grammar)", HelpName = "FILE" };
    private readonly Option<string?> _out = new("--out") { Description = "Folder of the run (default: runs/<date-name>)", HelpName = "DIR" };
    private readonly Option<string?> _resume = new("--resume") { Description = "Continue the run in this folder", HelpName = "DIR" };
    private readonly Option<string?> _prompt = new("--prompt") { Description = "Start of the samples (default: a blank line)", HelpName = "TEXT" };
    private readonly Option<long?> _steps = Whole("--steps", 1, 1_000_000_000, "Steps of the whole schedule (default: 2000)");
    private readonly Option<long?> _stopAt = Whole("--stop-at", 1, 1_000_000_000, "End at this step, to resume later");
    private readonly Option<long?> _batch = Whole("--batch", 1, 100_000, "Sequences a step (default: 12)");
    private readonly Option<long?> _context = Whole("--context", 1, 1_000_000, "Characters a sequence (default: 64)");
    private readonly Option<long?> _layers = Whole("--layers", 1, 1_000, "Transformer blocks (default: 4)");
    private readonly Option<long?> _heads = Whole("--heads", 1, 10_000, "Attention heads; must divide the channels (default: 4)");
    private readonly Option<long?> _channels = Whole("--channels", 1, 100_000, "Width of the model (default: 128)");
    private readonly Option<double?> _rate = Rate("--lr", "Highest learning rate (default: 0.001)");
    private readonly Option<long?> _seed = Whole("--seed", 0, long.MaxValue, "Seed of all random numbers (default: 1337)");
    private readonly Option<long?> _threads = Whole("--threads", 1, 1_024, "Threads (default: one a core); results do not depend on it");
    private readonly Option<long?> _evalEvery = Whole("--eval-every", 1, 1_000_000_000, "Steps between evaluations and checkpoints (default: 250)");
    private readonly Option<long?> _sample = Whole("--sample", 0, 1_000_000, "Characters of each sample; 0 for none (default: 300)");
    private readonly RootCommand _command = new("Trains a small transformer, character by character, and shows what it learns.");
    private readonly ParseResult _result;

    public TrainOptions(string[] args)
    {
        foreach (Option option in Settings) _command.Options.Add(option);
        foreach (Option option in new Option[] { _data, _out, _resume, _stopAt, _threads, _sample, _prompt }) _command.Options.Add(option);
        _result = _command.Parse(args);
    }

    public string? Data => _result.GetValue(_data);

    public string? Out => _result.GetValue(_out);

    public string? Resume => _result.GetValue(_resume);

    public string? Prompt => _result.GetValue(_prompt);

    public long Steps => _result.GetValue(_steps) ?? 2000;

    public long? StopAt => _result.GetValue(_stopAt);

    public int Batch => (int)(_result.GetValue(_batch) ?? 12);

    public int Context => (int)(_result.GetValue(_context) ?? 64);

    public int Layers => (int)(_result.GetValue(_layers) ?? 4);

    public int Heads => (int)(_result.GetValue(_heads) ?? 4);

    public int Channels => (int)(_result.GetValue(_channels) ?? 128);

    public double LearningRate => _result.GetValue(_rate) ?? 1e-3;

    public long Seed => _result.GetValue(_seed) ?? 1337;

    public int? Threads => (int?)_result.GetValue(_threads);

    public int EvalEvery => (int)(_result.GetValue(_evalEvery) ?? 250);

    public int Sample => (int)(_result.GetValue(_sample) ?? 300);

    /// <summary>What a run decides at its start and keeps when it is resumed.</summary>
    private Option[] Settings => [_steps, _batch, _context, _layers, _heads, _channels, _rate, _seed, _evalEvery];

    /// <summary>Help and version, which System.CommandLine answers itself.</summary>
    /// <returns>True when the answer was given.</returns>
    public bool Answered()
    {
        if (_result.Action is not System.CommandLine.Invocation.SynchronousCommandLineAction action) return false;
        if (_result.Errors.Count > 0) return false;
        action.Invoke(_result);
        return true;
    }

    /// <summary>Turns the first mistake into one line.</summary>
    /// <exception cref="ConfigException">Something on the command line makes no sense.</exception>
    public void Check()
    {
        if (_result.UnmatchedTokens is [string unknown, ..])
        {
            throw new ConfigException(unknown.StartsWith('-')
                ? $"There is no option {unknown}.{Suggestion(unknown)} Run with --help to see all options."
                : $"'{unknown}' belongs to no option. Options begin with two dashes; run with --help to see them.");
        }
        if (_result.Errors is [ParseError error, ..]) throw new ConfigException(OneLine(error));
        if (Resume is null) return;
        foreach (Option option in Settings)
        {
            if (_result.GetResult(option) is { Implicit: false })
            {
                throw new ConfigException(
                    $"{option.Name} cannot change when a run is resumed: its own settings stand in config.json. " +
                    "With --resume, only --stop-at, --threads, --sample, --prompt and --data may be given.");
            }
        }
        if (Out is not null) throw new ConfigException("--out cannot be combined with --resume: a resumed run stays in its folder.");
    }

    /// <summary>A whole number in a range, with a sentence for everything else.</summary>
    private static Option<long?> Whole(string name, long least, long most, string description) => new(name)
    {
        Description = description,
        HelpName = "N",
        CustomParser = result =>
        {
            string text = result.Tokens.Count > 0 ? result.Tokens[0].Value : "";
            if (long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long value) && value >= least && value <= most)
                return value;
            result.AddError($"{name} must be a whole number from {least} to {most}, not '{text}'.");
            return null;
        },
    };

    private static Option<double?> Rate(string name, string description) => new(name)
    {
        Description = description,
        HelpName = "X",
        CustomParser = result =>
        {
            string text = result.Tokens.Count > 0 ? result.Tokens[0].Value : "";
            if (double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out double value) && value > 0 && value <= 10) return value;
            result.AddError($"{name} must be a number above 0 and at most 10, not '{text}'.");
            return null;
        },
    };

    private static string OneLine(ParseError error) => error.SymbolResult is OptionResult { Tokens.Count: 0 } option
        ? $"{option.Option.Name} needs a value. Give one after it, or leave the option out."
        : error.SymbolResult is OptionResult { Tokens.Count: > 1 } twice
            ? $"{twice.Option.Name} was given more than one value. Give it once."
            : error.Message.ReplaceLineEndings(" ").Trim();

    /// <summary>The option whose name is nearest, when it is near.</summary>
    private string Suggestion(string unknown)
    {
        string typed = unknown.Split('=')[0];
        string? nearest = _command.Options.Select(option => option.Name).MinBy(name => Distance(typed, name));
        return nearest is not null && Distance(typed, nearest) <= 3 ? $" Did you mean {nearest}?" : "";
    }

    /// <summary>Edits that turn one word into the other (Levenshtein 1966).</summary>
    private static int Distance(string a, string b)
    {
        int[] row = [.. Enumerable.Range(0, b.Length + 1)];
        for (int i = 1; i <= a.Length; i++)
        {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j <= b.Length; j++)
            {
                int change = diagonal + (a[i - 1] == b[j - 1] ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.Min(change, 1 + Math.Min(row[j], row[j - 1]));
            }
        }
        return row[^1];
    }
}
