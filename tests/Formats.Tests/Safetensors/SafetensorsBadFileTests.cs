using System.Text;
using static MiniStack.Formats.Tests.SafetensorsBytes;

namespace MiniStack.Formats.Tests;

/// <summary>Files with one fault each, and the whole sentence that names it.</summary>
public sealed class SafetensorsBadFileTests : TestFolder
{
    private const string Damaged = ". The file is damaged: copy, download or save it again.";
    private const string Good = "\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8]";
    private const string Offsets = "the data_offsets of tensor 'w' are not two whole numbers from 0 to 9223372036854775807";
    private const string NoFormat = "This is no safetensors file, or it is damaged: check where it comes from.";

    /// <summary>Faults before the JSON begins.</summary>
    public static TheoryData<byte[], string> Prologues => new()
    {
        { [], "it has 0 bytes, and the length of the header alone takes 8" + Damaged },
        { [1, 2, 3, 4, 5, 6, 7], "it has 7 bytes, and the length of the header alone takes 8" + Damaged },
        { Length(0), "the header does not begin with '{'" + Damaged },
        { Length(1), "it is cut short: the header has 1 bytes, but only 0 follow its length" + Damaged },
        { [.. Length(3), .. "{}"u8], "it is cut short: the header has 3 bytes, but only 2 follow its length" + Damaged },
        { Length(100_000_000), "it is cut short: the header has 100000000 bytes, but only 0 follow its length" + Damaged },
        { Length(100_000_001), "its first 8 bytes ask for a header of 100000001 bytes, and 100000000 are the limit. " + NoFormat },
        { Length(ulong.MaxValue), "its first 8 bytes ask for a header of 18446744073709551615 bytes, and 100000000 are the limit. " + NoFormat },
        { Length(1UL << 63), "its first 8 bytes ask for a header of 9223372036854775808 bytes, and 100000000 are the limit. " + NoFormat },
        { Encoding.ASCII.GetBytes("<!DOCTYPE html>"), "its first 8 bytes ask for a header of 5789751444030890300 bytes, and 100000000 are the limit. " + NoFormat },
        { Of(" {}"), "the header does not begin with '{'" + Damaged },
        { Of("[]"), "the header does not begin with '{'" + Damaged },
        { Of("\uFEFF{}"), "the header does not begin with '{'" + Damaged },
        { Of([(byte)'{', (byte)'"', 0xFF, (byte)'"', (byte)':']), "the header is not valid UTF-8" + Damaged },
        { Of([.. "{\"__metadata__\":{\"k\":\""u8, 0xC0, 0x80, .. "\"}}"u8]), "the header is not valid UTF-8" + Damaged },
        { Of([.. "{\"__metadata__\":{\"k\":\""u8, 0xED, 0xA0, 0x80, .. "\"}}"u8]), "the header is not valid UTF-8" + Damaged },
    };

