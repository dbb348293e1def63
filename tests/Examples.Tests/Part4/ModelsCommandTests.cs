using System.Xml.Linq;

namespace MiniStack.Tests.Part4;

public sealed class ModelsCommandTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("ministack-models-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData("| transformer |", "ladder.svg", "ladder", "--steps", "30")]
    [InlineData("| + MoE, 2 of 4 ", "ablate.svg", "ablate")]
    [InlineData("| parameters ", "calculator.svg", "calculator")]
    [InlineData("| 1.3 ", "attention.svg", "attention")]
    public void Demo_Quick_LeavesItsTableAndPicture(string row, string picture, params string[] arguments)
    {
        ExampleResult result = ExampleProcess.Run("Part4.Models.dll", [.. arguments, "--quick", "--out", _folder]);
        Assert.Equal((0, ""), (result.ExitCode, result.Error));
        Assert.Contains("Predicted", result.Output);
        Assert.Contains(row, result.Output);
        Assert.Equal("svg", XDocument.Load(Path.Combine(_folder, picture)).Root!.Name.LocalName);
    }

    [Fact]
    public void Ladder_OfAFile_ReadsItAndDrawsNoFloor()
    {
        string file = Path.Combine(_folder, "text.txt");
        File.WriteAllText(file, string.Concat(Enumerable.Repeat("abc cba ", 100)));
        ExampleResult result = ExampleProcess.Run("Part4.Models.dll", "ladder", "--quick", "--steps", "30", "--data", file, "--out", _folder);
        Assert.Equal((0, ""), (result.ExitCode, result.Error));
        Assert.StartsWith($"{file}: 4 characters", result.Output);
        Assert.DoesNotContain("Nobody", result.Output);
    }

    [Fact]
    public void Attention_OfThreeCharacters_ReadsThem()
    {
        ExampleResult result = ExampleProcess.Run("Part4.Models.dll", "attention", "--quick", "--text", "cat", "--out", _folder);
        Assert.Equal((0, ""), (result.ExitCode, result.Error));
        Assert.Contains("then reads \"cat\".", result.Output);
    }

    [Fact]
    public void Calculator_OfAModelThatNoMachineHolds_GivesTheFormulasAlone()
    {
        ExampleResult result = ExampleProcess.Run(
            "Part4.Models.dll", "calculator", "--layers", "48", "--heads", "16", "--channels", "2048", "--context", "2048", "--vocabulary", "60000", "--batch", "1024", "--out", _folder);
        Assert.Equal((0, ""), (result.ExitCode, result.Error));
        Assert.Contains("By formula alone: it wants 14386.2 GiB at least", result.Output);
        Assert.Contains("2,543,192,064", result.Output);
        Assert.DoesNotContain("measured / formula", result.Output);
    }

    [Theory]
    [InlineData("There is no demo lader. Did you mean ladder? Run with --help to see them.", "lader")]
    [InlineData("Name a demo: ladder, ablate, lecun1989, calculator, attention, grade. Run with --help to see what they do.")]
    [InlineData("3 heads do not divide 64 channels evenly. Choose heads that divide the channels.", "calculator", "--quick", "--heads", "3")]
    [InlineData("--text must have 3 to 32 characters, so that there is something two back and the model reads it at once, not 33.", "attention", "--text", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa")]
    [InlineData("--text must have 3 to 32 characters, so that there is something two back and the model reads it at once, not 2.", "attention", "--text", "ab")]
    [InlineData("--text must have 3 to 32 characters, so that there is something two back and the model reads it at once, not 0.", "attention", "--text", "")]
    [InlineData("/nowhere/text.txt: there is no such file. Check the path.", "ladder", "--data", "/nowhere/text.txt")]
    public void CommandLine_WithAMistake_IsOneLineAndExit2(string sentence, params string[] arguments)
    {
        string[] all = arguments.Length > 1 ? [.. arguments, "--out", _folder] : arguments;
        ExampleResult result = ExampleProcess.Run("Part4.Models.dll", all);
        Assert.Equal((2, $"error: {sentence}", ""), (result.ExitCode, result.Error.TrimEnd(), result.Output));
    }
}
