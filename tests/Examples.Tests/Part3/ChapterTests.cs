using System.Reflection;
using System.Text.RegularExpressions;
using System.Xml.Linq;

namespace MiniStack.Tests.Part3;

/// <summary>The chapter keeps the book's promises: its sections, its listings from code that is compiled, its numbers from the demos.</summary>
public sealed partial class ChapterTests : IDisposable
{
    private static readonly string Root =
        typeof(ChapterTests).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(a => a.Key == "RepositoryRoot").Value!;

    private static readonly string Folder = Path.Combine(Root, "examples", "Part3.Data");
    private static readonly string Chapter = File.ReadAllText(Path.Combine(Folder, "README.md")).ReplaceLineEndings("\n");

    private readonly string _out = Directory.CreateTempSubdirectory("ministack-chapter-").FullName;

    public void Dispose() => Directory.Delete(_out, recursive: true);

    [Fact]
    public void Sections_OfTheChapter_AreTheBooks() => Assert.Equal(
        ["What you will be able to do", "The idea", "Diagrams", "Demos", "Learning notes", "Research highlights", "Challenges and limitations", "Looking ahead", "Exercises"],
        Chapter.Split('\n').Where(line => line.StartsWith("## ", StringComparison.Ordinal)).Select(line => line[3..]));

    [Fact]
    public void Listings_OfTheChapter_AreCompiledCode()
    {
        string[] sources =
        [
            .. new[] { Folder, Path.Combine(Root, "src", "Autograd"), Path.Combine(Root, "src", "Tensor") }
                .SelectMany(folder => Directory.GetFiles(folder, "*.cs", SearchOption.AllDirectories)).Select(file => Flat(File.ReadAllText(file))),
        ];
        string[] listings = [.. Fences("csharp")];
        Assert.Equal(5, listings.Length);
        foreach (string listing in listings)
            Assert.True(sources.Any(source => source.Contains(Flat(listing), StringComparison.Ordinal)), $"No source has this listing:\n{listing}");
    }

    [Theory]
    [InlineData("loss = mean", "tape")]
    [InlineData("loss = sin", "tape", "--expression", "diamond")]
    [InlineData("(4, 1, 3) and", "broadcast")]
    public void Output_InTheChapter_IsWhatTheDemoPrints(string first, params string[] arguments)
    {
        string output = ExampleProcess.Run("Part3.Data.dll", [.. arguments, "--out", _out]).Output;
        string printed = Fences("").Single(block => block.StartsWith(first, StringComparison.Ordinal));
        // How near a gradient comes to differences hangs on the machine's vectors.
        foreach (string line in printed.Split('\n', StringSplitOptions.RemoveEmptyEntries).Where(line => !line.StartsWith("GradCheck", StringComparison.Ordinal)))
            Assert.Contains(line, output);
        if (first == "loss = mean") Assert.Contains(File.ReadAllText(Path.Combine(_out, "tape.mmd")).ReplaceLineEndings("\n"), Fences("mermaid"));
    }

    [Fact]
    public void Fusion_InTheChapter_HasTheDemosBytes()
    {
        string[] printed = Fences("").Single(block => block.StartsWith("x is (4096, 1024)", StringComparison.Ordinal)).Split('\n');
        string[] output = ExampleProcess.Run("Part3.Data.dll", "fusion", "--out", _out).Output.Split('\n');
        Assert.Equal(Bytes(printed), Bytes(output));
        foreach (string line in printed.Where(line => line.StartsWith("  ", StringComparison.Ordinal))) Assert.Contains(line, output);

        // Name, pass, operators, MiB and the factor between them; not the times.
        static IEnumerable<string> Bytes(string[] lines) =>
            [.. lines.Where(line => line.StartsWith('|')).Select(line => string.Join('|', line.Split('|', StringSplitOptions.TrimEntries)[1..8])).Where(line => !line.Contains("--"))];
    }

    [Fact]
    public void CommandsAndLinks_OfTheChapter_NameWhatExists()
    {
        string help = ExampleProcess.Run("Part3.Data.dll", "--help").Output;
        string[] demos = [.. Regex.Matches(Chapter, @"--project examples/Part3\.Data -- ([\w-]+)").Select(match => match.Groups[1].Value).Distinct()];
        Assert.Equal(["broadcast", "fusion", "grade", "inspect", "loader", "tape"], demos.Order());
        Assert.All(demos, demo => Assert.Contains($"  {demo} ", help));
        foreach (Match link in Regex.Matches(Chapter, @"\]\((?!https?:)([^)#]+)\)"))
        {
            string path = Path.Combine(Folder, link.Groups[1].Value);
            Assert.True(File.Exists(path) || Directory.Exists(path), $"The chapter links to {link.Groups[1].Value}, which does not exist.");
            if (path.EndsWith(".svg", StringComparison.Ordinal)) Assert.Equal("svg", XDocument.Load(path).Root!.Name.LocalName);
        }
    }

    private static IEnumerable<string> Fences(string language) =>
        Fence().Matches(Chapter).Where(match => match.Groups[1].Value == language).Select(match => match.Groups[2].Value);

    /// <summary>Lines without their indentation and without empty ones.</summary>
    private static string Flat(string code) =>
        string.Join('\n', code.Split('\n').Select(line => line.Trim()).Where(line => line.Length > 0));

    [GeneratedRegex(@"^```(\w*)\n(.*?)^```$", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex Fence();
}
