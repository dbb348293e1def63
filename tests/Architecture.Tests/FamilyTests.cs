using System.Text.RegularExpressions;

namespace MiniStack.Architecture.Tests;

/// <summary>One vocabulary: the file of an operator is called the same on every floor.</summary>
public sealed class FamilyTests(ITestOutputHelper output)
{
    private static readonly string[] Families =
    [
        "Elementwise", "Random", "Reduce", "MatMul", "Rows", "Norms", "Losses", "Index", "Arrange", "Convolution", "Pooling", "Attention",
        "Rotary", "Sort", "Optimizers",
    ];

    /// <summary>Where a floor's files lie, and how a method of an operator begins there.</summary>
    private static readonly (string Folder, string Prefix, string Declaration)[] Floors =
    [
        ("src/Tensor/Backends/Reference", "ReferenceBackend", @"public override \S+ {0}[<(]"),
        ("src/Tensor/Backends/Cpu", "CpuBackend", @"public override \S+ {0}[<(]"),
        ("src/Cuda/Backends", "CudaBackend", @"public override \S+ {0}[<(]"),
        ("src/Tensor/Operators", "Tensor", @"public (static )?\S+ {0}\("),
        ("src/Tensor/Fused", "Fused", @"(public|internal) static [^=;]* {0}\("),
        ("src/Autograd/Operators", "Variable", @"public (static )?\S+ {0}\("),
    ];

    [Fact]
    public void Operators_OnEveryFloor_LieInAFileOfTheSameFamily()
    {
        List<string> wrong = [];
        string[] names =
        [
            .. typeof(Backend).GetMethods().Where(method => method.IsAbstract).Select(method => method.Name)
                .Concat(OperatorColumnTests.ElementwiseNames).Distinct(),
        ];
        foreach (string name in names)
        {
            string[] families = [.. Floors.SelectMany(floor => FamiliesOf(floor, name)).Distinct()];
            if (families.Length > 1) wrong.Add($"{name}: {string.Join(", ", families)}");
        }
        output.WriteLine($"measured: {names.Length} operators, {wrong.Count} with files of two families");
        Assert.True(wrong.Count == 0, $"The same word on every floor: {string.Join("; ", wrong)}.");
    }

    [Fact]
    public void Files_OfOperators_AreNamedByAFamily()
    {
        string[] wrong =
        [
            .. from floor in Floors
               from file in Files(floor)
               where FamilyOf(file) is { } family && !Families.Contains(family)
               select Repository.Relative(file),
        ];
        Assert.True(wrong.Length == 0, $"Named after no family: {string.Join("; ", wrong)}. The families are {string.Join(", ", Families)}.");
    }

    [Fact]
    public void Folders_InSrc_HoldAtMost25Files()
    {
        string[] wrong =
        [
            .. from folder in Directory.EnumerateDirectories(Path.Combine(Repository.Root, "src"), "*", SearchOption.AllDirectories)
               where !Regex.IsMatch(folder, @"[/\\](bin|obj)([/\\]|$)")
               let count = Directory.EnumerateFiles(folder).Count()
               where count > 25
               select $"{Repository.Relative(folder)} has {count}",
        ];
        Assert.True(wrong.Length == 0, $"Folders of more than 25 files: {string.Join("; ", wrong)}. Group them by what they have in common.");
    }

    private static IEnumerable<string> FamiliesOf((string Folder, string Prefix, string Declaration) floor, string name)
    {
        Regex declaration = new(string.Format(System.Globalization.CultureInfo.InvariantCulture, floor.Declaration, name));
        foreach (string file in Files(floor))
            if (declaration.IsMatch(File.ReadAllText(file))) yield return FamilyOf(file) ?? "none";
    }

    private static IEnumerable<string> Files((string Folder, string Prefix, string Declaration) floor) =>
        Repository.Files(floor.Folder, floor.Prefix + ".*cs").Where(file => !file.Contains("/Kernels/", StringComparison.Ordinal));

    /// <summary>The second part of a file's name; null for the class's own file.</summary>
    private static string? FamilyOf(string file) => Path.GetFileName(file).Split('.') is [_, var family, .., _] ? family : null;
}
