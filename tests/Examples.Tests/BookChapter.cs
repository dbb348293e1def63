using System.Reflection;
using System.Text.RegularExpressions;
using System.Xml.Linq;

namespace MiniStack.Tests;

/// <summary>What every chapter of the book is asked: its sections, its listings from code that is compiled, commands and links that work.</summary>
/// <param name="part">Its folder in examples, which is also its program.</param>
/// <param name="listings">How many listings of C# it has.</param>
/// <param name="rooms">Folders of src that listings may come from, beside its own.</param>
/// <param name="demos">The demos it names, in order.</param>
/// <param name="exercises">Its exercises, in the order of the chapter.</param>
public abstract partial class BookChapter(string part, int listings, string[] rooms, string[] demos, string[] exercises) : IDisposable
{
    private static readonly string Root =
        typeof(BookChapter).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(a => a.Key == "RepositoryRoot").Value!;

    private readonly string _folder = Path.Combine(Root, "examples", part);

    /// <summary>Where demos may write.</summary>
    protected string Out { get; } = Directory.CreateTempSubdirectory("ministack-chapter-").FullName;

    /// <summary>Its text.</summary>
    protected string Chapter { get; } = File.ReadAllText(Path.Combine(Root, "examples", part, "README.md")).ReplaceLineEndings("\n");

    public void Dispose()
    {
        Directory.Delete(Out, recursive: true);
        GC.SuppressFinalize(this);
    }

    [Fact]
    public void Sections_OfTheChapter_AreTheBooks() => Assert.Equal(
        ["What you will be able to do", "The idea", "Diagrams", "Demos", "Learning notes", "Research highlights", "Challenges and limitations", "Looking ahead", "Exercises"],
        Chapter.Split('\n').Where(line => line.StartsWith("## ", StringComparison.Ordinal)).Select(line => line[3..]));

    [Fact]
    public void Listings_OfTheChapter_AreCompiledCode()
    {
        string[] sources =
        [
            .. rooms.Select(room => Path.Combine(Root, "src", room)).Prepend(_folder)
                .SelectMany(folder => Directory.GetFiles(folder, "*.cs", SearchOption.AllDirectories)).Select(file => Flat(File.ReadAllText(file))),
        ];
        string[] found = [.. Fences("csharp")];
        Assert.Equal(listings, found.Length);
        foreach (string listing in found)
            Assert.True(sources.Any(source => source.Contains(Flat(listing), StringComparison.Ordinal)), $"No source has this listing:\n{listing}");
    }

    [Fact]
    public void CommandsAndLinks_OfTheChapter_NameWhatExists()
    {
        string help = ExampleProcess.Run($"{part}.dll", "--help").Output;
        string[] named = [.. Regex.Matches(Chapter, $@"--project examples/{Regex.Escape(part)} -- (\w[\w-]*)").Select(match => match.Groups[1].Value).Distinct()];
        Assert.Equal(demos, named.Order(StringComparer.Ordinal));
        Assert.All(named, demo => Assert.Contains($"  {demo} ", help));
        foreach (Match link in Regex.Matches(Chapter, @"\]\((?!https?:)([^)#]+)\)"))
        {
            string path = Path.Combine(_folder, link.Groups[1].Value);
            Assert.True(File.Exists(path) || Directory.Exists(path), $"The chapter links to {link.Groups[1].Value}, which does not exist.");
            if (path.EndsWith(".svg", StringComparison.Ordinal)) Assert.Equal("svg", XDocument.Load(path).Root!.Name.LocalName);
        }
    }

    [Fact]
    public void Exercises_AsShipped_AreOpen()
    {
        ExampleResult result = ExampleProcess.Run($"{part}.dll", "grade");
        Assert.Equal((0, ""), (result.ExitCode, result.Error));
        Assert.Equal(
            exercises.Select((name, i) => FormattableString.Invariant($"{i + 1}. {name}: open")),
            result.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries));
    }

    /// <summary>What a demo prints; its pictures go to <see cref="Out"/>.</summary>
    protected string Output(params string[] arguments) => ExampleProcess.Run($"{part}.dll", [.. arguments, "--out", Out]).Output;

    /// <summary>The lines of the printed output that begins so.</summary>
    protected string[] Printed(string first) =>
        Fences("").Single(block => block.StartsWith(first, StringComparison.Ordinal)).Split('\n', StringSplitOptions.RemoveEmptyEntries);

    /// <summary>All blocks of a language; of none for what programs print.</summary>
    protected IEnumerable<string> Fences(string language) =>
        Fence().Matches(Chapter).Where(match => match.Groups[1].Value == language).Select(match => match.Groups[2].Value);

    /// <summary>Lines without their indentation and without empty ones.</summary>
    private static string Flat(string code) =>
        string.Join('\n', code.Split('\n').Select(line => line.Trim()).Where(line => line.Length > 0));

    [GeneratedRegex(@"^```(\w*)\n(.*?)^```$", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex Fence();
}
