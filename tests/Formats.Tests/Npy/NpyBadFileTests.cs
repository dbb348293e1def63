using System.Text;
using static MiniStack.Formats.Tests.NpyBytes;

namespace MiniStack.Formats.Tests;

/// <summary>Files with one fault each, and the whole sentence that names it.</summary>
public sealed class NpyBadFileTests : TestFolder
{
    private const string Damaged = ". The file is damaged: copy, download or save it again.";
    private const string Foreign = "it does not begin as NumPy's arrays do. This is no .npy file, or it is damaged: check where it comes from.";
    private const string NoTensor = ", which no tensor stores. MiniStack loads f4, f8, f2, i8, i4, u1 and b1: convert with array.astype(";
    private const string Text = ": text, which no tensor stores. Save numbers, such as token ids: array.astype('<i8').";
    private const string Times = ": times, which no tensor stores. Save them as numbers: array.astype('<i8').";
    private const string Unknown = ", which MiniStack does not know. It loads f4, f8, f2, i8, i4, u1 and b1: convert with array.astype('<f4') and save the file again.";
    private const string Fields = "its dtype has named fields or inner axes, which no tensor has. Save the fields one by one: array['name'].astype('<f4').";
    private const string Complex = ": complex numbers, which no tensor stores. Save the parts as an axis: numpy.stack([array.real, array.imag]).astype(";
    private const string Keys = "is none of 'descr', 'fortran_order' and 'shape'";

    /// <summary>Faults before the dict begins.</summary>
    public static TheoryData<byte[], string> Prologues => new()
    {
        { [], "it has 0 bytes, and the start of an array alone takes 10" + Damaged },
        { Prologue(0)[..9], "it has 9 bytes, and the start of an array alone takes 10" + Damaged },
        { Prologue(0, 2)[..11], "it has 11 bytes, and the start of an array alone takes 12" + Damaged },
        { Encoding.ASCII.GetBytes("<!DOCTYPE html>"), Foreign },
        { [0x92, .. Prologue(0)[1..]], Foreign },
        { [.. Prologue(0)[..5], (byte)'y', .. Prologue(0)[6..]], Foreign },
        { Zip(("a.npy", [])), "it is an archive of several arrays (.npz). Use Npz.Load." },
        { Zip(), "it is an archive of several arrays (.npz). Use Npz.Load." },
        { Of("", 2, 0), "it has version 0.0 of the format, and MiniStack reads 1.0, 2.0 and 3.0. Save it again with numpy.save." },
        { Of("", 2, 4), "it has version 4.0 of the format, and MiniStack reads 1.0, 2.0 and 3.0. Save it again with numpy.save." },
        { Prologue(0, 1, 1), "it has version 1.1 of the format, and MiniStack reads 1.0, 2.0 and 3.0. Save it again with numpy.save." },
        { Prologue(1), "it is cut short: the header has 1 bytes, but only 0 follow its length" + Damaged },
        { Prologue(10_000, 3), "it is cut short: the header has 10000 bytes, but only 0 follow its length" + Damaged },
        { Prologue(10_001), "its header has 10001 bytes, and 10000 are the limit, as in NumPy" + Damaged },
        { Prologue(uint.MaxValue, 2), "its header has 4294967295 bytes, and 10000 are the limit, as in NumPy" + Damaged },
    };