    /// <summary>JSON that is none, or has no business in a header.</summary>
    public static TheoryData<string, int, string> Headers => new()
    {
        { "{", 0, "the header is not valid JSON (line 1, byte 2)" + Damaged },
        { "{}}", 0, "the header is not valid JSON (line 1, byte 3)" + Damaged },
        { "{}\0", 0, "the header is not valid JSON (line 1, byte 3)" + Damaged },
        { "{,}", 0, "the header is not valid JSON (line 1, byte 2)" + Damaged },
        { "{'w':{}}", 0, "the header is not valid JSON (line 1, byte 2)" + Damaged },
        { "{/**/}", 0, "the header is not valid JSON (line 1, byte 2)" + Damaged },
        { "{\"a\nb\":{}}", 0, "the header is not valid JSON (line 1, byte 4)" + Damaged },
        { "{" + Entry("w", "F32", "[2,]", 0, 8) + "}", 8, "the header is not valid JSON (line 1, byte 32)" + Damaged },
        { "{" + Entry("w", "F32", "[2]", 0, 8) + ",}", 8, "the header is not valid JSON (line 1, byte 55)" + Damaged },
        { "{" + Entry("w", "F32", "[02]", 0, 8) + "}", 8, "the header is not valid JSON (line 1, byte 31)" + Damaged },
        { "{" + Entry("w", "F32", "[NaN]", 0, 8) + "}", 8, "the header is not valid JSON (line 1, byte 30)" + Damaged },
        { W("\"shape\":" + new string('[', 100)), 0, "axis 0 of tensor 'w' has a size that is not a whole number from 0 to 18446744073709551615" + Damaged },
        { """{"\ud800":{}}""", 0, "a text in the header is not valid Unicode" + Damaged },
        { """{"__metadata__":{"k":"\udc00"}}""", 0, "a text in the header is not valid Unicode" + Damaged },
        { """{"w":{"\ud800":1}}""", 0, "a text in the header is not valid Unicode" + Damaged },
        { """{"__metadata__":[]}""", 0, "__metadata__ is not an object" + Damaged },
        { """{"__metadata__":null}""", 0, "__metadata__ is not an object" + Damaged },
        { """{"__metadata__":{"k":1}}""", 0, "the metadata of key 'k' is not a string" + Damaged },
        { """{"__metadata__":{"k":null}}""", 0, "the metadata of key 'k' is not a string" + Damaged },
        { """{"__metadata__":{"k":{"deep":"x"}}}""", 0, "the metadata of key 'k' is not a string" + Damaged },
        { """{"__metadata__":{},"__metadata__":{}}""", 0, "__metadata__ appears twice in the header" + Damaged },
        { """{"__metadata__":{"k":"1","k":"2"}}""", 0, "the metadata has the key 'k' twice" + Damaged },
        { """{"__metadata__":{"k":"1","\u006b":"1"}}""", 0, "the metadata has the key 'k' twice" + Damaged },
    };

