namespace MiniStack.Tests.Part3;

public sealed class ChapterTests() : BookChapter("Part3.Data", listings: 5, rooms: ["Autograd", "Tensor"], demos: ["bpe", "broadcast", "fusion", "grade", "inspect", "loader", "tape"],
    exercises: ["BroadcastShape", "StretchedStrides", "ReverseOrder", "SiluTensors"])
{
    [Theory]
    [InlineData("loss = mean", "tape")]
    [InlineData("loss = sin", "tape", "--expression", "diamond")]
    [InlineData("(4, 1, 3) and", "broadcast")]
    [InlineData("Predicted: a word", "bpe")]
    public void Output_InTheChapter_IsWhatTheDemoPrints(string first, params string[] arguments)
    {
        string output = Output(arguments);
        // How near a gradient comes to differences hangs on the machine's vectors, and time on much more.
        foreach (string line in Printed(first).Where(line => !line.StartsWith("GradCheck", StringComparison.Ordinal) && !line.StartsWith("Learnt in", StringComparison.Ordinal)))
            Assert.Contains(line, output);
        if (first == "loss = mean") Assert.Contains(File.ReadAllText(Path.Combine(Out, "tape.mmd")).ReplaceLineEndings("\n"), Fences("mermaid"));
    }

    [Fact]
    public void Inspect_InTheChapter_IsWhatTheToolPrints()
    {
        Output("loader", "--quick", "--steps", "1");
        string output = ExampleProcess.Run("Part3.Data.dll", "inspect", Path.Combine(Out, "tales.tokens")).Output;
        foreach (string line in Printed("loader/tales.tokens")) Assert.Contains(line.Replace("loader/", "", StringComparison.Ordinal), output);
    }

    [Fact]
    public void Fusion_InTheChapter_HasTheDemosBytes()
    {
        string[] printed = Printed("x is (4096, 1024)"), output = Output("fusion").Split('\n');
        Assert.Equal(Bytes(printed), Bytes(output));
        foreach (string line in printed.Where(line => line.StartsWith("  ", StringComparison.Ordinal))) Assert.Contains(line, output);

        // Name, pass, operators, MiB and the factor between them; not the times.
        static IEnumerable<string> Bytes(string[] lines) =>
            [.. lines.Where(line => line.StartsWith('|')).Select(line => string.Join('|', line.Split('|', StringSplitOptions.TrimEntries)[1..8])).Where(line => !line.Contains("--"))];
    }
}
