using System.Text;
using static MiniStack.Formats.Tests.SafetensorsBytes;

namespace MiniStack.Formats.Tests;

/// <summary>Files that obey the format and try to be expensive, and the types that cannot be loaded yet.</summary>
public sealed class SafetensorsLimitTests : TestFolder
{
    private const string Metadata =
        "the metadata is larger than MiniStack allows (4096 entries, 2097152 bytes in all). Keep long texts in files of their own.";

    [Theory]
    [InlineData("I8", 8)]
    [InlineData("F8_E5M2", 8)]
    [InlineData("F8_E4M3", 8)]
    [InlineData("F8_E8M0", 8)]
    [InlineData("F8_E4M3FNUZ", 8)]
    [InlineData("F8_E5M2FNUZ", 8)]
    [InlineData("F4", 4)]
    [InlineData("F6_E2M3", 6)]
    [InlineData("F6_E3M2", 6)]
    [InlineData("I16", 16)]
    [InlineData("U16", 16)]
    [InlineData("U32", 32)]
    [InlineData("U64", 64)]
    [InlineData("C64", 64)]
    public void Read_TypeThatNoTensorStores_NamesTensorAndType(string type, int bits)
    {
        string path = FileOf(Of($"{{{Entry("w", type, "[2,2]", 0, bits / 2)},{Entry("ok", "I32", "[]", bits / 2, bits / 2 + 4)}}}", bits / 2 + 4));
        using SafetensorsFile file = Safetensors.Open(path);
        Assert.Equal((type, null), (file.Entries[0].StoredType, file.Entries[0].DType));
        Assert.Equal(DType.I32, file.Read("ok").DType);
        CheckpointException error = Assert.Throws<CheckpointException>(() => file.Read("w"));
        Assert.Equal(
            $"{path}: tensor 'w' is {type}, which MiniStack knows but cannot store yet. It loads F32, F64, F16, BF16, I64, I32, U8 and BOOL: " +
            "convert the tensor and save the file again.", error.Message);
    }

    [Fact]
    public void Load_ManyEmptyTensors_AreRefused()
    {
        string json = $"{{{string.Join(",", Enumerable.Range(0, 50_000).Select(i => Entry($"{i}", "F32", "[0]", 0, 0)))}}}";
        byte[] bytes = Of(json);
        AssertRefused(bytes, $"there are more than {8192 + bytes.Length / 4096} tensors, too many for so little data. Stack small tensors into larger ones.");
    }

    [Fact]
    public void Load_HugeMetadataValue_IsRefused() =>
        AssertRefused(Of("{\"__metadata__\":{\"k\":\"" + new string('x', 3 << 20) + "\"}}"), Metadata);

    [Fact]
    public void Load_ManyMetadataEntries_AreRefused() =>
        AssertRefused(Of("{\"__metadata__\":{" + string.Join(",", Enumerable.Range(0, 5000).Select(i => $"\"{i}\":\"\"")) + "}}"), Metadata);

    [Theory]
    [InlineData("{\"NAME\":{}}", "the name of a tensor is longer than 4096 bytes")]
    [InlineData("{\"__metadata__\":{\"NAME\":\"\"}}", "a key of the metadata is longer than 4096 bytes")]
    [InlineData("{\"w\":{\"NAME\":1}}", "the name of a field is longer than 4096 bytes")]
    [InlineData("{\"w\":{\"dtype\":\"NAME\"}}", "the name of a dtype is longer than 4096 bytes")]
    public void Load_LongName_IsRefused(string json, string message) =>
        AssertRefused(
            Of(json.Replace("NAME", new string('n', 4097), StringComparison.Ordinal)),
            message + ". The file is damaged: copy, download or save it again.");

    [Fact]
    public void Load_LongNameInAMessage_IsCut() =>
        AssertRefused(
            Of($"{{\"{new string('n', 4096)}\":{{}}}}"),
            $"tensor '{new string('n', 80)}…' has no dtype. The file is damaged: copy, download or save it again.");

    [Fact]
    public void Load_HundredMegabytesOfHeader_CostsLittle()
    {
        // White space, digits and depth are free to write and must be nearly free to refuse.
        foreach ((char filler, string before) in new[] { (' ', "{"), ('1', "{\"w\":{\"shape\":["), ('[', "{\"w\":"), ('a', "{\"") })
        {
            byte[] header = Encoding.ASCII.GetBytes(before.PadRight(100_000_000, filler));
            string path = FileOf(Of(header));
            header = [];
            GuardedLoad.Outcome outcome = GuardedLoad.Try(path, file => Safetensors.Load(file));
            Assert.False(outcome.Loaded);
            // A fifth of a second of work; a busy machine may stretch it, a parser that is not linear would need hours.
            Assert.InRange(outcome.Seconds, 0, 10);
        }
    }

    [Fact]
    public void Load_LargestLegalMetadataAndMostTensors_StayWithinTheBound()
    {
        string json = $"{{{string.Join(",", Enumerable.Range(0, 8192).Select(i => Entry($"{i}", "BOOL", "[]", i, i + 1)))}," +
            $"\"__metadata__\":{{\"k\":\"{string.Concat(Enumerable.Repeat("\\n", (1 << 20) - 10))}\"}}}}";
        byte[] bytes = [.. Of(json), .. new byte[8192]];
        GuardedLoad.Outcome outcome = GuardedLoad.Try(FileOf(bytes), file => Safetensors.Load(file));
        Assert.True(outcome.Loaded);
    }

    private void AssertRefused(byte[] bytes, string message)
    {
        string path = FileOf(bytes);
        Assert.Equal($"{path}: {message}", Assert.Throws<CheckpointException>(() => Safetensors.Load(path)).Message);
    }
}
