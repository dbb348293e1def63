using System.Diagnostics;
using System.Reflection;

namespace MiniStack.Benchmarks.Peers;

/// <summary>How long a user waits from the start of the training example's process until its first step is done.</summary>
/// <param name="Best">Seconds of the quickest start.</param>
/// <param name="Median">Seconds of the middle one.</param>
internal sealed record StartupTimes(double Best, double Median)
{
    /// <summary>Seconds that the project allows itself.</summary>
    public const double Asked = 1.0;

    public bool Reached => Best <= Asked;
}

/// <summary>Starts the training example as it was built, with the sizes it has when nothing is said.</summary>
internal static class StartupSection
{
    private const int Starts = 7;

    private static readonly string Example = typeof(StartupSection).Assembly
        .GetCustomAttributes<AssemblyMetadataAttribute>().First(data => data.Key == "TrainingExample").Value!;

    /// <exception cref="PeerException">The example is not there, or ended before its first step.</exception>
    public static StartupTimes Run(int threads)
    {
        if (!File.Exists(Example)) throw new PeerException($"{Example} is missing. Build it: dotnet build -c Release examples/Part5.Training.");
        Start(threads); // reads the files from the disk
        double[] seconds = [.. Enumerable.Range(0, Starts).Select(_ => Start(threads)).Order()];
        return new StartupTimes(seconds[0], seconds[Starts / 2]);
    }

    private static double Start(int threads)
    {
        DirectoryInfo folder = Directory.CreateTempSubdirectory("ministack-startup-");
        try
        {
            ProcessStartInfo start = new("dotnet", [Example, "--out", Path.Combine(folder.FullName, "run"), "--threads", $"{threads}"])
            {
                RedirectStandardOutput = true,
            };
            long before = Stopwatch.GetTimestamp();
            using Process process = Process.Start(start)!;
            string? line;
            do line = process.StandardOutput.ReadLine();
            while (line is not null && !line.StartsWith("step 1/", StringComparison.Ordinal));
            double seconds = Stopwatch.GetElapsedTime(before).TotalSeconds;
            process.Kill();
            process.WaitForExit();
            return line is null ? throw new PeerException($"{Path.GetFileName(Example)} ended before its first step; its error is above.") : seconds;
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }
}
