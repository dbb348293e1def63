using System.Reflection;
using System.Text.RegularExpressions;
using System.Xml.Linq;

namespace MiniStack.Tests.Part5;

/// <summary>The chapter keeps the book's promises: its sections, its listings from code that is compiled, its numbers from the demos. What takes minutes to
/// train is not trained again here: the demos' own tests ask the same of shorter runs.</summary>
public sealed partial class ChapterTests : IDisposable
{
    private static readonly string Root =
        typeof(ChapterTests).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(a => a.Key == "RepositoryRoot").Value!;

    private static readonly string Folder = Path.Combine(Root, "examples", "Part5.Training");
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
            .. new[] { Folder, Path.Combine(Root, "src", "Optim"), Path.Combine(Root, "src", "Training") }
                .SelectMany(folder => Directory.GetFiles(folder, "*.cs", SearchOption.AllDirectories)).Select(file => Flat(File.ReadAllText(file))),
        ];
        string[] listings = [.. Fences("csharp")];
        Assert.Equal(4, listings.Length);
        foreach (string listing in listings)
            Assert.True(sources.Any(source => source.Contains(Flat(listing), StringComparison.Ordinal)), $"No source has this listing:\n{listing}");
    }

    [Fact]
    public void Schedules_InTheChapter_AreWhatTheDemoPrints()
    {
        string output = ExampleProcess.Run("Part5.Training.dll", "schedules", "--out", _out).Output;
        foreach (string line in Printed("Learning rate as a share")) Assert.Contains(line, output);
    }

    [Fact]
    public void Checkpointing_InTheChapter_HasTheDemosBytes()
    {
        string output = ExampleProcess.Run("Part5.Training.dll", "checkpointing", "--out", _out).Output;
        string[] kept = Kept(Printed("16 blocks"));
        Assert.Equal(8, kept.Length); // a heading, a line, and six ways to cut
        Assert.Equal(kept, Kept(output.Split('\n')));

        // Segments and MiB kept; not the times.
        static string[] Kept(string[] lines) =>
            [.. lines.Where(line => line.StartsWith('|')).Select(line => string.Join('|', line.Split('|', StringSplitOptions.TrimEntries)[1..3]))];
    }

    [Fact]
    public void CommandsAndLinks_OfTheChapter_NameWhatExists()
    {
        string help = ExampleProcess.Run("Part5.Training.dll", "--help").Output;
        string[] demos = [.. Regex.Matches(Chapter, @"--project examples/Part5\.Training -- ([\w-]+)").Select(match => match.Groups[1].Value).Distinct()];
        Assert.Equal(["checkpointing", "clinic", "grade", "landscape", "lr-finder", "optimizers", "precision", "scaling", "schedules", "search"], demos.Order(StringComparer.Ordinal));
        Assert.All(demos, demo => Assert.Contains($"  {demo} ", help));
        foreach (Match link in Regex.Matches(Chapter, @"\]\((?!https?:)([^)#]+)\)"))
        {
            string path = Path.Combine(Folder, link.Groups[1].Value);
            Assert.True(File.Exists(path) || Directory.Exists(path), $"The chapter links to {link.Groups[1].Value}, which does not exist.");
            if (path.EndsWith(".svg", StringComparison.Ordinal)) Assert.Equal("svg", XDocument.Load(path).Root!.Name.LocalName);
        }
    }

    private static string[] Printed(string first) =>
        Fences("").Single(block => block.StartsWith(first, StringComparison.Ordinal)).Split('\n', StringSplitOptions.RemoveEmptyEntries);

    private static IEnumerable<string> Fences(string language) =>
        Fence().Matches(Chapter).Where(match => match.Groups[1].Value == language).Select(match => match.Groups[2].Value);

    /// <summary>Lines without their indentation and without empty ones.</summary>
    private static string Flat(string code) =>
        string.Join('\n', code.Split('\n').Select(line => line.Trim()).Where(line => line.Length > 0));

    [GeneratedRegex(@"^```(\w*)\n(.*?)^```$", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex Fence();
}
