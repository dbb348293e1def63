namespace MiniStack.Tests;

/// <summary>The committed numbers are those that the scripts make. Skipped where there is no Python with PyTorch.</summary>
public class GoldenScriptTests
{
    private static readonly string? Torch = Python.With("torch");

    /// <summary>Files that another file's script makes as well.</summary>
    private static readonly Dictionary<string, string> Makers = new() { ["optim_gaps"] = "optim_traces" };

    public static TheoryData<string> Scripts => [.. Directory.EnumerateFiles(GoldenFile.Folder, "*.safetensors").Select(path => Path.GetFileNameWithoutExtension(path)!).Order()];

    [Theory]
    [MemberData(nameof(Scripts))]
    public void Script_RunAgain_MakesTheCommittedFile(string name)
    {
        if (Torch is null) Assert.Skip("No python3 with torch is installed (on Debian: apt-get install python3-torch).");
        string folder = Directory.CreateTempSubdirectory("ministack-golden-").FullName;
        try
        {
            Assert.Equal(0, Python.Run(Torch, "-B", Path.Combine(GoldenFile.Folder, $"{Makers.GetValueOrDefault(name, name)}.py"), folder));
            GoldenFile committed = GoldenFile.Open($"{name}.safetensors"), made = new(Path.Combine(folder, $"{name}.safetensors"));
            Assert.Equal(committed.Tensors.Keys, made.Tensors.Keys);
            // Another version of PyTorch, or another machine, may round the start values differently.
            foreach ((string key, Tensor tensor) in committed.Tensors) Assert.InRange(GoldenFile.Difference(tensor, made[key]), 0, 1e-5);
            Assert.Equal(committed.Metadata.Where(IsSetting).Order(ByKey), made.Metadata.Where(IsSetting).Order(ByKey));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static readonly Comparer<KeyValuePair<string, string>> ByKey =
        Comparer<KeyValuePair<string, string>>.Create((a, b) => string.CompareOrdinal(a.Key, b.Key));

    private static bool IsSetting(KeyValuePair<string, string> pair) => pair.Key != "pytorch";
}
