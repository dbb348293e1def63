using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using MiniStack.Data;
using MiniStack.Examples;

namespace MiniStack.Tests.Part5;

public sealed partial class TrainTests(TrainFixture fixture) : IClassFixture<TrainFixture>
{
    [Fact]
    public void Train_ToItsEnd_LeavesAWholeRunFolder()
    {
        ExampleResult result = fixture.Small("whole");
        Assert.Equal((0, ""), (result.ExitCode, result.Error));
        Assert.Matches(FinalLine(), result.LastLine);
        Assert.StartsWith("final: step=12 ", result.LastLine);
        Assert.Contains("step 4: train ", result.Output);
        Assert.Contains("  | ", result.Output); // a sample
        string[] files = [.. Directory.GetFiles(fixture.Path("whole")).Select(Path.GetFileName).Order(StringComparer.Ordinal)!];
        Assert.Equal(
            [
                "config.json", "loss.svg", "model.safetensors", "model.safetensors.previous", "state.safetensors", "state.safetensors.previous",
                "tokenizer.json", "train.csv", "train.jsonl",
            ], files);

        using JsonDocument config = JsonDocument.Parse(File.ReadAllText(fixture.Path("whole", "config.json")));
        Assert.Equal(1, config.RootElement.GetProperty("format_version").GetInt32());
        Assert.Equal(12, config.RootElement.GetProperty("training").GetProperty("steps").GetInt64());
        Assert.Equal(12 + 3, File.ReadAllLines(fixture.Path("whole", "train.jsonl")).Length);
    }

    [Fact]
    public void Train_OnTinyTales_DrawsTheExactEntropy()
    {
        ExampleResult result = TrainFixture.Train(
            "--out", fixture.Path("tales"), "--steps", "2", "--layers", "1", "--heads", "1", "--channels", "8", "--context", "16", "--sample", "0");
        Assert.Equal((0, ""), (result.ExitCode, result.Error));
        string entropy = TinyTales.EntropyPerCharacter.ToString("F4", CultureInfo.InvariantCulture);
        Assert.Contains($"The grammar's exact entropy is {entropy} nats per character", result.Output);
        Assert.Contains("is what windows of 16 characters cost even a perfect predictor", result.Output);
        Assert.Contains($"exact entropy {entropy}", File.ReadAllText(fixture.Path("tales", "loss.svg")));
    }

    [Fact]
    public void Resume_AfterStopAt_IsBitwiseTheUninterruptedRun()
    {
        fixture.Small("uninterrupted");
        ExampleResult stopped = fixture.Small("stopped", "--stop-at", "5");
        Assert.StartsWith("final: step=5 ", stopped.LastLine);
        Assert.Contains($"Stopped at step 5 of 12. Resume with: --resume {fixture.Path("stopped")}", stopped.Output);
        ExampleResult resumed = TrainFixture.Train("--resume", fixture.Path("stopped"), "--threads", "1", "--sample", "0");
        Assert.Equal((0, ""), (resumed.ExitCode, resumed.Error));
        Assert.StartsWith("final: step=12 ", resumed.LastLine);
        Assert.Equal(fixture.Checkpoint("uninterrupted"), fixture.Checkpoint("stopped"));
        Assert.Equal(Losses("uninterrupted"), Losses("stopped"));

        // A finished run can be looked at again.
        byte[] before = fixture.Checkpoint("stopped");
        ExampleResult again = TrainFixture.Train("--resume", fixture.Path("stopped"), "--sample", "7", "--prompt", "line");
        Assert.Equal(0, again.ExitCode);
        Assert.Contains("  | line", again.Output);
        Assert.Equal(before, fixture.Checkpoint("stopped"));

        string[] Losses(string name) =>
            [.. File.ReadAllLines(fixture.Path(name, "train.jsonl")).Where(line => line.Contains("train")).Select(line => line.Split(",\"lr\"")[0])];
    }

    [Fact]
    public void Train_WithAnyThreadCount_WritesTheSameBytes()
    {
        foreach (string threads in new[] { "1", "2", "4" }) Assert.Equal(0, fixture.Small($"threads{threads}", "--threads", threads).ExitCode);
        Assert.Equal(fixture.Checkpoint("threads1"), fixture.Checkpoint("threads2"));
        Assert.Equal(fixture.Checkpoint("threads1"), fixture.Checkpoint("threads4"));
    }

    [Theory]
    [InlineData("INT")]
    [InlineData("TERM")]
    [InlineData("HUP")]
    public async Task Signal_DuringTraining_SavesAndSaysHowToResume(string signal)
    {
        if (OperatingSystem.IsWindows()) Assert.Skip("There are no signals to send on Windows.");
        string folder = fixture.Path("interrupted-" + signal);
        using Process process = ExampleProcess.Start("Part5.Training.dll",
            "--data", fixture.Text, "--out", folder, "--steps", "1000000", "--eval-every", "1000000", "--layers", "1",
            "--heads", "1", "--channels", "8", "--context", "8", "--batch", "1", "--sample", "0");
        Task<string> error = process.StandardError.ReadToEndAsync();
        string? line = "";
        while (line is not null && !line.StartsWith("step ", StringComparison.Ordinal)) line = process.StandardOutput.ReadLine();
        using (Process kill = Process.Start("kill", ["-" + signal, process.Id.ToString(CultureInfo.InvariantCulture)])) kill.WaitForExit();
        string rest = process.StandardOutput.ReadToEnd();
        Assert.True(process.WaitForExit(TimeSpan.FromSeconds(30)));
        Assert.Equal((ExitCode.Interrupted, ""), (process.ExitCode, await error));
        Match saved = Regex.Match(rest, @"Interrupted at step (\d+); everything is saved\. Resume with: --resume (.+)");
        Assert.Equal(folder, saved.Groups[2].Value.Trim());

        long next = long.Parse(saved.Groups[1].Value, CultureInfo.InvariantCulture) + 3;
        ExampleResult resumed = TrainFixture.Train("--resume", folder, "--stop-at", $"{next}", "--sample", "0");
        Assert.StartsWith($"final: step={next} ", resumed.LastLine);
    }

