using System.Diagnostics;
using System.Globalization;

namespace MiniStack.Formats.Tests;

/// <summary>A process that saves checkpoints is killed at random moments; what it said was safe must be there.</summary>
public sealed class AtomicFileKillTests(ITestOutputHelper output) : TestFolder
{
    [Fact]
    [Trait("Category", "Soak")]
    public void Save_ProcessKilled_LastSafeStepCanBeLoaded()
    {
        int kills = Soak.IsOn ? 200 : 6, insideAWrite = 0;
        Random random = new(42);
        string path = PathOf("checkpoint.safetensors");
        for (int kill = 0; kill < kills; kill++)
        {
            (long begun, long safe) = WriteAndKill(path, random.Next(60));
            using SafetensorsFile file = Safetensors.Open(path);
            long found = long.Parse(file.Metadata["step"], CultureInfo.InvariantCulture);
            Assert.InRange(found, safe, begun);
            Assert.All(file.Read("weights").ToArray<float>(), weight => Assert.Equal(found, weight));
            Assert.All(file.Read("moments").ToArray<double>(), moment => Assert.Equal(-found, moment));
            if (TemporaryFiles() > 0) insideAWrite++;
            // The files of the dead are gone once the next writer has come by.
            Assert.InRange(TemporaryFiles(), 0, 1);
        }
        output.WriteLine($"{kills} kills, {insideAWrite} of them inside a write; every file was readable and held the last safe step.");
        if (Soak.IsOn) Assert.InRange(insideAWrite, 50, kills);
    }

    /// <returns>The last step that was begun, and the last that was safe, when the process died.</returns>
    private static (long Begun, long Safe) WriteAndKill(string path, int milliseconds)
    {
        ProcessStartInfo start = new(Environment.ProcessPath!) { RedirectStandardOutput = true };
        // The tests may run as an executable of their own or inside dotnet.
        if (Path.GetFileNameWithoutExtension(Environment.ProcessPath) == "dotnet") start.ArgumentList.Add(typeof(Program).Assembly.Location);
        start.ArgumentList.Add(CheckpointWriter.Command);
        start.ArgumentList.Add(path);
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

    private int TemporaryFiles() => Directory.EnumerateFiles(Folder, "*.tmp").Count();
}
