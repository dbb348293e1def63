namespace MiniStack.Formats.Tests;

/// <summary>A folder of its own for each test, gone afterwards.</summary>
public abstract class TestFolder : IDisposable
{
    protected TestFolder() => Folder = Directory.CreateTempSubdirectory("ministack-formats-").FullName;

    protected string Folder { get; }

    public void Dispose()
    {
        Directory.Delete(Folder, recursive: true);
        GC.SuppressFinalize(this);
    }

    protected string PathOf(string name) => Path.Combine(Folder, name);

    /// <summary>A file of these bytes.</summary>
    protected string FileOf(byte[] bytes, string name = "model.safetensors")
    {
        string path = PathOf(name);
        File.WriteAllBytes(path, bytes);
        return path;
    }

    protected string[] FilesLeft() => [.. Directory.EnumerateFiles(Folder).Select(path => Path.GetFileName(path)).Order(StringComparer.Ordinal)];
}
