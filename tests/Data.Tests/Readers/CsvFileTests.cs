using MiniStack.Data;
using MiniStack.Formats.Tests;

namespace MiniStack.Tests.Readers;

public sealed class CsvFileTests : TestFolder
{
    [Fact]
    public void ReadFrom_QuotesAndLineBreaks_AreTakenApart()
    {
        CsvFile csv = new(Text("name,x\r\n\"a, \"\"b\"\"\",1.5\r\n\"two\nlines\",-2e-1\r\nlast,3"));
        CsvRow[] rows = [.. csv.ReadFrom()];
        Assert.Equal(["a, \"b\"", "two\nlines", "last"], rows.Select(row => row["name"]));
        Assert.Equal([1.5f, -0.2f, 3], rows.Select(row => row.Float("x")));
        Assert.Equal([2L, 3, 5], rows.Select(row => row.Line));
        Assert.Equal("last", csv.ReadFrom(2).Single()["name"]);
        Assert.Equal(["a, \"b\"", "1.5"], rows[0].Fields);
    }

    [Fact]
    public void ReadFrom_NoHeaderAndOtherDelimiter_Reads()
    {
        CsvFile csv = new(Text("\uFEFF1;2\n\n3;4\n"), header: false, delimiter: ';');
        Assert.Equal([[1f, 2], [3, 4]], csv.ReadFrom().Select(row => row.Floats()));
        Assert.Equal([1L, 3], csv.ReadFrom().Select(row => row.Line));
    }

    [Fact]
    public void ReadFrom_RaggedRow_SaysAfterTheGoodOnes()
    {
        string path = Text("a,b\n1,2\n3\n");
        using IEnumerator<CsvRow> rows = new CsvFile(path).ReadFrom().GetEnumerator();
        Assert.True(rows.MoveNext());
        Assert.Equal(
            $"{path}: line 3: the row has 1 fields, but the first row has 2. Correct the row; fields with a delimiter or a line break need quotes.",
            Assert.Throws<DataException>(() => rows.MoveNext()).Message);
    }

    [Theory]
    [InlineData("a,b\n1,\"2\n3,4\n", "line 2: a quote is opened and never closed. Close it, or double quotes that stand inside a field.")]
    [InlineData("", "line 1: the file is empty, and a row of column names was expected.")]
    [InlineData("a,b,a\n", "line 1: the column 'a' appears twice. Rename one, or read without a header.")]
    public void ReadFrom_Wrong_Says(string text, string message) => AssertSays(Text(text), message);

    [Fact]
    public void ReadFrom_NotUtf8_Says() => AssertSays(
        FileOf([.. "a\nb\nc"u8, 0xC3, (byte)'\n']), "line 3 (byte 5): it is not UTF-8 text. Convert the file to UTF-8 first.");

