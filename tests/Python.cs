using System.ComponentModel;
using System.Diagnostics;

namespace MiniStack.Tests;

/// <summary>Runs Python where there is one.</summary>
internal static class Python
{
    /// <summary>A Python that has a module; null when there is none. Debian's python3 sees Debian's packages, others may not.</summary>
    public static string? With(string module) => Array.Find(["python3", "/usr/bin/python3"], python => Run(python, "-c", $"import {module}") == 0);

    /// <summary>The exit code, or -1 when there is no such program.</summary>
    public static int Run(string program, params string[] arguments)
    {
        ProcessStartInfo start = new(program, arguments) { RedirectStandardError = true, RedirectStandardOutput = true };
        try
        {
            using Process process = Process.Start(start)!;
            Task<string> error = process.StandardError.ReadToEndAsync();
            process.StandardOutput.ReadToEnd();
            process.WaitForExit();
            TestContext.Current.SendDiagnosticMessage(error.Result);
            return process.ExitCode;
        }
        catch (Win32Exception)
        {
            return -1;
        }
    }
}
