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
        return CommandLine.Run(root, args);
    }
}
