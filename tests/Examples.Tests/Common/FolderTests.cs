namespace MiniStack.Tests.Common;

/// <summary>Who mistypes finds nothing left over: what the command line says is checked before a folder is made.</summary>
public sealed class FolderTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("ministack-folder-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData("Part3.Data.dll", "bpe", "--data", "/nowhere/text.txt")]
    [InlineData("Part4.Models.dll", "ladder", "--data", "/nowhere/text.txt")]
    [InlineData("Part4.Models.dll", "lecun1989", "--data", "/nowhere")]
    [InlineData("Part4.Models.dll", "calculator", "--heads", "3")]
    [InlineData("Part4.Models.dll", "attention", "--text", "ab")]
    [InlineData("Part6.FineTuning.dll", "finetune", "--data", "/nowhere/text.txt")]
    [InlineData("Part6.FineTuning.dll", "finetune", "--run", "/nowhere")]
    public void Demo_WithAMistake_LeavesNoFolder(string program, params string[] arguments)
    {
        ExampleResult result = ExampleProcess.Run(program, arguments, [], _folder);
        Assert.Equal((2, ""), (result.ExitCode, result.Output));
        Assert.Empty(Directory.GetFileSystemEntries(_folder));
    }

    /// <summary>Without --out a demo does make one, so that the test above can fail.</summary>
    [Fact]
    public void Demo_WithoutOut_LeavesItsFolder()
    {
        Assert.Equal(0, ExampleProcess.Run("Part3.Data.dll", ["broadcast", "--quick"], [], _folder).ExitCode);
        Assert.EndsWith("-broadcast", Assert.Single(Directory.GetDirectories(Path.Combine(_folder, "runs"))));
    }
}
