using System.Globalization;
using MiniStack.Data;
using MiniStack.Formats.Tests;

namespace MiniStack.Tests.Readers;

/// <summary>Text lines and JSON lines.</summary>
public sealed class LineFileTests : TestFolder
{
    private const long Huge = 1L << 30;

    [Fact]
    public void TextLines_EndingsAndMark_AreLeftOut()
    {
        string path = FileOf([0xEF, 0xBB, 0xBF, .. "eins\r\nzwei ü\n\ndrei"u8]);
        Assert.Equal(["eins", "zwei ü", "", "drei"], new TextLines(path).ReadFrom());
        Assert.Equal(["drei"], new TextLines(path).ReadFrom(3));
        Assert.Empty(new TextLines(path).ReadFrom(9));
        Assert.Empty(new TextLines(FileOf([])).ReadFrom());
    }

    [Fact]
    public void Readers_LongestLineOfAnyLength_Read()
    {
        string path = PathOf("lines");
        File.WriteAllText(path, $"[\"{new string('x', 100_000)}\"]\n[]\n");
        Assert.Equal(2, new TextLines(path, int.MaxValue).ReadFrom().Count());
        Assert.Equal(2, new JsonLines(path, int.MaxValue).ReadFrom().Count());
        File.WriteAllText(path, $"a,b\n{new string('x', 100_000)},1\n");
        Assert.Equal(2, new CsvFile(path, header: false, longestRow: int.MaxValue).ReadFrom().Count());
    }

    [Fact]
    public void TextFile_WrongFiles_Say()
    {
        AssertSays(FileOf([0xEF, 0xBB, 0xBF, .. "ab"u8, 0xFF]), "it is not UTF-8 text (byte 5). Convert it to UTF-8 first.", () => TextFile.Read(PathOf("model.safetensors")));
        string path = PathOf("sparse");
        using (FileStream stream = File.Create(path)) stream.SetLength(1_073_741_792);
        CultureInfo before = CultureInfo.CurrentCulture;
        try
        {
            CultureInfo points = (CultureInfo)CultureInfo.InvariantCulture.Clone();
            points.NumberFormat.NumberGroupSeparator = ".";
            CultureInfo.CurrentCulture = points;
            AssertSays(path, "it has 1,073,741,792 bytes; at most 1,073,741,791 are read. Use a part of it.", () => TextFile.Read(path));
        }
        finally
        {
            CultureInfo.CurrentCulture = before;
        }
        Assert.Equal("ab", TextFile.Read(FileOf([0xEF, 0xBB, 0xBF, .. "ab"u8])));
    }

    [Theory]
    [InlineData(16_383)]
    [InlineData(16_384)]
    [InlineData(16_385)]
    [InlineData(100_000)]
    public void TextLines_LinesAroundTheBuffer_AreWhole(int length)
    {
        string path = PathOf("long"), line = new('x', length);
        File.WriteAllText(path, $"{line}\n{line}é\nend");
        Assert.Equal([line, line + "é", "end"], new TextLines(path).ReadFrom());
    }

    [Fact]
    public void TextLines_LineAtTheLimitAndAbove_IsReadAndRefused()
    {
        string path = FileOf("12345678\n123456789\n"u8.ToArray());
        Assert.Equal(2, new TextLines(path, longestLine: 10).ReadFrom().Count());
        AssertSays(path, "line 2 (from byte 9): it is longer than 9 bytes. Break it, or allow longer lines.", () => new TextLines(path, 9).ReadFrom().Count());
        Assert.Equal(
            $"{path}: the longest line must be at least 1 byte, but is 0.", Assert.Throws<ConfigException>(() => new TextLines(path, 0).ReadFrom().Count()).Message);
    }

