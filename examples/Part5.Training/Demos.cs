using System.CommandLine;

namespace MiniStack.Examples.Training;

/// <summary>The demos beside the main job.</summary>
internal static class Demos
{
    public static IEnumerable<Command> All => [new FinderDemo().Command()];
}
