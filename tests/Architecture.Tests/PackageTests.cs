using System.Diagnostics;
using System.Globalization;
using System.IO.Compression;
using System.Text;

namespace MiniStack.Architecture.Tests;

/// <summary>What is packed is what a program needs that knows nothing but a folder of packages: symbols, a page, and the warning of NativeAOT.</summary>
/// <remarks>It packs, restores and publishes, which takes minutes: test.sh runs it with --soak only.</remarks>
public sealed class PackageTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("ministack-packages").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    [Trait("Category", "Packages")]
    public void Packages_UsedByAProgram_WorkUnderNativeAot()
    {
        foreach (string room in Repository.Rooms.Where(room => room != "Cuda"))
            Dotnet(Repository.Root, "pack", Repository.ProjectOf(room), "-c", "Release", "-o", Path.Combine(_folder, "feed"), "-p:Version=0.0.1-test");
        foreach (string package in Directory.GetFiles(Path.Combine(_folder, "feed"), "*.nupkg")) CheckPackage(package);
        Assert.Empty(Directory.GetFiles(Path.Combine(_folder, "feed"), "*.snupkg"));

        File.WriteAllText(Path.Combine(_folder, "NuGet.config"), """
            <configuration><packageSources><add key="feed" value="feed" /></packageSources>
            <config><add key="globalPackagesFolder" value="packages" /></config></configuration>
            """);
        File.WriteAllText(Path.Combine(_folder, "App.csproj"), """
            <Project Sdk="Microsoft.NET.Sdk">
              <PropertyGroup>
                <OutputType>Exe</OutputType><TargetFramework>net10.0</TargetFramework><Nullable>enable</Nullable><ImplicitUsings>enable</ImplicitUsings>
                <PublishAot>true</PublishAot><InvariantGlobalization>true</InvariantGlobalization><StripSymbols>false</StripSymbols>
              </PropertyGroup>
              <ItemGroup>
                <PackageReference Include="MiniStack.Models" Version="0.0.1-test" /><PackageReference Include="MiniStack.Training" Version="0.0.1-test" />
              </ItemGroup>
            </Project>
            """);
        File.Copy(Path.Combine(Repository.Root, "tests", "Architecture.Tests", "AotProgram.txt"), Path.Combine(_folder, "Program.cs"));

        string plain = Publish("plain");
        Assert.Contains("warning MINISTACK001: PublishAot without IlcInstructionSet compiles for processors of 2008", plain);
        Assert.DoesNotMatch(@"MiniStack\.\w+\.dll : warning IL", plain);
        string wide = Publish("wide", "-p:IlcInstructionSet=x86-64-v3");
        Assert.DoesNotContain("MINISTACK001", wide);

        (string slow, string slowErrors) = Run(Path.Combine(_folder, "plain", "App"));
        (string fast, string fastErrors) = Run(Path.Combine(_folder, "wide", "App"));
        Assert.Contains("MiniStack: kernels run at 128 bits, several times slower than they could, because the program was compiled without AVX2", slowErrors);
        Assert.Single(slowErrors.Split("MiniStack:", StringSplitOptions.None)[1..]);
        Assert.Equal("", fastErrors);
        // All lines but the time are those of a program that has everything.
        Assert.Equal(Expected, Facts(slow));
        Assert.Equal(Expected, Facts(fast));
        Assert.True(Speed(fast) >= 30, $"{Speed(fast)} GFLOP/s: 100 times what emulated FMA gave.");
        Assert.True(Speed(slow) >= 1.5, $"{Speed(slow)} GFLOP/s");
    }

    private static readonly string[] Expected =
    [
        "field: Field holds a Linear", "base: _field holds a Linear", "list: Field holds a Linear", "tuple: Field holds a Linear", "dictionary: Field holds a Linear",
        "parameter: Field holds a Parameter", "set: Field holds a Linear", "function of a layer: Field holds a Linear", "registered: fine",
        "search: 3 trials, then 3 recalled", "gpt: saved and loaded", "done",
    ];

    private static string[] Facts(string output) => [.. output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Where(line => !line.StartsWith("matmul", StringComparison.Ordinal))];

    private static double Speed(string output) =>
        double.Parse(output.Split('\n').Single(line => line.StartsWith("matmul", StringComparison.Ordinal)).Split(' ')[1], CultureInfo.InvariantCulture);

    private static void CheckPackage(string package)
    {
        using ZipArchive zip = ZipFile.OpenRead(package);
        Assert.NotNull(zip.GetEntry("README.md"));
        string id = Path.GetFileName(package)[..^".0.0.1-test.nupkg".Length];
        Assert.Equal(id == "MiniStack.Tensor", zip.GetEntry("buildTransitive/MiniStack.Tensor.targets") is not null);
        using StreamReader specification = new(zip.GetEntry(id + ".nuspec")!.Open());
        Assert.DoesNotContain("<description>Package Description</description>", specification.ReadToEnd(), StringComparison.Ordinal);
        using Stream library = zip.GetEntry($"lib/net10.0/{id}.dll")!.Open();
        using MemoryStream bytes = new();
        library.CopyTo(bytes);
        Assert.True(bytes.ToArray().AsSpan().IndexOf(Encoding.UTF8.GetBytes(Repository.Root.TrimEnd('/'))) < 0, $"{id} names the folder that it was built in.");
        CheckSymbols(bytes.ToArray(), id);
    }

    /// <summary>Every document of the symbols lies under a made-up root and brings its source along.</summary>
    private static void CheckSymbols(byte[] library, string id)
    {
        using System.Reflection.PortableExecutable.PEReader reader = new(new MemoryStream(library));
        System.Reflection.PortableExecutable.DebugDirectoryEntry entry = reader.ReadDebugDirectory()
            .Single(directory => directory.Type == System.Reflection.PortableExecutable.DebugDirectoryEntryType.EmbeddedPortablePdb);
        using System.Reflection.Metadata.MetadataReaderProvider provider = reader.ReadEmbeddedPortablePdbDebugDirectoryData(entry);
        System.Reflection.Metadata.MetadataReader symbols = provider.GetMetadataReader();
        string[] names = [.. symbols.Documents.Select(document => symbols.GetString(symbols.GetDocument(document).Name))];
        Assert.NotEmpty(names);
        Assert.All(names.Where(name => Path.IsPathRooted(name)), name => Assert.StartsWith("/ministack/src/", name, StringComparison.Ordinal));
        Guid embeddedSource = new("0E8A571B-6926-466E-B4AD-8AB04611F5FE");
        int embedded = symbols.Documents.Count(document => symbols.GetCustomDebugInformation(document)
            .Any(information => symbols.GetGuid(symbols.GetCustomDebugInformation(information).Kind) == embeddedSource));
        Assert.True(embedded == names.Length, $"{id}: {embedded} of {names.Length} sources are embedded.");
    }

    private string Publish(string to, params string[] more)
    {
        string? linker = new[] { "clang", "clang-18", "clang-17", "clang-16", "clang-14", "gcc" }.FirstOrDefault(name => File.Exists("/usr/bin/" + name));
        return Dotnet(_folder, ["publish", "-c", "Release", "-o", to, "-p:CppCompilerAndLinker=" + linker, .. more]);
    }

    private static string Dotnet(string folder, params string[] arguments)
    {
        (string output, string errors) = Run("dotnet", folder, arguments);
        return output + errors;
    }

    private static (string Output, string Errors) Run(string program, string? folder = null, params string[] arguments)
    {
        ProcessStartInfo start = new(program, arguments) { WorkingDirectory = folder ?? "", RedirectStandardOutput = true, RedirectStandardError = true };
        // The settings of this test run are not those of the user's machine.
        foreach (string name in start.Environment.Keys.Where(name => name.StartsWith("MSBuild", StringComparison.Ordinal) || name.StartsWith("DOTNET_Enable", StringComparison.Ordinal)).ToArray())
            start.Environment.Remove(name);
        using Process process = Process.Start(start)!;
        Task<string> errors = process.StandardError.ReadToEndAsync();
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        Assert.True(process.ExitCode == 0, $"{program} {string.Join(' ', arguments)}\n{output}\n{errors.Result}");
        return (output, errors.Result);
    }
}
