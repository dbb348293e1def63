namespace MiniStack.Tests.Part5;

/// <summary>What takes minutes to train is not trained again here: the demos' own tests ask the same of shorter runs.</summary>
public sealed class ChapterTests() : BookChapter(
    "Part5.Training", listings: 4, rooms: ["Optim", "Training"],
    demos: ["checkpointing", "clinic", "grade", "landscape", "lr-finder", "optimizers", "precision", "scaling", "schedules", "search"],
    exercises: ["Rate", "AdamWeights", "LossScale", "Segments"])
{
    [Fact]
    public void Schedules_InTheChapter_AreWhatTheDemoPrints()
    {
        string output = Output("schedules");
        foreach (string line in Printed("Learning rate as a share")) Assert.Contains(line, output);
    }

    [Fact]
    public void Checkpointing_InTheChapter_HasTheDemosBytes()
    {
        string[] kept = Kept(Printed("16 blocks"));
        Assert.Equal(8, kept.Length); // a heading, a line, and six ways to cut
        Assert.Equal(kept, Kept(Output("checkpointing").Split('\n')));

        // Segments and MiB kept; not the times.
        static string[] Kept(string[] lines) =>
            [.. lines.Where(line => line.StartsWith('|')).Select(line => string.Join('|', line.Split('|', StringSplitOptions.TrimEntries)[1..3]))];
    }
}