    [Fact]
    public void Readers_LineOfAGibibyte_IsRefusedInLittleMemory()
    {
        string path = PathOf("sparse");
        using (FileStream stream = File.Create(path))
        {
            stream.Write("a,b\n"u8);
            stream.SetLength(Huge + 4);
        }
        Read(16 << 20, () => new TextLines(path).ReadFrom().Count());
        Read(16 << 20, () => new JsonLines(path).ReadFrom(1).Count());
        Read(1 << 20, () => new CsvFile(path).ReadFrom().Count());

        void Read(int longest, Action read)
        {
            long before = GC.GetAllocatedBytesForCurrentThread();
            DataException error = Assert.Throws<DataException>(read);
            if (!error.Message.Contains("line 1 ", StringComparison.Ordinal))
                Assert.Equal($"{path}: line 2 (from byte 4): it is longer than {longest} bytes. Break it, or allow longer lines.", error.Message);
            Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 64 << 20);
        }
    }

    [Fact]
    public void TextLines_NotUtf8_SaysLineAndByte()
    {
        string path = FileOf([.. "gut\nä"u8, 0x80, .. "\n"u8]);
        AssertSays(path, "line 2 (byte 6): it is not UTF-8 text. Convert the file to UTF-8 first.", () => new TextLines(path).ReadFrom().Count());
        path = FileOf([.. "gut\n"u8, 0xE2, 0x82]);
        AssertSays(path, "line 2 (byte 4): it is not UTF-8 text. Convert the file to UTF-8 first.", () => new TextLines(path).ReadFrom().Count());
    }

    [Fact]
    public void JsonLines_Values_AreReadAndBlankLinesPassedOver()
    {
        string path = FileOf("{\"text\": \"ä\\u00e9\"}\r\n\n  \n[1, 2]\n\"x\""u8.ToArray());
        JsonRow[] rows = [.. new JsonLines(path).ReadFrom()];
        Assert.Equal([1L, 4, 5], rows.Select(row => row.Line));
        Assert.Equal("äé", rows[0].Text("text"));
        Assert.Equal(2, rows[1].Value.GetArrayLength());
        Assert.Equal("x", new JsonLines(path).ReadFrom(2).Single().Value.GetString());
        AssertSays(path, "line 4: an object with a text called 'text' was expected, but it is '[1, 2]'. Correct the line or leave it out.", () => rows[1].Text("text"));
    }

    [Theory]
    [InlineData("{}\n{\"a\":1]\n", "line 2 (byte 9): it is no JSON value. Correct the line or leave it out.")]
    [InlineData("{}\n{\"a\":", "line 2 (byte 8): it is no JSON value. Correct the line or leave it out.")]
    [InlineData("{}\n1 2\n", "line 2 (byte 5): it is no JSON value. Correct the line or leave it out.")]
    [InlineData("[\"\\ud800\"]\n", "line 1 (byte 1): a text in it has an escape for half a character. Correct the line or leave it out.")]
    [InlineData("{}\n{\"a\":1,\"a\":2}\n", "line 2 (byte 3): an object in it has a name twice. Correct the line or leave it out.")]
    [InlineData("{\"\\udc00\":1}\n", "line 1 (byte 1): a text in it has an escape for half a character. Correct the line or leave it out.")]
    public void JsonLines_WrongLine_SaysLineAndByte(string text, string message)
    {
        string path = PathOf("x.jsonl");
        File.WriteAllText(path, text);
        AssertSays(path, message, () => new JsonLines(path).ReadFrom().Count());
    }

    [Fact]
    public void JsonLines_LongLineThatIsWrongAtItsEnd_IsRefusedInTwiceItsMemory()
    {
        foreach (string end in new[] { "}", "\"\\ud800\"]" }) Refused(end);
    }

    private void Refused(string end)
    {
        string path = PathOf("x.jsonl");
        File.WriteAllText(path, "[" + string.Concat(Enumerable.Repeat("0,", 7_000_000)) + end);
        long before = GC.GetAllocatedBytesForCurrentThread();
        Assert.Throws<DataException>(() => new JsonLines(path).ReadFrom().Count());
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 2.5 * new FileInfo(path).Length);
    }

    [Fact]
    public void JsonLines_DeepOrTwice_IsRefused()
    {
        string path = PathOf("x.jsonl");
        foreach (string text in new[] { new string('[', 100_000), "{\"a\":1,\"a\":2}" })
        {
            File.WriteAllText(path, text);
            Assert.StartsWith($"{path}: line 1 (byte ", Assert.Throws<DataException>(() => new JsonLines(path).ReadFrom().Count()).Message, StringComparison.Ordinal);
        }
    }

    private static void AssertSays(string path, string message, Action read) => Assert.Equal($"{path}: {message}", Assert.Throws<DataException>(read).Message);
}