    [Fact]
    public void ReadFrom_QuoteThatSwallowsTheFile_SaysWithoutReadingItAll()
    {
        string path = Text("a,b\n1,\"2\n" + string.Concat(Enumerable.Repeat("3,4\n", 1_000_000)));
        long before = GC.GetAllocatedBytesForCurrentThread();
        AssertSays(path, "line 2: the row that begins there is longer than 1048576 bytes. Close its quotes, or allow longer rows.");
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 2 * new FileInfo(path).Length);
    }

    [Fact]
    public void Float_NoNumber_Says()
    {
        string path = Text("a,b\nx,2\n");
        CsvRow row = new CsvFile(path).ReadFrom().Single();
        Assert.Equal($"{path}: line 2: field 0 is 'x', and a number was expected.", Assert.Throws<DataException>(() => row.Float("a")).Message);
        Assert.Equal($"{path}: line 2: there is no field 2; the row has 2, from 0.", Assert.Throws<DataException>(() => row.Float(2)).Message);
        Assert.Equal($"{path}: there is no column 'c'; the file has 'a', 'b'.", Assert.Throws<DataException>(() => row["c"]).Message);
        CsvRow bare = new CsvFile(path, header: false).ReadFrom().First();
        Assert.Equal($"{path}: there is no column 'a'; the file was read without a header.", Assert.Throws<DataException>(() => bare["a"]).Message);
    }

    [Theory]
    [InlineData("a,b\n1,\"2\n3,4\n5,\"6\n7,8\n", "line 2: in the field '\"2\\u000a3,4\\u000a5,\"6' a quote is closed before its end. Double quotes that stand inside, or close it where an earlier one is open.")]
    [InlineData("a,b\n\"x\"y,z\n", "line 2: in the field '\"x\"y' a quote is closed before its end. Double quotes that stand inside, or close it where an earlier one is open.")]
    [InlineData("a,b\n5\" disk,1\n", "line 2: the field '5\" disk' has a quote inside, and none around it. Put it in quotes, and double those inside.")]
    [InlineData("a,b\n5\" disk,6\" disk\n", "line 2: the field '5\" disk' has a quote inside, and none around it. Put it in quotes, and double those inside.")]
    [InlineData("a,b\n1, \"x\"\n", "line 2: the field ' \"x\"' has a quote inside, and none around it. Put it in quotes, and double those inside.")]
    [InlineData("a,b\n1,2\n3,\"4\"\"", "line 3: a quote is opened and never closed. Close it, or double quotes that stand inside a field.")]
    public void ReadFrom_BadQuotes_Says(string text, string message) => AssertSays(Text(text), message);

    /// <summary>Random texts of quotes, delimiters and line breaks, against the rules of RFC 4180 written down character by character.</summary>
    [Fact]
    public void ReadFrom_AnyQuotes_AreReadByTheRulesOrRefused()
    {
        Random random = new(1);
        int read = 0, refused = 0;
        for (int i = 0; i < 3000; i++)
        {
            string text = "a" + string.Concat(Enumerable.Range(0, random.Next(1, 14)).Select(_ => "\"\",\na"[random.Next(5)]));
            List<string[]>? expected = ByTheRules(text);
            if (expected is { Count: > 1 } && expected.Any(row => row.Length != expected[0].Length)) continue;
            string path = Text(text);
            if (expected is null)
            {
                Assert.Throws<DataException>(() => new CsvFile(path, header: false).ReadFrom().Count());
                refused++;
            }
            else
            {
                Assert.Equal(expected, new CsvFile(path, header: false).ReadFrom().Select(row => row.Fields.ToArray()));
                read++;
            }
        }
        Assert.True(read > 200 && refused > 200, $"{read} texts were read and {refused} refused");

        static List<string[]>? ByTheRules(string text)
        {
            List<string[]> rows = [];
            List<string> row = [];
            for (int at = 0; at < text.Length;)
            {
                if (row.Count == 0 && text[at] == '\n')
                {
                    at++; // a blank line
                    continue;
                }
                string field = "";
                if (text[at] == '"')
                {
                    for (at++; at < text.Length && !(text[at] == '"' && (at + 1 == text.Length || text[at + 1] != '"')); at++)
                    {
                        if (text[at] == '"') at++;
                        field += text[at];
                    }
                    if (at++ >= text.Length) return null;
                }
                else
                {
                    for (; at < text.Length && text[at] is not (',' or '\n' or '"'); at++) field += text[at];
                }
                row.Add(field);
                if (at < text.Length && text[at] is not (',' or '\n')) return null;
                bool more = at < text.Length && text[at] == ',';
                at++;
                if (more && at == text.Length) row.Add("");
                if (more && at < text.Length) continue;
                rows.Add([.. row]);
                row = [];
            }
            return rows;
        }
    }

    [Fact]
    public void Numbers_OfEveryType_AreReadOrRefused()
    {
        string path = Text("i,l,d,big,inf\n-3,5000000000,1e300,1e999,-Infinity\n");
        CsvRow row = new CsvFile(path).ReadFrom().Single();
        Assert.Equal((-3, 5_000_000_000L, 1e300), (row.Int("i"), row.Long("l"), row.Double("d")));
        Assert.Equal((-3, -3L, -3.0), (row.Int(0), row.Long(0), row.Double(0)));
        Assert.Equal(double.NegativeInfinity, row.Double("inf"));
        AssertNumber("field 1 is '5000000000', and a whole number of 32 bits was expected.", () => row.Int("l"));
        AssertNumber("field 2 is '1e300', and a whole number of 64 bits was expected.", () => row.Long("d"));
        AssertNumber("field 2 is '1e300', too large for Single. Read it as text, or correct it.", () => row.Float("d"));
        AssertNumber("field 3 is '1e999', too large for Double. Read it as text, or correct it.", () => row.Double("big"));

        void AssertNumber(string message, Func<object> read) => Assert.Equal($"{path}: line 2: {message}", Assert.Throws<DataException>(read).Message);
    }

    [Fact]
    public void New_DelimiterThatEndsRows_Says() => Assert.Equal(
        "CsvFile: the delimiter must not be a quote or a line break.", Assert.Throws<ConfigException>(() => new CsvFile("x", delimiter: '\n')).Message);

    private string Text(string text)
    {
        string path = PathOf("table.csv");
        File.WriteAllText(path, text);
        return path;
    }

    private static void AssertSays(string path, string message) =>
        Assert.Equal($"{path}: {message}", Assert.Throws<DataException>(() => new CsvFile(path).ReadFrom().Count()).Message);
}
