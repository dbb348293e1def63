using System.Text;
using FsCheck;
using FsCheck.Fluent;
using static MiniStack.Formats.Tests.NpyBytes;

namespace MiniStack.Formats.Tests;

public sealed class NpyRoundTripTests : TestFolder
{
    private static readonly DType[] DTypes = [.. Enum.GetValues<DType>().Where(dtype => dtype != DType.BF16)];

    [Fact]
    public void SaveThenLoad_AnyDTypesAndShapes_GivesTheSameBits()
    {
        Gen<Shape> shapes = Gen.Choose(0, 4).SelectMany(rank => Gen.Choose(0, 5).ArrayOf(rank)).Select(sizes => (Shape)sizes);
        Gen<Tensor> tensors =
            from shape in shapes
            from dtype in Gen.Elements(DTypes)
            from seed in Gen.Choose(0, int.MaxValue)
            from transposed in Gen.Elements(true, false)
            select TensorBits.Random(shape, dtype, seed, transposed);
        Prop.ForAll(tensors.ArrayOf().ToArbitrary(), Gen.Elements(true, false).ToArbitrary(), (list, compressed) =>
        {
            Dictionary<string, Tensor> saved = list.Select((tensor, i) => ($"t.{i}", tensor)).ToDictionary();
            Npz.Save(PathOf("any.npz"), saved, compressed);
            IReadOnlyDictionary<string, Tensor> loaded = Npz.Load(PathOf("any.npz"));
            Assert.Equal(saved.Keys.Order(StringComparer.Ordinal), loaded.Keys.Order(StringComparer.Ordinal));
            foreach ((string name, Tensor tensor) in saved)
            {
                TensorBits.AssertSame(tensor, loaded[name]);
                Npy.Save(PathOf("any.npy"), tensor);
                TensorBits.AssertSame(tensor, Npy.Load(PathOf("any.npy")));
            }
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(100));
    }

    [Fact]
    public void SaveThenLoad_MoreThanOneChunk_GivesTheSameBits()
    {
        Tensor tensor = TensorBits.Random([3, (1 << 20) - 1], DType.F16, 1, transposed: true);
        Npy.Save(PathOf("long.npy"), tensor);
        TensorBits.AssertSame(tensor, Npy.Load(PathOf("long.npy")));
        byte[] bytes = File.ReadAllBytes(PathOf("long.npy"));
        byte[] swapped = [.. Of(Dict(">f2", "(1048575, 3)")), .. bytes[128..].Chunk(2).SelectMany(pair => new[] { pair[1], pair[0] })];
        TensorBits.AssertSame(tensor, Npy.Load(FileOf(swapped, "swapped.npy")));
    }

    [Fact]
    public void Save_TensorOfAnotherDevice_IsWrittenAndLoadsToAny()
    {
        Tensor tensor = Tensor.CopyOf([1f, 2, 3, 4], [2, 2]).To(Device.Reference).Transpose();
        Npy.Save(PathOf("x.npy"), tensor);
        Npz.Save(PathOf("x.npz"), [new("x", tensor)]);
        foreach (Tensor there in new[] { Npy.Load(PathOf("x.npy"), Device.Reference), Npz.Load(PathOf("x.npz"), Device.Reference)["x"] })
        {
            Assert.Equal(Device.Reference, there.Device);
            Assert.Equal([1f, 3, 2, 4], there.ToArray<float>());
        }
        Assert.Equal(Device.Cpu, Npy.Load(PathOf("x.npy")).Device);
    }

    [Fact]
    public void Load_InsideAScope_OutlivesIt()
    {
        string columns = FileOf(Of(Dict("|u1", "(2, 3)", "True"), 6), "columns.npy");
        Npy.Save(PathOf("rows.npy"), Tensor.Ones([3]));
        Tensor rows, transposed;
        using (MemoryScope.Begin()) (rows, transposed) = (Npy.Load(PathOf("rows.npy")), Npy.Load(columns));
        Assert.Equal([1f, 1, 1], rows.ToArray<float>());
        Assert.Equal([1, 3, 5, 2, 4, 6], transposed.ToArray<byte>());
        Assert.True(transposed.IsContiguous);
    }

    [Theory]
    [InlineData("{'shape': (2,), 'descr': '<f4', 'fortran_order': False}")]
    [InlineData("\t{ \"fortran_order\" :True,\n\"shape\":( 2 , ) ,'descr':'<f4' , }\r\n")]
    [InlineData("{'descr':'<f4','fortran_order':False,'shape':(1,2)}")]
    [InlineData("{'descr':'<f4','fortran_order':True,'shape':(2,1,)}")]
    public void Load_OtherWaysToWriteTheDict_AreRead(string header) =>
        Assert.Equal(2, Npy.Load(FileOf(Of(header, 8), "dict.npy")).Count);

    [Theory]
    [InlineData("<u1", DType.U8)]
    [InlineData(">b1", DType.Bool)]
    [InlineData("b1", DType.Bool)]
    public void Load_OneByteWithAnyOrder_IsRead(string descr, DType dtype) =>
        Assert.Equal(dtype, Npy.Load(FileOf(Of(Dict(descr, "()"), 1), "byte.npy")).DType);

    [Fact]
    public void Load_ShortHeadersAndManyAxes_AreRead()
    {
        string ones = string.Join(", ", Enumerable.Repeat(1, 64));
        Assert.Equal(64, Npy.Load(FileOf(Of(Dict("<i4", $"({ones})", "True"), 4), "axes.npy")).Rank);
        Tensor empty = Npy.Load(FileOf(Of(Dict(">f8", "(2147483647, 0, 5)", "True")), "empty.npy"));
        Assert.Equal([2147483647, 0, 5], empty.Shape);
    }

    [Fact]
    public void Save_Scalar_HasTheDocumentedBytes()
    {
        Npy.Save(PathOf("scalar.npy"), Tensor.Scalar(1.5));
        byte[] start = [0x93, .. "NUMPY"u8, 1, 0, 118, 0];
        string header = "{'descr': '<f4', 'fortran_order': False, 'shape': (), }".PadRight(117) + "\n";
        Assert.Equal([.. start, .. Encoding.ASCII.GetBytes(header), 0, 0, 0xC0, 0x3F], File.ReadAllBytes(PathOf("scalar.npy")));
    }

    [Fact]
    public void Save_SameTensorsInAnotherOrder_GivesTheSameBytes()
    {
        KeyValuePair<string, Tensor>[] tensors = [new("b", Tensor.Ones([300])), new("a", Tensor.Zeros([2], DType.I64)), new("C", Tensor.Zeros([5], DType.Bool))];
        foreach (bool compressed in new[] { false, true })
        {
            Npz.Save(PathOf("one"), tensors, compressed);
            Npz.Save(PathOf("two"), tensors.Reverse(), compressed);
            Assert.Equal(File.ReadAllBytes(PathOf("one")), File.ReadAllBytes(PathOf("two")));
            // 1200 + 16 + 5 bytes of numbers: stored they are all there, deflated most are gone.
            Assert.Equal(compressed, new FileInfo(PathOf("one")).Length < 1221);
        }
    }

    [Fact]
    public void SaveThenLoad_NamesOfAnyCharacters_AreOnlyNames()
    {
        string[] names = ["a", "A", "a.npy", "../../etc/passwd", "/abs", "C:\\x", "h.0/weight", "π🙂", "line\nbreak", " ", ".", new string('n', 4096)];
        Npz.Save(PathOf("names"), names.Select((name, i) => KeyValuePair.Create(name, Tensor.Scalar(i))));
        IReadOnlyDictionary<string, Tensor> loaded = Npz.Load(PathOf("names"));
        Assert.Equal(names.Length, loaded.Count);
        for (int i = 0; i < names.Length; i++) Assert.Equal(i, loaded[names[i]].Item());
        Assert.Equal(["names"], FilesLeft());
    }

    [Fact]
    public void Load_DeflatedZeros_AreAllThere()
    {
        Npz.Save(PathOf("zeros.npz"), [new("zeros", Tensor.Zeros([3000, 1000]))], compressed: true);
        Assert.InRange(new FileInfo(PathOf("zeros.npz")).Length, 0, 3000 * 1000 * 4 / 900);
        Assert.Equal(0, Npz.Load(PathOf("zeros.npz"))["zeros"].Sum().Item());
    }

    [Fact]
    public void Append_CheckValue_IsThatOfTheCatalogue()
    {
        // The check value of CRC-32 in every catalogue, whole and in parts of all lengths.
        byte[] digits = [.. "123456789"u8];
        for (int cut = 0; cut <= digits.Length; cut++)
            Assert.Equal(0xCBF43926, Crc32.Append(Crc32.Append(0, digits.AsSpan(0, cut)), digits.AsSpan(cut)));
    }
}
