using System.ComponentModel;
using System.Diagnostics;
using System.Reflection;
using System.Text.Json.Nodes;

namespace MiniStack.Formats.Tests;

/// <summary>Runs the script of the golden files where there are Node and the package, or npm can get it.</summary>
internal static class HuggingFace
{
    public const string Missing = "There is no @huggingface/tokenizers: Node, npm or the network is missing.";

    private const string Script = "golden.mjs";
    private static readonly TimeSpan MostTime = TimeSpan.FromMinutes(2);
    private static readonly Lazy<string?> Installed = new(Install);

    /// <summary>Where the golden files lie.</summary>
    public static string Golden { get; } = Path.Combine(
        typeof(HuggingFace).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(a => a.Key == "RepositoryRoot").Value!, "tests", "Golden", "tokenizers");

    /// <summary>What the script prints; the test is skipped when the package cannot be had.</summary>
    public static string Run(params string[] arguments)
    {
        string folder = Installed.Value ?? "";
        Assert.SkipWhen(folder.Length == 0, Missing);
        (int code, string output, string error) = Start("node", folder, [Path.Combine(folder, Script), .. arguments]);
        Assert.True(code == 0, error);
        return output;
    }

    /// <summary>The folder with script and package: that of the golden files when the package was installed there, or one made for these tests; null when it cannot be had.</summary>
    private static string? Install()
    {
        try
        {
            if (Start("node", Golden, ["--version"]).Code != 0) return null;
            string installed = Path.Combine(Golden, "node_modules", "@huggingface", "tokenizers", "package.json");
            if (File.Exists(installed) && VersionIn(installed) == VersionIn(Path.Combine(Golden, "package.json"))) return Golden;
            string folder = Directory.CreateTempSubdirectory("ministack-npm-").FullName;
            AppDomain.CurrentDomain.ProcessExit += (_, _) => Directory.Delete(folder, recursive: true);
            foreach (string name in (string[])["package.json", "package-lock.json", Script]) File.Copy(Path.Combine(Golden, name), Path.Combine(folder, name));
            return Start("npm", folder, ["ci", "--no-audit", "--no-fund", "--fetch-retries=0", "--fetch-timeout=20000"]).Code == 0 ? folder : null;
        }
        catch (Win32Exception)
        {
            return null; // there is no such program
        }
    }

    /// <summary>The version that a package has, or that ours asks for.</summary>
    private static string? VersionIn(string file)
    {
        JsonNode root = JsonNode.Parse(File.ReadAllText(file))!;
        return (string?)(root["version"] ?? root["dependencies"]!["@huggingface/tokenizers"]);
    }

    private static (int Code, string Output, string Error) Start(string program, string folder, string[] arguments)
    {
        ProcessStartInfo start = new(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true, WorkingDirectory = folder };
        using Process process = Process.Start(start)!;
        Task<string> output = process.StandardOutput.ReadToEndAsync(), error = process.StandardError.ReadToEndAsync();
        if (!process.WaitForExit(MostTime))
        {
            process.Kill(entireProcessTree: true);
            return (-1, "", $"{program} did not end within {MostTime.TotalMinutes} minutes.");
        }
        return (process.ExitCode, output.Result, error.Result);
    }
}
