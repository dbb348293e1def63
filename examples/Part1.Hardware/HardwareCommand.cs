using System.CommandLine;

namespace MiniStack.Examples.Hardware;

/// <summary>The demos of the book's first part.</summary>
internal static class HardwareCommand
{
    public static int Run(string[] args)
    {
        RootCommand root = new("Measures this machine, and shows what its numbers mean for a matrix product, an operator, a number format.")
        {
            new GemmLadder().Command(), new RooflineDemo().Command(), new BitsDemo().Command(), Doctor.Command(), Grader.Command(),
        };
        return CommandLine.Run(root, args);
    }
}
