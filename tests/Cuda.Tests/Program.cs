using Xunit.Runner.InProc.SystemConsole;

namespace MiniStack.Cuda.Tests;

/// <summary>Runs the tests; with <see cref="OtherMachine.Command"/>, a program on a machine whose driver is not what it should be.</summary>
internal static class Program
{
    public static int Main(string[] args) => args is [OtherMachine.Command, ..]
        ? OtherMachine.Run()
        : ConsoleRunner.Run(args).GetAwaiter().GetResult();
}