    /// <summary>An entry that is not what an entry must be.</summary>
    public static TheoryData<string, int, string> Entries => new()
    {
        { """{"w":1}""", 0, "tensor 'w' is not described by an object" + Damaged },
        { """{"w":null}""", 0, "tensor 'w' is not described by an object" + Damaged },
        { """{"w":[]}""", 0, "tensor 'w' is not described by an object" + Damaged },
        { """{"w":{}}""", 0, "tensor 'w' has no dtype" + Damaged },
        { """{"bad\nname":{}}""", 0, "tensor 'bad\\u000aname' has no dtype" + Damaged },
        { W("\"shape\":[2],\"data_offsets\":[0,8]"), 8, "tensor 'w' has no dtype" + Damaged },
        { W("\"dtype\":\"F32\",\"data_offsets\":[0,8]"), 8, "tensor 'w' has no shape" + Damaged },
        { W("\"dtype\":\"F32\",\"shape\":[2]"), 8, "tensor 'w' has no data_offsets" + Damaged },
        { W(Good + ",\"dtype\":\"F32\""), 8, "tensor 'w' has the field dtype twice" + Damaged },
        { W(Good + ",\"\\u0064type\":\"I32\""), 8, "tensor 'w' has the field dtype twice" + Damaged },
        { W(Good + ",\"shape\":[2]"), 8, "tensor 'w' has the field shape twice" + Damaged },
        { W(Good + ",\"data_offsets\":[0,8]"), 8, "tensor 'w' has the field data_offsets twice" + Damaged },
        { W(Good + ",\"stride\":[1]"), 8, "tensor 'w' has a field 'stride', which the format does not know" + Damaged },
        { W("\"dtype\":1"), 0, "the dtype of tensor 'w' is not a string" + Damaged },
        { W("\"dtype\":\"f32\""), 0, "tensor 'w' has the dtype 'f32', which the format does not know. MiniStack loads F32, F64, F16, BF16, I64, I32, U8 and BOOL: convert the tensor and save the file again." },
        { W("\"dtype\":\"\""), 0, "tensor 'w' has the dtype '', which the format does not know. MiniStack loads F32, F64, F16, BF16, I64, I32, U8 and BOOL: convert the tensor and save the file again." },
        { W("\"shape\":2"), 0, "the shape of tensor 'w' is not an array" + Damaged },
        { W("\"shape\":[-1]"), 0, "axis 0 of tensor 'w' has a size that is not a whole number from 0 to 18446744073709551615" + Damaged },
        { W("\"shape\":[1,2.0]"), 0, "axis 1 of tensor 'w' has a size that is not a whole number from 0 to 18446744073709551615" + Damaged },
        { W("\"shape\":[1e1]"), 0, "axis 0 of tensor 'w' has a size that is not a whole number from 0 to 18446744073709551615" + Damaged },
        { W("\"shape\":[\"2\"]"), 0, "axis 0 of tensor 'w' has a size that is not a whole number from 0 to 18446744073709551615" + Damaged },
        { W("\"shape\":[18446744073709551616]"), 0, "axis 0 of tensor 'w' has a size that is not a whole number from 0 to 18446744073709551615" + Damaged },
        { W("\"shape\":[2147483648]"), 0, "axis 0 of tensor 'w' has size 2147483648; the largest is 2147483647" + Damaged },
        { W("\"shape\":[2147483647,2147483647,2147483647]"), 0, "tensor 'w' has more elements than 63 bits can count" + Damaged },
        { W("\"shape\":[2147483647,2147483647,2147483647,0]"), 0, "tensor 'w' has more elements than 63 bits can count" + Damaged },
        { W($"\"shape\":[{string.Join(",", Enumerable.Repeat(1, 65))}]"), 0, "tensor 'w' has more than 64 axes" + Damaged },
        { W("\"data_offsets\":8"), 8, Offsets + Damaged },
        { W("\"data_offsets\":[]"), 8, Offsets + Damaged },
        { W("\"data_offsets\":[0]"), 8, Offsets + Damaged },
        { W("\"data_offsets\":[0,8,8]"), 8, Offsets + Damaged },
        { W("\"data_offsets\":[0,\"8\"]"), 8, Offsets + Damaged },
        { W("\"data_offsets\":[-8,0]"), 8, Offsets + Damaged },
        { W("\"data_offsets\":[-0,8]"), 8, Offsets + Damaged },
        { W("\"data_offsets\":[0,8.0]"), 8, Offsets + Damaged },
        { W("\"data_offsets\":[0,9223372036854775808]"), 8, Offsets + Damaged },
        { W("\"data_offsets\":[8,0]"), 8, "tensor 'w' ends at byte 0, before it begins at 8" + Damaged },
    };

