using System.CommandLine;

namespace MiniStack.Examples.FineTuning;

/// <summary>The demos of the book's sixth part.</summary>
internal static class FineTuningCommand
{
    public static int Run(string[] args)
    {
        RootCommand root = new("Teaches a trained model something new: all of it, a part of it, or an adapter beside it.")
        {
            new FinetuneDemo().Command(), Grader.Command(),
        };
        ParseResult result = root.Parse(args);
        if (CommandLine.Answered(result)) return ExitCode.Done;
        CommandLine.Check(result);
        return result.Invoke(new InvocationConfiguration { EnableDefaultExceptionHandler = false });
    }
}
