using System.Text.RegularExpressions;

namespace MiniStack.Architecture.Tests;

/// <summary>What no file may be or say.</summary>
public sealed partial class SourceFileTests
{
    private const int MostLines = 300, MostKernelLines = 400;

    [Fact]
    public void Files_Length_StaysBelowTheCeiling()
    {
        string[] tooLong =
        [
            .. from folder in new[] { "src", "examples" }
               from file in Repository.Files(folder, "*.cs")
               let path = Repository.Relative(file)
               let most = path.Split('/').Contains("Kernels") ? MostKernelLines : MostLines
               let lines = File.ReadLines(file).Count()
               where lines > most
               select $"{path} has {lines} lines, and {most} are the limit",
        ];
        Assert.True(tooLong.Length == 0, $"{string.Join("; ", tooLong)}. Split by what the parts do.");
    }

    [Fact]
    public void Lines_InSrc_HaveAtMost140Columns()
    {
        string[] tooLong =
        [
            .. from file in Repository.Files("src", "*.cs")
               from line in File.ReadLines(file).Index()
               where line.Item.Length > 140
               select $"{Repository.Relative(file)}:{line.Index + 1}",
        ];
        Assert.True(tooLong.Length == 0, $"Lines of more than 140 columns: {string.Join(", ", tooLong)}. Wrap them.");
    }

    [Theory]
    [InlineData("src")]
    [InlineData("examples")]
    public void Code_Unfinished_IsNowhere(string folder) => AssertNone(folder, Unfinished(), "Finish it, or leave it out.");

    [Theory]
    [InlineData("src")]
    [InlineData("examples")]
    public void Text_PathsOfOneMachine_AreNowhere(string folder)
    {
        // Comments and documents too: they are read on other machines.
        string[] found =
        [
            .. from file in Repository.Files(folder, "*.cs", "*.csproj", "*.props", "*.md", "*.json")
               from line in File.ReadLines(file).Index()
               where MachinePath().IsMatch(line.Item)
               select $"{Repository.Relative(file)}:{line.Index + 1}: {line.Item.Trim()}",
        ];
        Assert.True(found.Length == 0, $"Paths that exist on one machine only:\n{string.Join('\n', found)}");
    }

    [Fact]
    public void Nn_SpansAndBackends_AreNotItsBusiness() =>
        AssertNone("src/Nn", SpanOrBackend(), "Layers are written in operations of Variable.");

    [Fact]
    public void Optim_Tape_IsNotItsBusiness() =>
        AssertNone("src/Optim", TapeWord(), "Optimizers read gradients; how they were made is Autograd's.");

    [Fact]
    public void WithoutComments_StringsAndComments_AreToldApart()
    {
        const string Code = "a(\"//x\"); // b\nc('\"'); /* d\n\" */ e(@\"\\\"); // \"f\"\n";
        Assert.Equal("a(\"//x\"); \nc('\"'); \n e(@\"\\\"); \n", Repository.WithoutComments(Code));
    }

    private static void AssertNone(string folder, Regex pattern, string remedy)
    {
        IReadOnlyList<string> found = Repository.Find(folder, pattern);
        Assert.True(found.Count == 0, $"{remedy}\n{string.Join('\n', found)}");
    }

    [GeneratedRegex(@"\bNotImplementedException\b")]
    private static partial Regex Unfinished();

    [GeneratedRegex(@"(?<![\w.<)])/(home|work|root|Users)/")]
    private static partial Regex MachinePath();

    [GeneratedRegex(@"\b(Span|Backend)\b")]
    private static partial Regex SpanOrBackend();

    [GeneratedRegex(@"\bTape\b")]
    private static partial Regex TapeWord();
}
