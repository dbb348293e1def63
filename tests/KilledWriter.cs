using System.Diagnostics;
using System.Globalization;

namespace MiniStack.Tests;

/// <summary>A process of this test program that saves, says "begin N" and "safe N" around each save, and is killed at a chosen moment.</summary>
internal static class KilledWriter
{
    /// <summary>Starts the process, waits until one save is safe and some milliseconds more, and kills it.</summary>
    /// <param name="program">A type of the test program, whose Main understands the command.</param>
    /// <param name="arguments">The command and what it wants.</param>
    /// <param name="milliseconds">After the first safe save.</param>
    /// <returns>The last step whose save was begun, and the last that was safe, when the process died.</returns>
    public static (long Begun, long Safe) Run(Type program, IEnumerable<string> arguments, int milliseconds)
    {
        ProcessStartInfo start = new(Environment.ProcessPath!) { RedirectStandardOutput = true };
        // The tests may run as an executable of their own or inside dotnet.
        if (Path.GetFileNameWithoutExtension(Environment.ProcessPath) == "dotnet") start.ArgumentList.Add(program.Assembly.Location);
        foreach (string argument in arguments) start.ArgumentList.Add(argument);
        using Process process = Process.Start(start)!;
        (long begun, long safe) = (0, 0);
        bool killed = false;
        while (process.StandardOutput.ReadLine() is { } line)
        {
            long step = long.Parse(line.AsSpan(line.IndexOf(' ') + 1), CultureInfo.InvariantCulture);
            if (line.StartsWith("begin", StringComparison.Ordinal)) begun = step;
            else safe = step;
            if (safe == 0 || killed) continue;
            // From the first safe step on: a moment later, whatever it is doing.
            Thread.Sleep(milliseconds);
            process.Kill();
            killed = true;
        }
        process.WaitForExit();
        return (begun, safe);
    }
}
