using System.Reflection;
using MiniStack.Tests;

namespace MiniStack.Formats.Tests;

/// <summary>Files that NumPy wrote (tests/Golden/npy_golden.py), and ours read back by NumPy.</summary>
public sealed class NpyGoldenTests : TestFolder
{
    private const string NoNumPy = "No python3 with numpy is installed (on Debian: apt-get install python3-numpy).";

    private static readonly string? NumPy = Python.With("numpy");

    private static readonly string Scripts = Path.Combine(
        typeof(NpyGoldenTests).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(a => a.Key == "RepositoryRoot").Value!, "tests", "Golden");

    public static TheoryData<string, DType> DTypes => new()
    {
        { "f4", DType.F32 }, { "f8", DType.F64 }, { "f2", DType.F16 }, { "i8", DType.I64 }, { "i4", DType.I32 }, { "u1", DType.U8 }, { "b1", DType.Bool },
    };

    [Theory]
    [MemberData(nameof(DTypes))]
    public void Load_FilesOfNumPy_GiveTheirNumbers(string name, DType dtype)
    {
        Tensor expected = Numbers(dtype);
        string[] files = [.. Directory.EnumerateFiles(Golden(""), $"{name}*.npy")];
        Assert.Equal(dtype.Size() > 1 ? 3 : 2, files.Length); // Plain, in Fortran's order, big-endian.
        foreach (string file in files) TensorBits.AssertSame(expected, Npy.Load(file));
        TensorBits.AssertSame(expected, Npz.Load(Golden("arrays.npz"))[name]);
    }

    [Fact]
    public void Load_OtherVersionsAndShapes_GiveTheirNumbers()
    {
        TensorBits.AssertSame(Numbers(DType.F32), Npy.Load(Golden("version2.npy")));
        TensorBits.AssertSame(Numbers(DType.I64), Npy.Load(Golden("version3.npy")));
        TensorBits.AssertSame(Tensor.Scalar(-2.5), Npy.Load(Golden("scalar.npy")));
        TensorBits.AssertSame(Tensor.Zeros([3, 0, 2], DType.I32), Npy.Load(Golden("empty.npy")));
    }

    [Fact]
    public void Load_CompressedArchiveOfNumPy_GivesItsNumbers()
    {
        IReadOnlyDictionary<string, Tensor> tensors = Npz.Load(Golden("compressed.npz"));
        Assert.Equal(["h.0/π", "zeros"], tensors.Keys.Order(StringComparer.Ordinal));
        TensorBits.AssertSame(Numbers(DType.F64), tensors["h.0/π"]);
        TensorBits.AssertSame(Tensor.Zeros([50, 40]), tensors["zeros"]);
    }

    [Theory]
    [InlineData("object", "its dtype is '|O': Python objects, which MiniStack never unpickles. Save numbers: array.astype('<f4').")]
    [InlineData("complex", "its dtype is '<c8': complex numbers, which no tensor stores. Save the parts as an axis: numpy.stack([array.real, array.imag]).astype('<f4').")]
    public void Load_WhatNoTensorStores_IsRefused(string name, string message) =>
        Assert.Equal($"{Golden($"{name}.npy")}: {message}", Assert.Throws<CheckpointException>(() => Npy.Load(Golden($"{name}.npy"))).Message);

    [Fact]
    public void Script_RunAgain_MakesTheCommittedFiles()
    {
        if (NumPy is null) Assert.Skip(NoNumPy);
        Assert.Equal(0, Python.Run(NumPy, "-B", Path.Combine(Scripts, "npy_golden.py"), Folder));
        string[] committed = [.. Directory.EnumerateFiles(Golden("")).Select(path => Path.GetFileName(path)).Order(StringComparer.Ordinal)];
        Assert.Equal(committed, FilesLeft());
        // Versions of NumPy pad headers differently: the numbers count.
        foreach (string name in committed.Where(name => name is not ("object.npy" or "complex.npy")))
        {
            IReadOnlyDictionary<string, Tensor> before = All(Golden(name)), now = All(PathOf(name));
            Assert.Equal(before.Keys, now.Keys);
            foreach ((string key, Tensor tensor) in before) TensorBits.AssertSame(tensor, now[key]);
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Save_EveryDType_IsReadByNumPy(bool compressed)
    {
        if (NumPy is null) Assert.Skip(NoNumPy);
        Dictionary<string, Tensor> tensors = new() { ["scalar"] = Tensor.Scalar(-2.5), ["empty/π"] = Tensor.Zeros([3, 0, 2], DType.I32) };
        foreach ((string name, DType dtype) in DTypes.Select(row => row.Data)) tensors[name] = Numbers(dtype);
        Npz.Save(PathOf("ours.npz"), tensors, compressed);
        foreach ((string name, Tensor tensor) in tensors) Npy.Save(PathOf($"{name.Replace('/', '_')}.npy"), tensor.Transposed());
        File.WriteAllText(PathOf("check.py"), Check);
        Assert.Equal(0, Python.Run(NumPy, "-B", PathOf("check.py"), Scripts, Folder));
    }

    // The script's own numbers are what ours must be; the single arrays were saved as transposed views.
    private const string Check =
        """
        import sys
        from pathlib import Path
        import numpy
        sys.path.insert(0, sys.argv[1])
        import npy_golden
        folder = Path(sys.argv[2])
        wanted = {d.replace("?", "b1"): npy_golden.numbers(d, (2, 3, 2)).astype(d) for d in npy_golden.DTYPES}
        wanted["scalar"] = numpy.array(-2.5, "f4")
        wanted["empty/π"] = numpy.zeros((3, 0, 2), "i4")
        with numpy.load(folder / "ours.npz", allow_pickle=False) as ours:
            assert sorted(ours.files) == sorted(wanted), ours.files
            for name, array in wanted.items():
                single = numpy.load(folder / (name.replace("/", "_") + ".npy"), allow_pickle=False)
                for mine, other in (ours[name], array), (single, array.T):
                    assert mine.dtype == other.dtype and mine.shape == other.shape, (name, mine.dtype, mine.shape)
                    assert numpy.array_equal(mine, other), name
        assert numpy.load(folder / "f4.npy", mmap_mode="r").offset % 64 == 0
        """;

    private static string Golden(string name) => Path.Combine(Scripts, "npy", name);

    private static IReadOnlyDictionary<string, Tensor> All(string path) =>
        path.EndsWith(".npz", StringComparison.Ordinal) ? Npz.Load(path) : new Dictionary<string, Tensor> { [""] = Npy.Load(path) };

    /// <summary>The script's numbers, of shape (2, 3, 2): 0, 3, 6, … moved below zero, and halved for floats.</summary>
    private static Tensor Numbers(DType dtype)
    {
        double[] numbers = [.. Enumerable.Range(0, 12).Select(i => dtype switch
        {
            DType.Bool => (i + 1) % 2,
            DType.U8 => i * 3,
            _ when dtype.IsFloat() => (i * 3 - 7) / 2.0,
            _ => (double)(i * 3 - 7),
        })];
        return Tensor.CopyOf(numbers, [2, 3, 2]).To(dtype);
    }
}

file static class Views
{
    /// <summary>The axes in reverse order, as NumPy's <c>.T</c>.</summary>
    public static Tensor Transposed(this Tensor tensor) => tensor.Permute([.. Enumerable.Range(0, tensor.Rank).Reverse()]);
}
