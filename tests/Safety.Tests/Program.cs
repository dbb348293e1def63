using Xunit.Runner.InProc.SystemConsole;

namespace MiniStack.Tests;

/// <summary>Runs the tests; with <see cref="FuzzCommand"/>, random programs among guarded blocks of memory.</summary>
internal static class Program
{
    public const string FuzzCommand = "fuzz";

    public static int Main(string[] args) => args is [FuzzCommand, string first, string count]
        ? Fuzzer.Run(int.Parse(first, System.Globalization.CultureInfo.InvariantCulture), int.Parse(count, System.Globalization.CultureInfo.InvariantCulture))
        : ConsoleRunner.Run(args).GetAwaiter().GetResult();
}
