using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;
using MiniStack.Formats;

namespace MiniStack.Tests.Part5;

/// <summary>kill -9 at any moment costs at most the steps since the last checkpoint, and the run ends as if nothing had been.</summary>
public sealed partial class TrainKillTests(TrainFixture fixture, ITestOutputHelper output) : IClassFixture<TrainFixture>
{
    private const int Steps = 2000;
    private static readonly bool Soak = Environment.GetEnvironmentVariable("MINISTACK_SOAK") == "1";

    [Fact]
    public void Kill_AtAnyMoment_LosesNoCheckpoint()
    {
        string[] settings =
        [
            "--data", fixture.Text, "--steps", $"{Steps}", "--eval-every", "1", "--layers", "1", "--heads", "1", "--channels", "16",
            "--context", "8", "--batch", "1", "--sample", "0",
        ];
        string folder = fixture.Path("killed");
        Random random = new(1);
        int kills = Soak ? 60 : 3, halfWritten = 0;
        long last = 0;
        for (int kill = 0; kill < kills; kill++)
        {
            string[] arguments = kill == 0 ? [.. settings, "--out", folder] : ["--resume", folder, "--sample", "0"];
            using Process process = ExampleProcess.Start("Part5.Training.dll", arguments);
            long acknowledged = 0;
            int lines = random.Next(2, 12);
            while (lines > 0 && process.StandardOutput.ReadLine() is { } line)
            {
                if (Evaluated().Match(line) is not { Success: true } match) continue;
                acknowledged = long.Parse(match.Groups[1].Value, CultureInfo.InvariantCulture);
                lines--;
            }
            Thread.Sleep(random.Next(20)); // anywhere in a step, an evaluation or a write
            process.Kill();
            process.WaitForExit();
            Assert.True(acknowledged > 0, $"Kill {kill + 1}: the run ended by itself, at step {last}; nothing was killed.");
            halfWritten += Directory.GetFiles(folder, ".*.tmp").Length + Directory.GetFiles(folder, "*.next").Length > 0 ? 1 : 0;
            long saved = StepsIn(folder, "state.safetensors").Intersect(StepsIn(folder, "model.safetensors")).Max();
            Assert.True(saved >= acknowledged && saved >= last, $"Step {acknowledged} was reported, but {saved} is saved (before: {last}).");
            last = saved;
        }
        output.WriteLine($"{kills} kills, {halfWritten} of them while a checkpoint was being written; the run had come to step {last}");

        long end = last + 3;
        ExampleResult resumed = TrainFixture.Train("--resume", folder, "--stop-at", $"{end}", "--sample", "0");
        Assert.StartsWith($"final: step={end} ", resumed.LastLine);
        Assert.Equal(0, TrainFixture.Train([.. settings, "--out", fixture.Path("whole"), "--stop-at", $"{end}"]).ExitCode);
        Assert.Equal(fixture.Checkpoint("whole"), fixture.Checkpoint("killed"));
    }

    /// <summary>The steps a file of the checkpoint holds, under whichever of its names: a kill between two renames leaves it under another.</summary>
    private static IEnumerable<long> StepsIn(string folder, string file)
    {
        foreach (string path in Directory.GetFiles(folder, file + "*"))
        {
            using SafetensorsFile opened = Safetensors.Open(path);
            yield return long.Parse(opened.Metadata["step"], CultureInfo.InvariantCulture);
        }
    }

    [GeneratedRegex(@"^step (\d+): train ")]
    private static partial Regex Evaluated();
}
