using System.Text;
using FsCheck;
using FsCheck.Fluent;

namespace MiniStack.Formats.Tests;

public sealed class SafetensorsRoundTripTests : TestFolder
{
    private static readonly DType[] DTypes = Enum.GetValues<DType>();

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
        Prop.ForAll(tensors.ArrayOf().ToArbitrary(), list =>
        {
            Dictionary<string, Tensor> saved = list.Select((tensor, i) => ($"t.{i}", tensor)).ToDictionary();
            string path = PathOf("any.safetensors");
            Safetensors.Save(path, saved);
            IReadOnlyDictionary<string, Tensor> loaded = Safetensors.Load(path);
            Assert.Equal(saved.Keys.Order(StringComparer.Ordinal), loaded.Keys.Order(StringComparer.Ordinal));
            foreach ((string name, Tensor tensor) in saved) TensorBits.AssertSame(tensor, loaded[name]);
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(200));
    }

    [Fact]
    public void Save_SameTensorsInAnotherOrder_GivesTheSameBytes()
    {
        KeyValuePair<string, Tensor>[] tensors =
            [new("b", Tensor.Ones([3])), new("a", Tensor.Zeros([2], DType.I64)), new("c", Tensor.Zeros([5], DType.Bool))];
        Safetensors.Save(PathOf("one"), tensors);
        Safetensors.Save(PathOf("two"), tensors.Reverse());
        Assert.Equal(File.ReadAllBytes(PathOf("one")), File.ReadAllBytes(PathOf("two")));
    }

    [Fact]
    public void Save_View_WritesItsElementsOnly()
    {
        Tensor view = Tensor.Arange(24, DType.F32).Reshape(4, 6).Slice(1, 1, 2, step: 3).Transpose();
        Safetensors.Save(PathOf("view"), [new("view", view)]);
        Assert.Equal([1f, 7, 13, 19, 4, 10, 16, 22], Safetensors.Load(PathOf("view"))["view"].ToArray<float>());
        Tensor stretched = Tensor.CopyOf([1.5, 2.5]).Expand([2, 2]);
        Safetensors.Save(PathOf("view"), [new("view", stretched)]);
        Assert.Equal([1.5, 2.5, 1.5, 2.5], Safetensors.Load(PathOf("view"))["view"].ToArray<double>());
    }

    [Fact]
    public void Save_TensorOfAnotherDevice_IsWrittenAndLoadsToAny()
    {
        Tensor tensor = Tensor.CopyOf([1f, 2, 3, 4], [2, 2]).To(Device.Reference).Transpose();
        Safetensors.Save(PathOf("device"), [new("x", tensor)]);
        Tensor there = Safetensors.Load(PathOf("device"), Device.Reference)["x"];
        Assert.Equal(Device.Reference, there.Device);
        Assert.Equal([1f, 3, 2, 4], there.ToArray<float>());
        Assert.Equal(Device.Cpu, Safetensors.Load(PathOf("device"))["x"].Device);
    }

    [Fact]
    public void Load_InsideAScope_OutlivesIt()
    {
        Safetensors.Save(PathOf("scope"), [new("x", Tensor.Ones([3]))]);
        Tensor loaded;
        using (MemoryScope.Begin()) loaded = Safetensors.Load(PathOf("scope"))["x"];
        Assert.Equal([1f, 1, 1], loaded.ToArray<float>());
    }

    [Fact]
    public void SaveThenLoad_Metadata_ComesBack()
    {
        Dictionary<string, string> metadata = new() { ["format"] = "pt", ["π \"quoted\"\n"] = "größer <ok> 🙂\u0000", [""] = "" };
        Safetensors.Save(PathOf("meta"), [], metadata);
        Assert.Empty(Safetensors.Load(PathOf("meta"), out IReadOnlyDictionary<string, string> loaded));
        Assert.Equal(metadata, loaded);
    }

    [Fact]
    public void SaveThenLoad_NamesOfAnyCharacters_ComeBack()
    {
        string[] names = ["a", "A", "ä", "\"", "\\", "h.0.attn.weight", "🙂", "line\nbreak", "__metadata", new string('n', 4096)];
        Safetensors.Save(PathOf("names"), names.Select((name, i) => KeyValuePair.Create(name, Tensor.Scalar(i))));
        IReadOnlyDictionary<string, Tensor> loaded = Safetensors.Load(PathOf("names"));
        for (int i = 0; i < names.Length; i++) Assert.Equal(i, loaded[names[i]].Item());
    }

    [Fact]
    public void Open_Entries_TellWithoutReading()
    {
        Safetensors.Save(PathOf("entries"), [new("w", Tensor.Ones([2, 3])), new("flag", Tensor.Scalar(1, DType.Bool))]);
        using SafetensorsFile file = Safetensors.Open(PathOf("entries"));
        Assert.Equal(PathOf("entries"), file.Path);
        Assert.Equal([new("w", "F32", [2, 3], 0, 24), new("flag", "BOOL", [], 24, 1)], file.Entries);
        Assert.Equal(DType.F32, file.Entries[0].DType);
        Assert.True(file.Contains("flag"));
        Assert.False(file.Contains("bias"));
        Assert.True(file.Read("flag").Item<bool>());
    }

    [Fact]
    public void Read_AfterTheFileWasReplaced_GivesWhatWasOpened()
    {
        Safetensors.Save(PathOf("old"), [new("x", Tensor.Ones([1000]))]);
        using SafetensorsFile file = Safetensors.Open(PathOf("old"));
        Safetensors.Save(PathOf("old"), [new("y", Tensor.Zeros([1]))]);
        Assert.All(file.Read("x").ToArray<float>(), x => Assert.Equal(1, x));
        Assert.True(Safetensors.Load(PathOf("old")).ContainsKey("y"));
    }

    [Fact]
    public void Save_DataStart_IsAlignedToEightBytes()
    {
        for (int length = 1; length <= 16; length++)
        {
            Safetensors.Save(PathOf("align"), [new(new string('x', length), Tensor.Ones([1]))]);
            byte[] bytes = File.ReadAllBytes(PathOf("align"));
            long header = BitConverter.ToInt64(bytes);
            Assert.Equal(0, header % 8);
            Assert.Equal('{', (char)bytes[8]);
            Assert.EndsWith("}", Encoding.UTF8.GetString(bytes, 8, (int)header).TrimEnd(' '), StringComparison.Ordinal);
        }
    }
}
