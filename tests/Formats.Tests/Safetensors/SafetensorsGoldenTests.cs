namespace MiniStack.Formats.Tests;

/// <summary>A file written out byte by byte as the format's specification describes it: eight bytes of length, JSON, data.</summary>
public sealed class SafetensorsGoldenTests : TestFolder
{
    // Sizes first 8 bytes, then 4, then 1; names in order within a size; spaces up to a multiple of 8.
    private static readonly byte[] Golden =
    [
        0x08, 0x01, 0, 0, 0, 0, 0, 0, // 264 bytes of header: 31 + 56 + 54 + 60 + 60 + 3
        .. """{"__metadata__":{"format":"pt"}"""u8,
        .. ""","ids":{"dtype":"I64","shape":[2],"data_offsets":[0,16]}"""u8,
        .. ""","a":{"dtype":"F32","shape":[],"data_offsets":[16,20]}"""u8,
        .. ""","none":{"dtype":"F32","shape":[0,3],"data_offsets":[20,20]}"""u8,
        .. ""","ok":{"dtype":"BOOL","shape":[1,2],"data_offsets":[20,22]}}"""u8,
        .. "   "u8,
        1, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, // 1, −1
        0, 0, 0xC0, 0x3F, // 1.5
        1, 0, // true, false
    ];

    [Fact]
    public void Load_GoldenFile_GivesItsTensors()
    {
        IReadOnlyDictionary<string, Tensor> tensors = Safetensors.Load(FileOf(Golden), out IReadOnlyDictionary<string, string> metadata);
        Assert.Equal("pt", metadata["format"]);
        Assert.Equal(["a", "ids", "none", "ok"], tensors.Keys.Order(StringComparer.Ordinal));
        Assert.Equal([1L, -1], tensors["ids"].ToArray<long>());
        Assert.Equal(1.5f, tensors["a"].Item<float>());
        Assert.Equal((0L, "(0, 3)"), (tensors["none"].Count, tensors["none"].Shape.ToString()));
        Assert.Equal([true, false], tensors["ok"].ToArray<bool>());
    }

    [Fact]
    public void Save_GoldenTensors_GivesTheGoldenBytes()
    {
        Safetensors.Save(PathOf("saved"), new Dictionary<string, Tensor>
        {
            ["ok"] = Tensor.CopyOf([true, false], [1, 2]),
            ["none"] = Tensor.Zeros([0, 3]),
            ["a"] = Tensor.Scalar(1.5),
            ["ids"] = Tensor.CopyOf([1L, -1]),
        }, new Dictionary<string, string> { ["format"] = "pt" });
        Assert.Equal(Golden, File.ReadAllBytes(PathOf("saved")));
    }

    [Fact]
    public void Load_EntriesInAnyOrderAndUnalignedData_AreRead()
    {
        byte[] bytes = SafetensorsBytes.Of(
            $"{{{SafetensorsBytes.Entry("b", "I32", "[1]", 1, 5)},{SafetensorsBytes.Entry("a", "BOOL", "[1]", 0, 1)}}}", 5);
        Assert.Equal(0x05040302, Safetensors.Load(FileOf(bytes))["b"].Item<int>());
    }
}
