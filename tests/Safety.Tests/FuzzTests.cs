using System.Diagnostics;
using System.Globalization;
using System.Reflection;
using System.Text.RegularExpressions;

namespace MiniStack.Tests;

/// <summary>Memory safety is a property: whatever is called, in whatever order, on whatever thread, nothing outside of a tensor is read or written.</summary>
public class FuzzTests(ITestOutputHelper output)
{
    private static readonly int Programs = Soak.IsOn ? 100_000 : 2_000;

    [Fact]
    public async Task RandomPrograms_AmongGuardedBlocks_TouchNothingOutside()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Guarded blocks are made with Linux's mmap.");
        ProcessStartInfo start = new(Environment.ProcessPath!, [Program.FuzzCommand, "1", Programs.ToString(CultureInfo.InvariantCulture)]) { RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment["DOTNET_GCHeapHardLimit"] = "0x40000000"; // what asks for too much is told so, and takes nothing from others
        using Process process = Process.Start(start)!;
        Task<string> errors = process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        string last = "", found = "";
        while (await process.StandardOutput.ReadLineAsync(TestContext.Current.CancellationToken) is { } line)
        {
            if (line.Contains("untyped: ", StringComparison.Ordinal) && found.Length < 4000) found += line + "\n";
            if (line.Length > 0) last = line;
        }
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        string told = await errors;
        output.WriteLine(last);
        Assert.True(process.ExitCode == 0, $"Exit code {process.ExitCode} (`{Program.FuzzCommand} SEED 1` runs one program again). Last line: {last}\n{found}{told[..Math.Min(2000, told.Length)]}");
        Assert.StartsWith($"measured: {Programs} programs", last);
    }

    /// <summary>What the programs never call proves nothing.</summary>
    [Theory]
    [InlineData(typeof(Tensor), "TensorOperations.cs", "OtherOperations.cs")]
    [InlineData(typeof(Variable), "VariableOperations.cs", "OtherOperations.cs", "Chooser.cs")]
    public void Programs_CallEveryPublicMethod(Type type, params string[] files)
    {
        string root = typeof(FuzzTests).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().First(data => data.Key == "RepositoryRoot").Value!;
        string text = string.Concat(files.Select(file => File.ReadAllText(Path.Combine(root, "tests/Safety.Tests/Fuzz", file))));
        string[] missing =
        [
            .. type.GetMethods(BindingFlags.Public | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly)
                .Where(method => !method.IsSpecialName).Select(method => method.Name).Distinct()
                .Where(name => !Regex.IsMatch(text, $@"\b{name}\b")),
        ];
        Assert.Empty(missing);
    }
}
