using System.Reflection;
using System.Text.RegularExpressions;
using MiniStack.Nn;
using MiniStack.Optim;
using Module = MiniStack.Nn.Module;

namespace MiniStack.Tests.Docs;

/// <summary>docs/from-pytorch.md shows code that is compiled and run here and in tests/Golden, and names what exists.</summary>
public sealed partial class PageTests
{
    private static readonly string[] Losses =
        [.. typeof(Variable).GetMethods().Select(method => method.Name).Where(name => LossName().IsMatch(name)).Distinct()];

    [Fact]
    public void Listings_OfThePage_AreThoseOfTheTests()
    {
        Assert.Equal(CSharp().Values.Order(StringComparer.Ordinal), Blocks("csharp"));
        Assert.Equal(Python().Values.Order(StringComparer.Ordinal), Blocks("python"));
    }

    [Fact]
    public void Sections_OfThePage_ShowBothSidesOfOneTopic()
    {
        Dictionary<string, string> csharp = CSharp(), python = Python();
        Assert.Equal(python.Keys.Order(), csharp.Keys.Order());
        foreach (Match pair in Pair().Matches(PageCases.Page))
        {
            string topic = python.Single(region => region.Value == pair.Groups[1].Value).Key;
            Assert.Equal(csharp[topic], pair.Groups[2].Value);
        }
        Assert.Equal(python.Count, Pair().Count(PageCases.Page));
    }

    [Fact]
    public void Names_OfThePage_Exist()
    {
        HashSet<string> known =
        [
            .. Types(typeof(Module).Assembly), .. Types(typeof(Optimizer).Assembly), .. Types(typeof(Training.Trainer).Assembly), .. Losses,
        ];
        string[] names = [.. Rows().SelectMany(row => row.Names)];
        Assert.NotEmpty(names);
        Assert.All(names, name => Assert.Contains(name, known));
        Assert.Equal(names.Distinct().Order(), names.Order());
    }

    [Fact]
    public void Names_OfThePage_AreAllLayersOptimizersSchedulesAndLosses()
    {
        Missing("Layers", typeof(Module).Assembly.GetExportedTypes().Where(type => !type.IsAbstract && type.IsAssignableTo(typeof(Module))).Select(NameOf));
        Missing("Optimizers", typeof(Optimizer).Assembly.GetExportedTypes().Where(type => !type.IsAbstract && type.IsAssignableTo(typeof(Optimizer))).Select(NameOf));
        Missing("Schedules", typeof(ISchedule).Assembly.GetExportedTypes().Where(type => !type.IsAbstract && type.IsAssignableTo(typeof(ISchedule))).Select(NameOf));
        Missing("Losses", Losses);

        static void Missing(string section, IEnumerable<string> all)
        {
            string[] named = [.. Rows().Where(row => row.Section == section).SelectMany(row => row.Names)];
            Assert.Empty(all.Except(named));
        }
    }

    [Fact]
    public void Links_OfThePage_NameWhatExists()
    {
        string text = Regex.Replace(PageCases.Page, "^```.*?^```$", "", RegexOptions.Multiline | RegexOptions.Singleline);
        foreach (Match link in Regex.Matches(text, @"\]\((?!https?:)([^)#]+)\)"))
        {
            string path = Path.Combine(PageCases.Root, "docs", link.Groups[1].Value);
            Assert.True(File.Exists(path) || Directory.Exists(path), $"The page links to {link.Groups[1].Value}, which does not exist.");
        }
        string[] headings = [.. Regex.Matches(text, "^#+ (.*)$", RegexOptions.Multiline).Select(heading => heading.Groups[1].Value.ToLowerInvariant().Replace(' ', '-'))];
        foreach (Match link in Regex.Matches(text, @"\]\(#([^)]+?)(-1)?\)")) // -1: the second heading of this name
            Assert.True(headings.Count(heading => heading == link.Groups[1].Value) > (link.Groups[2].Success ? 1 : 0), $"The page has no heading for {link.Value}.");
        Assert.Contains("(docs/from-pytorch.md)", File.ReadAllText(Path.Combine(PageCases.Root, "README.md")));
    }

    /// <summary>The rows of the tables: under which heading, and the names of the second column.</summary>
    private static IEnumerable<(string Section, string[] Names)> Rows()
    {
        string section = "";
        foreach (string line in PageCases.Page.Split('\n'))
        {
            if (line.StartsWith('#')) section = line.TrimStart('#', ' ');
            if (!line.StartsWith("| ", StringComparison.Ordinal) || line.StartsWith("| PyTorch", StringComparison.Ordinal)) continue;
            yield return (section, [.. Code().Matches(line.Split('|')[2]).Select(match => match.Groups[1].Value)]);
        }
    }

    private static IEnumerable<string> Types(Assembly assembly) => assembly.GetExportedTypes().Select(NameOf);

    private static string NameOf(Type type) => type.Name.Split('`')[0];

    private static string[] Blocks(string language) =>
        [.. Regex.Matches(PageCases.Page, $@"^```{language}\n(.*?)^```$", RegexOptions.Multiline | RegexOptions.Singleline).Select(match => match.Groups[1].Value).Order(StringComparer.Ordinal)];

    private static Dictionary<string, string> CSharp() =>
        Regions("//", [.. Directory.GetFiles(Path.Combine(PageCases.Root, "tests", "Examples.Tests", "Docs"), "*Listings.cs")]);

    private static Dictionary<string, string> Python() =>
        Regions("#", [.. Directory.GetFiles(Path.Combine(PageCases.Root, "tests", "Golden"), "page_*.py")]);

    /// <summary>What stands between the marks, without the indentation that all of it shares.</summary>
    private static Dictionary<string, string> Regions(string mark, string[] files)
    {
        Dictionary<string, string> regions = [];
        foreach (string file in files)
        {
            string source = File.ReadAllText(file).ReplaceLineEndings("\n");
            foreach (Match region in Regex.Matches(source, $@"^( *){mark} <(\w+)>\n(.*?)^ *{mark} </\2>$", RegexOptions.Multiline | RegexOptions.Singleline))
                regions.Add(region.Groups[2].Value, Regex.Replace(region.Groups[3].Value, $"^{region.Groups[1].Value}", "", RegexOptions.Multiline));
        }
        return regions;
    }

    [GeneratedRegex("`([^`]+)`")]
    private static partial Regex Code();

    [GeneratedRegex("(Loss|CrossEntropy|CrossEntropyWithLogits|SquaredError|Divergence|Likelihood|InfoNce)$")]
    private static partial Regex LossName();

    [GeneratedRegex(@"^```python\n(.*?)^```\n\n```csharp\n(.*?)^```$", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex Pair();
}
