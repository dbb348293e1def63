using System.Diagnostics;

namespace MiniStack.Tests;

/// <summary>What an example's process left behind.</summary>
internal sealed record ExampleResult(int ExitCode, string Output, string Error)
{
    /// <summary>The last line of the output that is not empty.</summary>
    public string LastLine => Output.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries) is [.., string last] ? last : "";
}

/// <summary>Runs an example as a user would, in a process of its own.</summary>
internal static class ExampleProcess
{
    /// <summary>Starts an example that was built beside the tests.</summary>
    public static Process Start(string assembly, params string[] arguments) => Start(assembly, arguments, []);

    /// <summary>Starts it with variables of the environment, each as NAME=value, in a folder or where the tests run.</summary>
    public static Process Start(string assembly, string[] arguments, string[] environment, string folder = "")
    {
        // Who runs the tests may ignore signals, as nohup does, and children would inherit that.
        string[] program = OperatingSystem.IsLinux() ? ["env", "--default-signal=HUP,INT,TERM", "dotnet"] : ["dotnet"];
        ProcessStartInfo start = new(program[0]) { RedirectStandardOutput = true, RedirectStandardError = true, WorkingDirectory = folder };
        foreach (string part in program[1..]) start.ArgumentList.Add(part);
        start.ArgumentList.Add(Path.Combine(AppContext.BaseDirectory, assembly));
        foreach (string argument in arguments) start.ArgumentList.Add(argument);
        foreach (string variable in environment) start.Environment[variable.Split('=')[0]] = variable.Split('=', 2)[1];
        return Process.Start(start)!;
    }

    /// <summary>Runs it to its end, within two minutes.</summary>
    public static ExampleResult Run(string assembly, params string[] arguments) => Run(assembly, arguments, []);

    /// <summary>The same with variables of the environment, each as NAME=value, in a folder or where the tests run.</summary>
    public static ExampleResult Run(string assembly, string[] arguments, string[] environment, string folder = "")
    {
        using Process process = Start(assembly, arguments, environment, folder);
        Task<string> output = process.StandardOutput.ReadToEndAsync(), error = process.StandardError.ReadToEndAsync();
        if (!process.WaitForExit(TimeSpan.FromMinutes(2)))
        {
            process.Kill(entireProcessTree: true);
            throw new TimeoutException($"{assembly} {string.Join(' ', arguments)} did not end within two minutes.");
        }
        return new ExampleResult(process.ExitCode, output.Result, error.Result);
    }
}
