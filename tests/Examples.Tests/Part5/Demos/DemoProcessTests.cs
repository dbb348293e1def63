using System.Xml.Linq;

namespace MiniStack.Tests.Part5.Demos;

/// <summary>The demos run as a user would run them, leave their pictures, and say mistakes in one line.</summary>
public sealed class DemoProcessTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("ministack-training-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData("precision.svg", "| F16, F32 masters, loss scaled |", "precision", "--quick")]
    [InlineData("checkpointing.svg", "The gradient is the same to the bit: True.", "checkpointing", "--quick")]
    [InlineData("scaling.svg", "Fitted irreducible loss", "scaling", "--quick")]
    [InlineData("clinic.svg", "E: LearnsByHeart.", "clinic", "--quick", "--answers")]
    [InlineData("schedules.svg", "| warm-up, stable, decay |", "schedules")]
    public void Demo_WithOptions_LeavesItsTableAndPicture(string picture, string line, params string[] arguments)
    {
        ExampleResult result = ExampleProcess.Run("Part5.Training.dll", [.. arguments, "--out", _folder]);
        Assert.Equal((0, ""), (result.ExitCode, result.Error));
        Assert.Contains(line, result.Output);
        Assert.Contains("| :-", result.Output);
        string file = Path.Combine(_folder, picture);
        Assert.Contains($"picture: {file}", result.Output);
        Assert.Equal("svg", XDocument.Load(file).Root!.Name.LocalName);
    }

    [Theory]
    [InlineData("There is no option --quik. Did you mean --quick? Run with --help to see all options.", "clinic", "--quik")]
    [InlineData("There is no option --frobnicate. Run with --help to see all options.", "search", "--frobnicate")]
    [InlineData("'0.1' belongs to no option. Options begin with two dashes; run with --help to see them.", "lr-finder", "0.1")]
    [InlineData("--out needs a value. Give one after it, or leave the option out.", "precision", "--out")]
    [InlineData("--out was given more than one value. Give it once.", "scaling", "--out", "a", "--out", "b")]
    [InlineData("There is no demo clinik. Did you mean clinic? Run with --help to see them.", "clinik")]
    public void CommandLine_WithAMistake_IsOneLineAndExit2(string sentence, params string[] arguments)
    {
        ExampleResult result = ExampleProcess.Run("Part5.Training.dll", arguments);
        Assert.Equal((2, $"error: {sentence}", ""), (result.ExitCode, result.Error.TrimEnd(), result.Output));
    }

    [Theory]
    [InlineData("optimizers")]
    [InlineData("clinic")]
    public void Out_ThatCannotBeMade_IsSaidBeforeAnythingElse(string demo)
    {
        string file = Path.Combine(_folder, "file");
        File.WriteAllText(file, "");
        ExampleResult result = ExampleProcess.Run("Part5.Training.dll", demo, "--out", Path.Combine(file, "x"));
        Assert.Equal((2, ""), (result.ExitCode, result.Output));
        Assert.EndsWith("Choose another --out.", result.Error.TrimEnd());
        Assert.Single(result.Error.TrimEnd().Split('\n'));
    }
}