    [Fact]
    public void Resume_OfARunThatEndedBeforeItsFirstCheckpoint_BeginsItAnew()
    {
        fixture.Small("whole-run");
        fixture.Small("no-checkpoint", "--stop-at", "2");
        foreach (string file in Directory.GetFiles(fixture.Path("no-checkpoint"), "*.safetensors*")) File.Delete(file);
        ExampleResult resumed = TrainFixture.Train("--resume", fixture.Path("no-checkpoint"), "--sample", "10");
        Assert.Equal((0, ""), (resumed.ExitCode, resumed.Error));
        Assert.Contains($"{fixture.Path("no-checkpoint")}: the run ended before its first checkpoint; it begins at step 0.", resumed.Output);
        Assert.Equal(fixture.Checkpoint("whole-run"), fixture.Checkpoint("no-checkpoint"));
    }

    [Fact]
    public void Resume_WhileTheRunIsAtWork_IsOneSentenceAndTheRunGoesOn()
    {
        string folder = fixture.Path("busy");
        using Process first = ExampleProcess.Start("Part5.Training.dll",
            "--data", fixture.Text, "--out", folder, "--steps", "1000000", "--eval-every", "1000000", "--layers", "1",
            "--heads", "1", "--channels", "8", "--context", "8", "--batch", "1", "--sample", "0");
        string? line = "";
        while (line is not null && !line.StartsWith("step ", StringComparison.Ordinal)) line = first.StandardOutput.ReadLine();
        ExampleResult second = TrainFixture.Train("--resume", folder);
        Assert.Equal((ExitCode.Mistake, $"error: {folder}: another run is at work in this folder. Wait until it ends, or choose another folder."), (second.ExitCode, second.Error.Trim()));
        Assert.False(first.HasExited);
        first.Kill();
        first.WaitForExit();
        // What was killed holds no lock.
        Assert.Equal(0, TrainFixture.Train("--resume", folder, "--stop-at", "1", "--sample", "0").ExitCode);
    }

    [Fact]
    public void Train_WithProfile_WritesTableAndTraceAndTheSameWeights()
    {
        ExampleResult result = fixture.Small("profiled", "--profile");
        Assert.Equal((0, ""), (result.ExitCode, result.Error));
        string table = fixture.Path("profiled", "profile.txt"), trace = fixture.Path("profiled", "profile.json");
        Assert.Contains($"Profile of steps 6 to 12: {table}, and call by call {trace} (open in ui.perfetto.dev or chrome://tracing)", result.Output);
        Assert.StartsWith("final: step=12 ", result.LastLine);

        string[] lines = File.ReadAllLines(table);
        Assert.StartsWith("Steps 6 to 12, ", lines[0]);
        foreach (string start in new[] { "Linear ", "AdamW ", "all operators ", "outside operators ", "wall ", "forward ", "  h.0 ", "    attn ", "backward ", "clip ", "optimizer " })
            Assert.Contains(lines, line => line.StartsWith(start, StringComparison.Ordinal));
        Assert.Contains(lines, line => Regex.IsMatch(line, "^optimizer +7 "));

        using JsonDocument json = JsonDocument.Parse(File.ReadAllBytes(trace));
        string[] names = [.. json.RootElement.GetProperty("traceEvents").EnumerateArray().Select(one => one.GetProperty("name").GetString()!)];
        Assert.Equal(7, names.Count(name => name == "forward"));
        Assert.Contains("LayerNormBackward", names);

        fixture.Small("unprofiled");
        Assert.Equal(fixture.Checkpoint("unprofiled"), fixture.Checkpoint("profiled"));
    }

    [Fact]
    public void Train_TooShortToProfile_SaysSo() => Assert.Contains(
        "Nothing was profiled: the first 5 steps of a run compile its code and are left out. Train for more steps.",
        fixture.Small("short", "--profile", "--stop-at", "4").Output);

    [Fact]
    public void Help_Always_ShowsEveryOption()
    {
        ExampleResult result = TrainFixture.Train("--help");
        Assert.Equal((0, ""), (result.ExitCode, result.Error));
        foreach (string option in new[]
                 {
                     "--data", "--steps", "--stop-at", "--resume", "--out", "--batch", "--context", "--layers", "--heads", "--channels", "--lr",
                     "--seed", "--threads", "--eval-every", "--sample", "--prompt", "--profile",
                 })
        {
            Assert.Contains(option + " ", result.Output);
        }
    }

    [Fact]
    public void Of_ABug_LeavesItsTraceInAFile()
    {
        TextWriter before = Console.Error;
        using StringWriter error = new();
        Console.SetError(error);
        try
        {
            Assert.Equal(1, ExitCode.Of(() => throw new InvalidOperationException("deep inside")));
        }
        finally
        {
            Console.SetError(before);
        }
        Match match = Regex.Match(error.ToString(), @"^error: MiniStack has a bug \(InvalidOperationException\)\. The trace is in (.+); please report it\.\s*$");
        Assert.True(match.Success, error.ToString());
        Assert.Contains("deep inside", File.ReadAllText(match.Groups[1].Value));
        File.Delete(match.Groups[1].Value);
    }

    [GeneratedRegex(@"^final: step=\d+ train=\d+\.\d{4} val=\d+\.\d{4} tokens_per_s=\d+ seconds=\d+\.\d$")]
    private static partial Regex FinalLine();
}
