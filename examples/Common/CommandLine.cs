using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;

namespace MiniStack.Examples;

/// <summary>What all examples want of a command line: options with ranges, and one sentence for every mistake.</summary>
public static class CommandLine
{
    /// <summary>Runs the demo that was asked for; help, version and mistakes are answered first.</summary>
    /// <exception cref="ConfigException">Something on the command line makes no sense.</exception>
    public static int Run(RootCommand root, string[] args)
    {
        ParseResult result = root.Parse(args);
        if (Answered(result)) return ExitCode.Done;
        Check(result);
        return Invoke(result);
    }

    /// <summary>Runs what was understood, and leaves its exceptions to <see cref="ExitCode.Of"/>.</summary>
    public static int Invoke(ParseResult result) => result.Invoke(new InvocationConfiguration { EnableDefaultExceptionHandler = false });

    /// <summary>Help and version, which System.CommandLine answers itself.</summary>
    /// <returns>True when the answer was given.</returns>
    public static bool Answered(ParseResult result)
    {
        if (result.Action is not System.CommandLine.Invocation.SynchronousCommandLineAction action) return false;
        if (result.Errors.Count > 0 || result.CommandResult.Command.Action == action) return false;
        action.Invoke(result);
        return true;
    }

    /// <summary>Turns the first mistake into one line.</summary>
    /// <param name="result">What was understood.</param>
    /// <param name="isRootAJob">Whether the program does something without the name of a demo.</param>
    /// <exception cref="ConfigException">Something on the command line makes no sense.</exception>
    public static void Check(ParseResult result, bool isRootAJob = false)
    {
        Command command = result.CommandResult.Command;
        if (result.UnmatchedTokens is [string unknown, ..])
        {
            if (unknown.StartsWith('-'))
                throw new ConfigException($"There is no option {unknown}.{Suggestion(unknown, command.Options)} Run with --help to see all options.");
            throw new ConfigException(command.Subcommands.Count > 0
                ? $"There is no demo {unknown}.{Suggestion(unknown, command.Subcommands)} Run with --help to see them."
                : $"'{unknown}' belongs to no option. Options begin with two dashes; run with --help to see them.");
        }
        if (command.Subcommands.Count > 0 && !isRootAJob)
            throw new ConfigException($"Name a demo: {string.Join(", ", command.Subcommands.Select(demo => demo.Name))}. Run with --help to see what they do.");
        if (result.Errors is [ParseError error, ..]) throw new ConfigException(OneLine(error));
    }

    /// <summary>A whole number in a range, with a sentence for everything else.</summary>
    public static Option<long?> Whole(string name, long least, long most, string description) => new(name)
    {
        Description = description,
        HelpName = "N",
        CustomParser = result =>
        {
            string text = Text(result);
            if (long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long value) && value >= least && value <= most)
                return value;
            result.AddError($"{name} must be a whole number from {least} to {most}, not '{text}'.");
            return null;
        },
    };

    /// <summary>A number that fulfils a condition, which <paramref name="range"/> puts into words.</summary>
    public static Option<double?> Number(string name, Func<double, bool> allowed, string range, string description) => new(name)
    {
        Description = description,
        HelpName = "X",
        CustomParser = result =>
        {
            string text = Text(result);
            if (double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out double value) && allowed(value)) return value;
            result.AddError($"{name} must be a number {range}, not '{text}'.");
            return null;
        },
    };

    /// <summary>One of some words.</summary>
    public static Option<string?> Choice(string name, string[] choices, string description) => new(name)
    {
        Description = description,
        HelpName = string.Join('|', choices),
        CustomParser = result =>
        {
            string text = Text(result);
            if (choices.Contains(text)) return text;
            result.AddError($"{name} must be one of {string.Join(", ", choices)}, not '{text}'.");
            return null;
        },
    };

    /// <summary>A file or folder.</summary>
    public static Option<string?> Path(string name, string help, string description) => new(name)
    {
        Description = description,
        HelpName = help,
        CustomParser = result =>
        {
            string text = Text(result);
            if (!string.IsNullOrWhiteSpace(text) && !text.Contains('\0', StringComparison.Ordinal)) return text;
            result.AddError($"{name} is empty. Name a {(help == "FILE" ? "file" : "folder")} after it, or leave the option out.");
            return null;
        },
    };

    private static string Text(ArgumentResult result) => result.Tokens.Count > 0 ? result.Tokens[0].Value : "";

    private static string OneLine(ParseError error) => error.SymbolResult is OptionResult { Tokens.Count: 0 } option
        ? $"{option.Option.Name} needs a value. Give one after it, or leave the option out."
        : error.SymbolResult is OptionResult { Tokens.Count: > 1 } twice
            ? $"{twice.Option.Name} was given more than one value. Give it once."
            : error.Message.ReplaceLineEndings(" ").Trim();

    /// <summary>The option or command whose name is nearest, when it is near.</summary>
    private static string Suggestion(string unknown, IEnumerable<Symbol> symbols)
    {
        string typed = unknown.Split('=')[0];
        string? nearest = symbols.Select(symbol => symbol.Name).MinBy(name => Distance(typed, name));
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
