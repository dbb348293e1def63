using MiniStack.Data;
using MiniStack.Formats.Tests;

namespace MiniStack.Tests.Loading;

public sealed class LoaderKillTests(ITestOutputHelper output) : TestFolder
{
    [Theory]
    [InlineData(2, 0)]
    [InlineData(0, 3)]
    [InlineData(1, 2)]
    [Trait("Category", "Soak")]
    public void Start_ProcessKilledMidEpochAndResumedWithOtherWorkers_SeesWhatItWouldHaveSeen(int before, int after)
    {
        const int Batches = 250; // two and a half epochs
        string path = PathOf("log");
        KilledWriter.Run(typeof(Program), [LoggedRun.Command, path, $"{before}", "0:0", $"{Batches}"], milliseconds: 60);
        // A kill inside a write leaves half a line, which the resumed run does not count.
        string text = File.ReadAllText(path);
        string[] seen = text[..(text.LastIndexOf('\n') + 1)].Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.InRange(seen.Length, 1, Batches - 1);
        LoaderPosition position = LoaderPosition.Parse(seen[^1][(seen[^1].LastIndexOf(' ') + 1)..]);

        File.WriteAllText(path, string.Concat(seen.Select(line => line + "\n")));
        Assert.Equal(0, LoggedRun.Run([LoggedRun.Command, path, $"{after}", $"{position}", $"{Batches - seen.Length}"]));

        using LoaderRun<string> uninterrupted = LoggedRun.Loader(workers: 1).Start();
        string[] expected = [.. uninterrupted.Take(Batches)];
        Assert.Equal(expected, File.ReadAllLines(path).Select(line => line[..line.IndexOf(" ->", StringComparison.Ordinal)]));
        output.WriteLine($"Killed at {position} with {before} workers, resumed with {after}: all {Batches} batches as without the kill.");
    }
}
