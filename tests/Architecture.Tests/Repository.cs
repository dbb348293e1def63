using System.Reflection;
using System.Text.RegularExpressions;

namespace MiniStack.Architecture.Tests;

/// <summary>The files of the project, and the rooms as assemblies.</summary>
internal static partial class Repository
{
    public static string Root { get; } = typeof(Repository).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>()
        .Single(attribute => attribute.Key == "RepositoryRoot").Value!;

    /// <summary>Rooms that are built: the folders of src with a project of their name.</summary>
    public static IReadOnlyList<string> Rooms { get; } =
    [
        .. Directory.EnumerateDirectories(Path.Combine(Root, "src")).Select(folder => Path.GetFileName(folder))
            .Where(room => File.Exists(ProjectOf(room))).Order(StringComparer.Ordinal),
    ];

    public static string ProjectOf(string room) => Path.Combine(Root, "src", room, $"{room}.csproj");

    public static Assembly AssemblyOf(string room) => Assembly.Load($"MiniStack.{room}");

    /// <summary>Files below a folder of the repository, without what the build made; none when the folder does not exist.</summary>
    public static IEnumerable<string> Files(string folder, params string[] patterns)
    {
        string path = Path.Combine(Root, folder);
        if (!Directory.Exists(path)) return [];
        return patterns
            .SelectMany(pattern => Directory.EnumerateFiles(path, pattern, SearchOption.AllDirectories))
            .Where(file => !Relative(file).Split('/').Any(part => part is "bin" or "obj"))
            .Order(StringComparer.Ordinal);
    }

    /// <summary>Path below the root, with slashes on every system.</summary>
    public static string Relative(string file) => Path.GetRelativePath(Root, file).Replace('\\', '/');

    /// <summary>C# text without its comments; line breaks stay, so that line numbers do.</summary>
    public static string WithoutComments(string code) => Tokens().Replace(
        code, match => match.Groups["comment"].Success ? new string('\n', match.Value.Count(c => c == '\n')) : match.Value);

    /// <summary>Places in the C# code below a folder where a pattern matches outside comments, as file:line: text.</summary>
    public static IReadOnlyList<string> Find(string folder, Regex pattern) =>
    [
        .. from file in Files(folder, "*.cs")
           from line in WithoutComments(File.ReadAllText(file)).Split('\n').Index()
           where pattern.IsMatch(line.Item)
           select $"{Relative(file)}:{line.Index + 1}: {line.Item.Trim()}",
    ];

    // Strings come first, because "//" inside one begins no comment.
    [GeneratedRegex("""
        "{3,}[\s\S]*?"{3,} | @\$?"(?:[^"]|"")*" | \$@"(?:[^"]|"")*" | "(?:\\.|[^"\\\n])*" | '(?:\\.|[^'\\\n])+'
        | (?<comment> //[^\n]* | /\*[\s\S]*?\*/ )
        """, RegexOptions.IgnorePatternWhitespace)]
    private static partial Regex Tokens();
}
