using System.CommandLine;

namespace MiniStack.Examples.Models;

/// <summary>The demos of the book's fourth part.</summary>
internal static class ModelsCommand
{
    public static int Run(string[] args)
    {
        RootCommand root = new("Builds models idea by idea: what each buys, what it costs, and where it looks.")
        {
            new LadderDemo().Command(), new AblateDemo().Command(), new LecunDemo().Command(), new CalculatorDemo().Command(), new AttentionDemo().Command(), Grader.Command(),
        };
        return CommandLine.Run(root, args);
    }
}
