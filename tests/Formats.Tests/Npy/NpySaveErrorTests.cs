namespace MiniStack.Formats.Tests;

/// <summary>What a caller of Save can do wrong.</summary>
public sealed class NpySaveErrorTests : TestFolder
{
    private string File => PathOf("file");

    [Fact]
    public void Save_BFloat16_SaysThatNumPyHasNone()
    {
        Tensor tensor = Tensor.Ones([2], DType.BF16);
        AssertMessage(() => Npy.Save(File, tensor), "NumPy has no BF16. Convert with To(DType.F32).");
        AssertMessage(() => Npz.Save(File, [new("w", tensor)]), "tensor 'w': NumPy has no BF16. Convert with To(DType.F32).");
    }

    [Fact]
    public void Save_RefusedNames_Say()
    {
        AssertRefused("a tensor has no name. Give every tensor one.", "");
        AssertRefused("tensor 'w' is given twice. Rename one of them.", "w", "w");
        AssertRefused("the name of tensor 'a\\ud800' is not valid Unicode. Remove the half character at 1.", "a\ud800");
        AssertRefused("the name of tensor 'a\\u0000b' has the character U+0000, where Python ends a name. Remove it.", "a\0b");
        AssertRefused($"the name of tensor '{new string('n', 80)}…' is longer than 4096 bytes. Shorten it.", new string('n', 4097));
    }

    [Fact]
    public void Save_TooManyTensorsOrNames_Says()
    {
        const string TooMany = "there are more arrays or longer names than MiniStack allows (4096 arrays, 1048576 bytes for their names). Use several files.";
        AssertRefused(TooMany, [.. Enumerable.Range(0, 4097).Select(i => $"{i}")]);
        AssertRefused(TooMany, [.. Enumerable.Range(0, 300).Select(i => $"{i:d4000}")]);
    }

    [Fact]
    public void Save_MostTensors_CanBeRead()
    {
        Npz.Save(File, Enumerable.Range(0, 4096).Select(i => KeyValuePair.Create($"{i:d50}", Tensor.Scalar(i))));
        GuardedLoad.Outcome outcome = GuardedLoad.Try(File, path => Assert.Equal(4096, Npz.Load(path).Count));
        Assert.True(outcome.Loaded);
    }

    [Fact]
    public void Save_DeadTensorOrMissingFolder_LeavesNothing()
    {
        Tensor dead;
        using (MemoryScope.Begin()) dead = Tensor.Ones([1]);
        Assert.Throws<MemoryScopeException>(() => Npy.Save(File, dead));
        Assert.Throws<MemoryScopeException>(() => Npz.Save(File, [new("w", dead)]));
        Assert.Equal(
            $"{PathOf("no/file")}: cannot be written: the folder {PathOf("no")} does not exist. Create it first.",
            Assert.Throws<CheckpointException>(() => Npy.Save(PathOf("no/file"), Tensor.Ones([1]))).Message);
        Assert.Empty(FilesLeft());
    }

    private void AssertRefused(string why, params string[] names) =>
        AssertMessage(() => Npz.Save(File, names.Select(name => KeyValuePair.Create(name, Tensor.Ones([1])))), why);

    private void AssertMessage(Action save, string why)
    {
        Assert.Equal($"{File}: cannot be written: {why}", Assert.Throws<CheckpointException>(save).Message);
        Assert.Empty(FilesLeft());
    }
}
