namespace MiniStack.Formats.Tests;

/// <summary>Files that change while they are open.</summary>
public sealed class SafetensorsChangingFileTests : TestFolder
{
    [Fact]
    public void Read_AfterTheFileWasCutShort_SaysAndTheProcessLives()
    {
        string path = PathOf("model.safetensors");
        Safetensors.Save(path, [new("a", Tensor.Ones([1000])), new("b", Tensor.Ones([1_000_000]))]);
        using SafetensorsFile file = Safetensors.Open(path);
        long end = new FileInfo(path).Length;
        using (FileStream other = new(path, FileMode.Open, FileAccess.Write, FileShare.ReadWrite)) other.SetLength(end - 4_000_000 + 8);
        CheckpointException error = Assert.Throws<CheckpointException>(() => file.Read("b"));
        Assert.Equal($"{path}: it was cut short at byte {end - 4_000_000 + 8} while it was open. The file is damaged: copy, download or save it again.", error.Message);
        Assert.Equal(1000, file.Read("a").Sum().Item());
    }

    [Fact]
    public void Read_AfterTheFileGrew_ReadsWhatItWas()
    {
        string path = PathOf("model.safetensors");
        Safetensors.Save(path, [new("a", Tensor.Ones([1000]))]);
        using SafetensorsFile file = Safetensors.Open(path);
        using (FileStream other = new(path, FileMode.Append, FileAccess.Write, FileShare.ReadWrite)) other.Write(new byte[1 << 20]);
        Assert.Equal(1000, file.Read("a").Sum().Item());
    }
}
