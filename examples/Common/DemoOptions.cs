using System.CommandLine;

namespace MiniStack.Examples;

/// <summary>What every demo takes.</summary>
public sealed class DemoOptions
{
    private readonly Option<bool> _quick = new("--quick") { Description = "Smaller and shorter: seconds, and less exact" };
    private readonly Option<string?> _out = CommandLine.Path("--out", "DIR", "Folder for the pictures (default: runs/<date-name>)");

    /// <summary>Gives the command these options too, and what it does.</summary>
    public Command AddTo(Command command, Func<ParseResult, int> run)
    {
        command.Options.Add(_quick);
        command.Options.Add(_out);
        command.SetAction(run);
        return command;
    }

    public bool Quick(ParseResult options) => options.GetValue(_quick);

    /// <summary>Where the pictures go; made here, so that a mistake is found before anything is measured.</summary>
    public string Folder(ParseResult options, string name)
    {
        string folder = options.GetValue(_out) ?? RunName.Fresh(name);
        try
        {
            Directory.CreateDirectory(folder);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or ArgumentException)
        {
            throw new ConfigException($"{folder}: the folder cannot be made ({exception.Message.TrimEnd('.')}). Choose another --out.");
        }
        return folder;
    }
}
