using MiniStack.Tests.Loading;
using Xunit.Runner.InProc.SystemConsole;

namespace MiniStack.Tests;

/// <summary>Runs the tests; with <see cref="LoggedRun.Command"/>, the process that a test kills.</summary>
internal static class Program
{
    public static int Main(string[] args) => args is [LoggedRun.Command, ..]
        ? LoggedRun.Run(args)
        : ConsoleRunner.Run(args).GetAwaiter().GetResult();
}
