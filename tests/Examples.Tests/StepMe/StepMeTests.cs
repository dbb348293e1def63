using System.Diagnostics;
using System.Reflection;
using System.Text.RegularExpressions;

namespace MiniStack.Tests;

/// <summary>The program made for stepping runs in Debug, at once, and its way down is short.</summary>
public partial class StepMeTests
{
    private static readonly string Root =
        typeof(StepMeTests).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(a => a.Key == "RepositoryRoot").Value!;

    private static readonly string StepMe = Path.Combine(Root, "examples", "StepMe", "bin", "Debug", "net10.0", "StepMe.dll");

    [Fact]
    public void Run_InDebug_EndsWithinFiveSecondsAndLearns()
    {
        // The best of three, because other tests may be using all cores.
        TimeSpan best = TimeSpan.MaxValue;
        ExampleResult result = new(-1, "", "");
        for (int attempt = 0; attempt < 3 && best > TimeSpan.FromSeconds(5); attempt++)
        {
            long start = Stopwatch.GetTimestamp();
            result = ExampleProcess.Run(StepMe);
            TimeSpan elapsed = Stopwatch.GetElapsedTime(start);
            if (elapsed < best) best = elapsed;
        }
        Assert.Equal(0, result.ExitCode);
        Assert.InRange(best, TimeSpan.Zero, TimeSpan.FromSeconds(5));
        double[] losses = [.. Losses().Matches(result.Output).Select(match => double.Parse(match.Groups[1].Value, System.Globalization.CultureInfo.InvariantCulture))];
        Assert.Equal(2, losses.Length);
        Assert.True(losses[1] < losses[0], result.Output);
    }

    [Fact]
    public void Run_WithStack_ShowsAtMostSixCallsFromLinearToTheMultiplyAdds()
    {
        ExampleResult result = ExampleProcess.Run(StepMe, "--stack");
        Assert.Equal(0, result.ExitCode);
        string[] lines = result.Output.Split('\n', StringSplitOptions.TrimEntries);
        Match calls = Calls().Match(lines[0]);
        Assert.True(calls.Success, result.Output);
        int count = int.Parse(calls.Groups[1].Value, System.Globalization.CultureInfo.InvariantCulture);
        Assert.InRange(count, 1, 6);
        Assert.StartsWith("Variable.Linear", lines[1]);
        Assert.StartsWith("MatMulMicroKernel.", lines[1 + count]);
    }

    [Fact]
    public void Readme_CallStack_IsWhatTheProgramPrints()
    {
        string readme = File.ReadAllText(Path.Combine(Root, "examples", "StepMe", "README.md"));
        foreach (string line in ExampleProcess.Run(StepMe, "--stack").Output.Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            // Line numbers move with every edit of a kernel; the calls should not.
            Assert.Contains(line.Split(':')[0].TrimEnd(), readme);
        }
    }

    [GeneratedRegex(@"^loss .* the step:\s+([\d.]+)\s*$", RegexOptions.Multiline)]
    private static partial Regex Losses();

    [GeneratedRegex(@"^(\d+) calls from the operator to the multiply-adds:$")]
    private static partial Regex Calls();
}
