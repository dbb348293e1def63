using Xunit.Runner.InProc.SystemConsole;

namespace MiniStack.Formats.Tests;

/// <summary>Runs the tests; with <see cref="CheckpointWriter.Command"/>, the process that a test kills.</summary>
internal static class Program
{
    public static int Main(string[] args) => args is [CheckpointWriter.Command, string path]
        ? CheckpointWriter.Run(path)
        : ConsoleRunner.Run(args).GetAwaiter().GetResult();
}
