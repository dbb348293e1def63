using System.Reflection;
using System.Text.RegularExpressions;
using System.Xml.Linq;

namespace MiniStack.Tests.Part1;

/// <summary>The chapter keeps the book's promises: its sections, its listings from code that is compiled, commands and links that work.</summary>
public partial class ChapterTests
{
    private static readonly string Root =
        typeof(ChapterTests).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(a => a.Key == "RepositoryRoot").Value!;

    private static readonly string Folder = Path.Combine(Root, "examples", "Part1.Hardware");
    private static readonly string Chapter = File.ReadAllText(Path.Combine(Folder, "README.md")).ReplaceLineEndings("\n");

    [Fact]
    public void Sections_OfTheChapter_AreTheBooks() => Assert.Equal(
        ["What you will be able to do", "The idea", "Diagrams", "Demos", "Learning notes", "Research highlights", "Challenges and limitations", "Looking ahead", "Exercises"],
        Chapter.Split('\n').Where(line => line.StartsWith("## ", StringComparison.Ordinal)).Select(line => line[3..]));

    [Fact]
    public void Listings_OfTheChapter_AreCompiledCode()
    {
        string[] sources =
        [
            .. new[] { Folder, Path.Combine(Root, "src", "Tensor", "Backends", "Cpu", "Kernels") }
                .SelectMany(folder => Directory.GetFiles(folder, "*.cs", SearchOption.AllDirectories)).Select(file => Flat(File.ReadAllText(file))),
        ];
        string[] listings = [.. Fence().Matches(Chapter).Where(match => match.Groups[1].Value == "csharp").Select(match => match.Groups[2].Value)];
        Assert.Equal(3, listings.Length);
        foreach (string listing in listings)
            Assert.True(sources.Any(source => source.Contains(Flat(listing), StringComparison.Ordinal)), $"No source has this listing:\n{listing}");
    }

    [Fact]
    public void Bits_InTheChapter_IsWhatTheDemoPrints()
    {
        string folder = Directory.CreateTempSubdirectory("ministack-chapter-").FullName;
        string output = ExampleProcess.Run("Part1.Hardware.dll", "bits", "--value", "0.1", "--out", folder).Output;
        Directory.Delete(folder, recursive: true);
        string printed = Fence().Matches(Chapter).Select(match => match.Groups[2].Value).Single(block => block.StartsWith("0.1, rounded", StringComparison.Ordinal));
        foreach (string line in printed.Split('\n', StringSplitOptions.RemoveEmptyEntries)) Assert.Contains(line, output);
    }

    [Fact]
    public void CommandsAndLinks_OfTheChapter_NameWhatExists()
    {
        string help = ExampleProcess.Run("Part1.Hardware.dll", "--help").Output;
        string[] demos = [.. Regex.Matches(Chapter, @"--project examples/Part1\.Hardware -- ([\w-]+)").Select(match => match.Groups[1].Value).Distinct()];
        Assert.Equal(["bits", "doctor", "gemm-ladder", "grade", "roofline"], demos.Order());
        Assert.All(demos, demo => Assert.Contains($"  {demo} ", help));
        foreach (Match link in Regex.Matches(Chapter, @"\]\((?!https?:)([^)#]+)\)"))
        {
            string path = Path.Combine(Folder, link.Groups[1].Value);
            Assert.True(File.Exists(path) || Directory.Exists(path), $"The chapter links to {link.Groups[1].Value}, which does not exist.");
            if (path.EndsWith(".svg", StringComparison.Ordinal)) Assert.Equal("svg", XDocument.Load(path).Root!.Name.LocalName);
        }
    }

    /// <summary>Lines without their indentation and without empty ones.</summary>
    private static string Flat(string code) =>
        string.Join('\n', code.Split('\n').Select(line => line.Trim()).Where(line => line.Length > 0));

    [GeneratedRegex(@"^```(\w*)\n(.*?)^```$", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex Fence();
}
