using System.Xml.Linq;

namespace MiniStack.Tests.Part3;

/// <summary>The demos run as a user would run them, leave their pictures, and say mistakes in one line.</summary>
public sealed class DataCommandTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("ministack-data-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData("tape.svg", "tape", "--quick")]
    [InlineData("tape.svg", "tape", "--expression", "tower")]
    [InlineData("broadcast.svg", "broadcast", "--quick")]
    [InlineData("broadcast.svg", "broadcast", "--a", "7,1", "--b", "1,40")]
    [InlineData("broadcast.svg", "broadcast", "--a", "1", "--b", "1")]
    [InlineData("bpe.svg", "bpe", "--quick")]
    [InlineData("bpe-pieces.svg", "bpe", "--quick", "--vocabulary", "300")]
    [InlineData("fusion.svg", "fusion", "--quick")]
    [InlineData("fusion.svg", "fusion", "--quick", "--rows", "1", "--columns", "2")]
    [InlineData("loader.svg", "loader", "--quick")]
    [InlineData("loader.svg", "loader", "--quick", "--steps", "1")]
    public void Demo_WithOptions_LeavesItsPicture(string picture, params string[] arguments)
    {
        ExampleResult result = ExampleProcess.Run("Part3.Data.dll", [.. arguments, "--out", _folder]);
        Assert.Equal((0, ""), (result.ExitCode, result.Error));
        string file = Path.Combine(_folder, picture);
        Assert.Contains($"picture: {file}", result.Output);
        Assert.Equal("svg", XDocument.Load(file).Root!.Name.LocalName);
    }

    [Theory]
    [InlineData("Name a demo: tape, broadcast, fusion, bpe, loader, inspect, grade. Run with --help to see what they do.")]
    [InlineData("There is no demo fuson. Did you mean fusion? Run with --help to see them.", "fuson")]
    [InlineData("--expression must be one of neuron, diamond, tower, not 'x'.", "tape", "--expression", "x")]
    [InlineData("There is no option --quik. Did you mean --quick? Run with --help to see all options.", "tape", "--quik")]
    [InlineData("--a must be 1 to 6 sizes from 1 to 1000 with commas between them, such as 4,1,3, and at most 1000000 elements, not '4,x'.", "broadcast", "--a", "4,x")]
    [InlineData("--b must be 1 to 6 sizes from 1 to 1000 with commas between them, such as 4,1,3, and at most 1000000 elements, not '1000,1000,2'.", "broadcast", "--b", "1000,1000,2")]
    [InlineData("--a needs a value. Give one after it, or leave the option out.", "broadcast", "--a")]
    [InlineData("--a was given more than one value. Give it once.", "broadcast", "--a", "4", "--a", "3")]
    [InlineData("a + b: (4, 3) and (4) do not broadcast. Counted from the end, axis 1 has sizes 3 and 4: they must be equal, or one of them 1 (see Unsqueeze and Expand).",
        "broadcast", "--a", "4,3", "--b", "4")]
    [InlineData("--rows must be a whole number from 1 to 65536, not '0'.", "fusion", "--rows", "0")]
    [InlineData("--rows times --columns must be at most 67108864 numbers, not 536870912: the composed formulas keep a dozen of such tensors. Give fewer.",
        "fusion", "--rows", "65536", "--columns", "8192")]
    [InlineData("inspect has no option --quick, it takes files only. If it is a file, write ./--quick.", "inspect", "--quick")]
    [InlineData("inspect has no option --out, it takes files only. If it is a file, write ./--out.", "inspect", "x.npy", "--out", "y")]
    [InlineData("--steps must be a whole number from 1 to 100000, not '0'.", "loader", "--steps", "0")]
    public void CommandLine_WithAMistake_IsOneLineAndExit2(string sentence, params string[] arguments)
    {
        ExampleResult result = ExampleProcess.Run("Part3.Data.dll", arguments);
        Assert.Equal((2, $"error: {sentence}", ""), (result.ExitCode, result.Error.TrimEnd(), result.Output));
    }

    [Fact]
    public void Broadcast_Quick_LeavesOutGradientsAndMistakes()
    {
        string whole = ExampleProcess.Run("Part3.Data.dll", "broadcast", "--out", _folder).Output, quick = ExampleProcess.Run("Part3.Data.dll", "broadcast", "--quick", "--out", _folder).Output;
        Assert.Contains("Backwards", whole);
        Assert.DoesNotContain("Backwards", quick);
        Assert.All(quick.Split('\n'), line => Assert.Contains(line, whole));
    }

    [Fact]
    public void Out_ThatCannotBeMade_IsSaidBeforeAnythingElse()
    {
        string file = Path.Combine(_folder, "file");
        File.WriteAllText(file, "");
        ExampleResult result = ExampleProcess.Run("Part3.Data.dll", "tape", "--out", Path.Combine(file, "x"));
        Assert.Equal((2, ""), (result.ExitCode, result.Output));
        Assert.EndsWith("Choose another --out.", result.Error.TrimEnd());
    }
}