    /// <summary>Entries that do not fit the data.</summary>
    public static TheoryData<string, int, string> Layouts => new()
    {
        { $"{{{Entry("w", "F32", "[2]", 0, 7)}}}", 7, "tensor 'w' of shape (2) and dtype F32 needs 8 bytes, but its data_offsets span 7" + Damaged },
        { $"{{{Entry("w", "F64", "[2]", 0, 8)}}}", 8, "tensor 'w' of shape (2) and dtype F64 needs 16 bytes, but its data_offsets span 8" + Damaged },
        { $"{{{Entry("w", "F32", "[]", 0, 0)}}}", 0, "tensor 'w' of shape () and dtype F32 needs 4 bytes, but its data_offsets span 0" + Damaged },
        { $"{{{Entry("w", "F32", "[0]", 0, 4)}}}", 4, "tensor 'w' of shape (0) and dtype F32 needs 0 bytes, but its data_offsets span 4" + Damaged },
        { $"{{{Entry("w", "F4", "[3]", 0, 1)}}}", 1, "tensor 'w' of shape (3) and dtype F4 needs 2 bytes, but its data_offsets span 1" + Damaged },
        { $"{{{Entry("w", "F64", "[2147483647,2147483647]", 0, 8)}}}", 8, "tensor 'w' of shape (2147483647, 2147483647) and dtype F64 needs 36893488113059364872 bytes, but its data_offsets span 8" + Damaged },
        { $"{{{Entry("w", "F32", "[1000000000]", 0, 4_000_000_000)}}}", 8, "it is cut short: the tensors have 4000000000 bytes, but only 8 follow the header" + Damaged },
        { $"{{{Entry("w", "F32", "[2]", 0, 8)}}}", 7, "it is cut short: the tensors have 8 bytes, but only 7 follow the header" + Damaged },
        { $"{{{Entry("w", "F32", "[2]", 0, 8)}}}", 9, "1 bytes follow the last tensor, where the file must end" + Damaged },
        { "{}", 1, "1 bytes follow the last tensor, where the file must end" + Damaged },
        { $"{{{Entry("w", "F32", "[2]", 4, 12)}}}", 12, "bytes 0 to 4 of the data, before tensor 'w', belong to no tensor" + Damaged },
        { $"{{{Entry("a", "F32", "[1]", 0, 4)},{Entry("b", "F32", "[1]", 8, 12)}}}", 12, "bytes 4 to 8 of the data, before tensor 'b', belong to no tensor" + Damaged },
        { $"{{{Entry("a", "F32", "[2]", 0, 8)},{Entry("b", "F32", "[2]", 4, 12)}}}", 12, "tensors 'a' and 'b' overlap at byte 4 of the data" + Damaged },
        { $"{{{Entry("a", "F32", "[2]", 0, 8)},{Entry("b", "F32", "[2]", 0, 8)}}}", 8, "tensors 'a' and 'b' overlap at byte 0 of the data" + Damaged },
        { $"{{{Entry("a", "F32", "[2]", 0, 8)},{Entry("b", "F32", "[0]", 4, 4)}}}", 8, "tensors 'a' and 'b' overlap at byte 4 of the data" + Damaged },
        { $"{{{Entry("w", "F32", "[0]", 9, 9)}}}", 0, "bytes 0 to 9 of the data, before tensor 'w', belong to no tensor" + Damaged },
        { $"{{{Entry("w", "F32", "[2]", 0, 8)},{Entry("w", "F32", "[2]", 8, 16)}}}", 16, "tensor 'w' appears twice in the header" + Damaged },
        { $"{{{Entry("w", "F32", "[2]", 0, 8)},{Entry("\\u0077", "F32", "[2]", 8, 16)}}}", 16, "tensor 'w' appears twice in the header" + Damaged },
        { $"{{{Entry("w", "BOOL", "[3]", 0, 3)}}}", 3, "element 1 of tensor 'w' is 2, and a BOOL is 0 or 1" + Damaged },
    };

    [Theory]
    [MemberData(nameof(Prologues))]
    public void Load_BadPrologue_SaysWhatIsWrong(byte[] bytes, string message) => AssertRefused(bytes, message);

    [Theory]
    [MemberData(nameof(Headers))]
    public void Load_BadHeader_SaysWhatIsWrong(string json, int dataBytes, string message) => AssertRefused(Of(json, dataBytes), message);

    [Theory]
    [MemberData(nameof(Entries))]
    public void Load_BadEntry_SaysWhatIsWrong(string json, int dataBytes, string message) => AssertRefused(Of(json, dataBytes), message);

    [Theory]
    [MemberData(nameof(Layouts))]
    public void Load_BadLayout_SaysWhatIsWrong(string json, int dataBytes, string message) => AssertRefused(Of(json, dataBytes), message);

    private void AssertRefused(byte[] bytes, string message)
    {
        string path = FileOf(bytes);
        CheckpointException error = Assert.Throws<CheckpointException>(() => Safetensors.Load(path));
        Assert.Equal($"{path}: {message}", error.Message);
        Assert.DoesNotContain('\n', error.Message);
    }
}
