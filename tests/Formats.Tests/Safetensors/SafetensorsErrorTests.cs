namespace MiniStack.Formats.Tests;

/// <summary>What a caller can do wrong, and what the file system can.</summary>
public sealed class SafetensorsErrorTests : TestFolder
{
    private string Model => PathOf("model.safetensors");

    [Fact]
    public void Open_MissingFile_Says() => AssertMessage(
        () => Safetensors.Open(Model), $"{Model}: cannot be read: there is no such file. Check the path.");

    [Fact]
    public void Open_MissingFolder_Says() => AssertMessage(
        () => Safetensors.Open(PathOf("no/model")), $"{PathOf("no/model")}: cannot be read: its folder does not exist. Check the path.");

    [Fact]
    public void Open_Folder_Says() => AssertMessage(
        () => Safetensors.Open(Folder), $"{Folder}: cannot be read: it is a folder. Name a file inside it.");

    [Fact]
    public void Open_ForbiddenFile_Says()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows forbids in other ways.");
        if (OperatingSystem.IsWindows()) return;
        File.WriteAllText(Model, "");
        File.SetUnixFileMode(Model, UnixFileMode.None);
        File.SetUnixFileMode(Folder, File.GetUnixFileMode(Folder) | UnixFileMode.OtherExecute);
        Unprivileged.Run(() => AssertMessage(
            () => Safetensors.Open(Model), $"{Model}: cannot be read: permission is denied. Check who may read it."));
    }

    [Fact]
    public void Read_UnknownName_ListsSomeNames()
    {
        Safetensors.Save(Model, Enumerable.Range(0, 7).Select(i => KeyValuePair.Create($"w{i}", Tensor.Ones([1]))));
        using SafetensorsFile file = Safetensors.Open(Model);
        AssertMessage(() => file.Read("w\n"),
            $"{Model}: there is no tensor 'w\\u000a'. The file has 7 tensors, such as 'w0', 'w1', 'w2', 'w3', 'w4'. Check the name.");
        Safetensors.Save(Model, []);
        using SafetensorsFile empty = Safetensors.Open(Model);
        AssertMessage(() => empty.Read("w"), $"{Model}: there is no tensor 'w'. The file has 0 tensors.");
    }

    [Fact]
    public void Read_ClosedFile_Says()
    {
        Safetensors.Save(Model, [new("w", Tensor.Ones([1]))]);
        SafetensorsFile file = Safetensors.Open(Model);
        file.Dispose();
        AssertMessage(() => file.Read("w"), $"{Model}: it was closed before this tensor was read. Read inside the using block.");
    }

    [Fact]
    public void Read_TensorLargerThanOneBlock_Says()
    {
        // Sparse: the file claims 2³¹ bytes and takes none of them.
        byte[] start = SafetensorsBytes.Of($"{{{SafetensorsBytes.Entry("w", "BOOL", "[2147483647]", 0, int.MaxValue)}}}");
        using (FileStream stream = new(Model, FileMode.Create))
        {
            stream.Write(start);
            stream.SetLength(start.Length + (long)int.MaxValue);
        }
        using SafetensorsFile file = Safetensors.Open(Model);
        AssertMessage(() => file.Read("w"),
            $"{Model}: tensor 'w' has 2147483647 elements; one tensor holds at most {Array.MaxLength}. Split it along an axis and save the file again.");
    }

    [Fact]
    public void Save_RefusedNames_Say()
    {
        AssertRefused("a tensor has no name. Give every tensor one.", ("", Tensor.Ones([1])));
        AssertRefused(
            "tensor '__metadata__' has the name that the format keeps for metadata. Rename it.", ("__metadata__", Tensor.Ones([1])));
        AssertRefused("tensor 'w' is given twice. Rename one of them.", ("w", Tensor.Ones([1])), ("w", Tensor.Ones([2])));
        AssertRefused("the name of tensor 'a\\ud800' is not valid Unicode. Remove the half character at 1.", ("a\ud800", Tensor.Ones([1])));
        AssertRefused(
            $"the name of tensor '{new string('n', 80)}…' is longer than 4096 bytes. Shorten it.", (new string('n', 4097), Tensor.Ones([1])));
    }

    [Fact]
    public void Save_RefusedTensors_Say()
    {
        AssertRefused("there are more than 8192 tensors, too many for so little data. Stack small tensors into larger ones.",
            [.. Enumerable.Range(0, 8193).Select(i => ($"{i}", Tensor.Zeros([0])))]);
        Tensor dead;
        using (MemoryScope.Begin()) dead = Tensor.Ones([1]);
        Assert.Throws<MemoryScopeException>(() => Safetensors.Save(Model, [new("w", dead)]));
        Assert.Empty(FilesLeft());
    }

    [Fact]
    public void Save_RefusedMetadata_Says()
    {
        AssertMetadataRefused("the metadata of key 'k' is not valid Unicode. Remove the half character at 0.", ("k", "\udc00"));
        AssertMetadataRefused("the metadata key '\\ud800' is not valid Unicode. Remove the half character at 0.", ("\ud800", ""));
        AssertMetadataRefused("the metadata of key 'k' is null. Use an empty text.", ("k", null!));
        AssertMetadataRefused($"the metadata key '{new string('k', 80)}…' is longer than 4096 bytes. Shorten it.", (new string('k', 4097), ""));
        const string TooMuch =
            "the metadata is larger than MiniStack allows (4096 entries, 2097152 bytes in all). Keep long texts in files of their own.";
        AssertMetadataRefused(TooMuch, ("k", new string('\n', 1 << 20))); // Two bytes each once escaped.
        AssertMetadataRefused(TooMuch, [.. Enumerable.Range(0, 4097).Select(i => ($"{i}", ""))]);
    }

    [Fact]
    public void Save_LargestMetadata_CanBeRead()
    {
        string value = new('\n', (1 << 20) - 1);
        Safetensors.Save(Model, [], new Dictionary<string, string> { ["k"] = value });
        _ = Safetensors.Load(Model, out IReadOnlyDictionary<string, string> metadata);
        Assert.Equal(value, metadata["k"]);
    }

    private void AssertRefused(string why, params IReadOnlyList<(string Name, Tensor Tensor)> tensors) =>
        AssertMessage(
        () => Safetensors.Save(Model, tensors.Select(pair => KeyValuePair.Create(pair.Name, pair.Tensor))), $"{Model}: cannot be written: {why}");

    private void AssertMetadataRefused(string why, params (string Key, string Value)[] metadata) => AssertMessage(
        () => Safetensors.Save(Model, [], metadata.ToDictionary(pair => pair.Key, pair => pair.Value)), $"{Model}: cannot be written: {why}");

    private static void AssertMessage(Action action, string message) =>
        Assert.Equal(message, Assert.Throws<CheckpointException>(action).Message);
}
