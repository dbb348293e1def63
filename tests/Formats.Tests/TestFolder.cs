namespace MiniStack.Formats.Tests;

/// <summary>A folder of its own for each test, gone afterwards.</summary>
public abstract class TestFolder : IDisposable
{
    private const string MemoryDisk = "/dev/shm";

    /// <param name="manyFiles">Prefers a disk in memory where there is one: thousands of small files wear out a real one.</param>
    protected TestFolder(bool manyFiles = false)
    {
        Folder = manyFiles && Directory.Exists(MemoryDisk)
            ? Directory.CreateDirectory(Path.Combine(MemoryDisk, $"ministack-formats-{Guid.NewGuid():N}")).FullName
            : Directory.CreateTempSubdirectory("ministack-formats-").FullName;
    }

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
