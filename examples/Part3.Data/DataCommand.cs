using System.CommandLine;

namespace MiniStack.Examples.Data;

/// <summary>The demos of the book's third part.</summary>
internal static class DataCommand
{
    public static int Run(string[] args)
    {
        RootCommand root = new(
            "Shows what a framework does between a formula and its kernels: a tape of operations, shapes that stretch, operators that fuse, texts that become tokens, " +
            "data that come in time.")
        {
            new TapeDemo().Command(), new BroadcastDemo().Command(), new FusionDemo().Command(), new BpeDemo().Command(), new LoaderDemo().Command(),
            new InspectDemo().Command(), Grader.Command(),
        };
        return CommandLine.Run(root, args);
    }
}