    /// <summary>What is no dict, or not this one; byte 10 is the header's first.</summary>
    public static TheoryData<string, string> Dicts => new()
    {
        { "", At(10, "'{' is expected there") },
        { "   \n", At(14, "'{' is expected there") },
        { "[]", At(10, "'{' is expected there") },
        { "dict()", At(10, "'{' is expected there") },
        { "{", At(11, "a key in quotes or '}' is expected there") },
        { "{,}", At(11, "a key in quotes or '}' is expected there") },
        { "{1: 2}", At(11, "a key in quotes or '}' is expected there") },
        { "{#\n}", At(11, "a key in quotes or '}' is expected there") },
        { "{}", "its header has no 'descr'" + Damaged },
        { "{'descr': '<f4'}", "its header has no 'fortran_order'" + Damaged },
        { "{'descr': '<f4', 'fortran_order': False}", "its header has no 'shape'" + Damaged },
        { "{'fortran_order': False, 'shape': (2,)}", "its header has no 'descr'" + Damaged },
        { "{'descr", At(11, "a text does not end") },
        { "{'descr\"", At(11, "a text does not end") },
        { "{'de\\x73cr': '<f4'}", At(14, "a text has a character that no key and no dtype has") },
        { "{'dé': 1}", At(13, "a text has a character that no key and no dtype has") },
        { "{'de\nscr': '<f4'}", At(14, "a text has a character that no key and no dtype has") },
        { "{'descr' '<f4'}", At(19, "':' is expected there") },
        { "{'descr', '<f4'}", At(18, "':' is expected there") },
        { "{'descr': <f4}", At(20, "a dtype in quotes is expected there") },
        { "{'descr': None}", At(20, "a dtype in quotes is expected there") },
        { "{'descr': '<f4' 'fortran_order'}", At(26, "',' is expected there") },
        { "{'descr': '<f4'; }", At(25, "',' is expected there") },
        { "{'descr': '<f4', , }", At(27, "a key in quotes or '}' is expected there") },
        { "{'order': 1}", At(11, $"the key 'order' {Keys}") },
        { "{'': 1}", At(11, $"the key '' {Keys}") },
        { "{'Shape': (2,)}", At(11, $"the key 'Shape' {Keys}") },
        { "{'descr': '<f4', 'descr': '<f4'}", At(27, "it has the key 'descr' twice") },
        { "{'shape': (), \"shape\": ()}", At(24, "it has the key 'shape' twice") },
        { "{'fortran_order': True, 'fortran_order': True}", At(34, "it has the key 'fortran_order' twice") },
        { "{'fortran_order': true}", At(28, "True or False is expected there") },
        { "{'fortran_order': 0}", At(28, "True or False is expected there") },
        { "{'fortran_order': Falsey}", At(33, "',' is expected there") },
        { "{'fortran_order': 'False'}", At(28, "True or False is expected there") },
        { "{'shape': [2]}", At(20, "'(' is expected there") },
        { "{'shape': 2}", At(20, "'(' is expected there") },
        { "{'shape': (2)}", At(22, "the shape of one axis lacks its comma, as in (2,)") },
        { "{'shape': (,)}", At(21, "a size of digits or ')' is expected there") },
        { "{'shape': (2,,)}", At(23, "a size of digits or ')' is expected there") },
        { "{'shape': (-1,)}", At(21, "a size of digits or ')' is expected there") },
        { "{'shape': (+1,)}", At(21, "a size of digits or ')' is expected there") },
        { "{'shape': (2L,)}", At(22, "',' or ')' is expected there") },
        { "{'shape': (2.0,)}", At(22, "',' or ')' is expected there") },
        { "{'shape': (1_0,)}", At(22, "',' or ')' is expected there") },
        { "{'shape': (2 3)}", At(23, "',' or ')' is expected there") },
        { "{'shape': (2, 03)}", At(24, "the size of axis 1 begins with 0") },
        { "{'shape': (2, (3,))}", At(24, "a size of digits or ')' is expected there") },
        { "{'shape': (2, 3", At(25, "',' or ')' is expected there") },
        { "{'shape': (1, 2147483648)}", At(24, "the size of axis 1 is above 2147483647") },
        { "{'shape': (99999999999999999999999999999999,)}", At(21, "the size of axis 0 is above 2147483647") },
        { "{'shape': (2147483647, 2147483647, 2147483647)}", At(45, "the array has more elements than 63 bits can count") },
        { $"{{'shape': ({string.Concat(Enumerable.Repeat("1,", 65))})}}", At(149, "the shape has more than 64 axes") },
        { Dict("<f4", "(2,)") + "}", At(67, "nothing but white space may follow the '}'") },
        { Dict("<f4", "(2,)") + "\0", At(67, "nothing but white space may follow the '}'") },
        { Dict("<f4", "(2,)") + " or print()", At(68, "nothing but white space may follow the '}'") },
        { "{'descr': __import__('os').system('true')}", At(20, "a dtype in quotes is expected there") },
    };

    /// <summary>Types that no tensor stores, and what to do.</summary>
    public static TheoryData<string, string> Types => new()
    {
        { "'|O'", "its dtype is '|O': Python objects, which MiniStack never unpickles. Save numbers: array.astype('<f4')." },
        { "'<c8'", $"its dtype is '<c8'{Complex}'<f4')." },
        { "'>c16'", $"its dtype is '>c16'{Complex}'<f8')." },
        { "'|i1'", $"its dtype is '|i1'{NoTensor}'<i4') and save the file again." },
        { "'<i2'", $"its dtype is '<i2'{NoTensor}'<i4') and save the file again." },
        { "'<u2'", $"its dtype is '<u2'{NoTensor}'<i4') and save the file again." },
        { "'<u4'", $"its dtype is '<u4'{NoTensor}'<i8') and save the file again." },
        { "'>u8'", $"its dtype is '>u8'{NoTensor}'<i8') and save the file again." },
        { "'<f16'", $"its dtype is '<f16'{NoTensor}'<f8') and save the file again." },
        { "'<U5'", $"its dtype is '<U5'{Text}" },
        { "'|S3'", $"its dtype is '|S3'{Text}" },
        { "'<M8[ns]'", $"its dtype is '<M8[ns]'{Times}" },
        { "'<m8'", $"its dtype is '<m8'{Times}" },
        { "'|V2'", "its dtype is '|V2': raw bytes, whose meaning the file does not tell (BF16 is saved so). Save numbers: array.astype('<f4')." },
        { "''", $"its dtype is ''{Unknown}" },
        { "'<f3'", $"its dtype is '<f3'{Unknown}" },
        { "'float32'", $"its dtype is 'float32'{Unknown}" },
        { "'<<f4'", $"its dtype is '<<f4'{Unknown}" },
        { "'<f04'", $"its dtype is '<f04'{Unknown}" },
        { "'|f4'", "its dtype '|f4' does not tell the byte order. Save it again with array.astype('<f4')." },
        { "'=i8'", "its dtype '=i8' does not tell the byte order. Save it again with array.astype('<i8')." },
        { "'f8'", "its dtype 'f8' does not tell the byte order. Save it again with array.astype('<f8')." },
        { "[('a', '<f4'), ('b', '<i4')]", Fields },
        { "('<f4', (2,))", Fields },
        { $"'{new string('f', 200)}'", $"its dtype is '{new string('f', 80)}…'{Unknown}" },
    };

    /// <summary>Headers that do not fit the data.</summary>
    public static TheoryData<string, int, string> Sizes => new()
    {
        { Dict("<f4", "(2,)"), 7, "it is cut short: shape (2) of F32 needs 8 bytes, but only 7 follow the header" + Damaged },
        { Dict("<f4", "(2,)"), 9, "1 bytes follow the array, where the file must end" + Damaged },
        { Dict("<f8", "()"), 0, "it is cut short: shape () of F64 needs 8 bytes, but only 0 follow the header" + Damaged },
        { Dict("<i4", "(3, 0)"), 4, "4 bytes follow the array, where the file must end" + Damaged },
        { Dict(">f2", "(1000000000,)", "True"), 8, "it is cut short: shape (1000000000) of F16 needs 2000000000 bytes, but only 8 follow the header" + Damaged },
        { Dict("<f8", "(2147483647, 2147483647)"), 8, "it is cut short: shape (2147483647, 2147483647) of F64 needs 36893488113059364872 bytes, but only 8 follow the header" + Damaged },
        { Dict("|b1", "(3,)"), 3, "element 1 is 2, and a b1 is 0 or 1" + Damaged },
    };

    [Theory]
    [MemberData(nameof(Prologues))]
    public void Load_BadPrologue_SaysWhatIsWrong(byte[] bytes, string message) => AssertRefused(bytes, message);

    [Theory]
    [MemberData(nameof(Dicts))]
    public void Load_BadDict_SaysWhatIsWrongAndWhere(string header, string message) => AssertRefused(Of(header, 8), message);

    [Theory]
    [MemberData(nameof(Types))]
    public void Load_TypeThatNoTensorStores_SaysWhatToDo(string descr, string message) =>
        AssertRefused(Of($"{{'descr': {descr}, 'fortran_order': False, 'shape': (1,), }}", 8), message);

    [Theory]
    [MemberData(nameof(Sizes))]
    public void Load_BadSize_SaysWhatIsWrong(string header, int dataBytes, string message) => AssertRefused(Of(header, dataBytes), message);

    [Fact]
    public void Load_LongHeader_CountsBytesFromTheFilesStart() => AssertRefused(Of("{}x", 0, 3), At(14, "nothing but white space may follow the '}'"));

    [Fact]
    public void Load_ArrayLargerThanOneTensor_Says()
    {
        // Sparse: the file claims 2³¹ bytes and takes none of them.
        byte[] start = Of(Dict("|b1", "(2147483647,)"));
        string path = PathOf("large.npy");
        using (FileStream stream = new(path, FileMode.Create))
        {
            stream.Write(start);
            stream.SetLength(start.Length + (long)int.MaxValue);
        }
        Assert.Equal(
            $"{path}: it has 2147483647 elements; one tensor holds at most {Array.MaxLength}. Split it along an axis and save the file again.",
            Assert.Throws<CheckpointException>(() => Npy.Load(path)).Message);
    }

    [Fact]
    public void Load_MissingFile_Says()
    {
        string missing = $"{PathOf("a")}: cannot be read: there is no such file. Check the path.";
        Assert.Equal(missing, Assert.Throws<CheckpointException>(() => Npy.Load(PathOf("a"))).Message);
        Assert.Equal(missing, Assert.Throws<CheckpointException>(() => Npz.Load(PathOf("a"))).Message);
    }

    private static string At(int offset, string what) => $"its header is wrong at byte {offset}: {what}{Damaged}";

    private void AssertRefused(byte[] bytes, string message)
    {
        string path = FileOf(bytes, "bad.npy");
        Assert.Equal($"{path}: {message}", Assert.Throws<CheckpointException>(() => Npy.Load(path)).Message);
        Assert.False(GuardedLoad.Try(path, file => Npy.Load(file)).Loaded);
    }
}
