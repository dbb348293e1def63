namespace MiniStack.Tests;

/// <summary>An operator meets every dtype in every place of its operands: it gives the reference's numbers, or an error that names it; never another type's bytes.</summary>
public class AnyDTypeTests
{
    public static TheoryData<string, DType> Cases()
    {
        TheoryData<string, DType> data = [];
        foreach (Operator op in OperatorTable.All) foreach (DType dtype in Types.All) data.Add(op.Name, dtype);
        return data;
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Operator_AnyDTypeInAnyPlace_EqualsReferenceOrIsRefused(string name, DType dtype)
    {
        Operator op = OperatorTable.ByName[name];
        foreach (Sample sample in op.Samples)
        {
            // All operands in this dtype, and then each of them alone among others of one the operator takes.
            for (int place = -1; place < (sample.Shapes.Length > 1 ? sample.Shapes.Length : 0); place++)
                Check(name, sample, (sample.DTypes ?? op.DTypes)[0], dtype, place);
        }
    }

    private static readonly (string Name, Func<Tensor, Tensor> Call)[] WithIndices =
    [
        ("Gather", indices => Tensor.Ones([2, 3]).Gather(1, indices.Reshape(1, -1).Expand([2, 2]))),
        ("ScatterAdd", indices => Tensor.Ones([2, 3]).ScatterAdd(1, indices.Reshape(1, -1).Expand([2, 2]), Tensor.Ones([2, 2]))),
        ("IndexSelect", indices => Tensor.Ones([2, 3]).IndexSelect(1, indices)),
        ("OneHot", indices => indices.OneHot(3)),
        ("Embedding", indices => Tensor.Ones([2, 3]).Embedding(indices)),
        ("EmbeddingBag", indices => Tensor.Ones([2, 3]).EmbeddingBag(indices, Tensor.Zeros([1], DType.I64))),
        ("EmbeddingBag", offsets => Tensor.Ones([2, 3]).EmbeddingBag(Tensor.Zeros([2], DType.I64), offsets.Slice(0, 0, 1))),
        ("CrossEntropy", targets => Tensor.Ones([2, 3]).CrossEntropy(targets, out _)),
    ];

    public static TheoryData<int, DType> Indices()
    {
        TheoryData<int, DType> data = [];
        for (int i = 0; i < WithIndices.Length; i++) foreach (DType dtype in Types.All) data.Add(i, dtype);
        return data;
    }

    [Theory]
    [MemberData(nameof(Indices))]
    public void Operator_IndicesOfAnyDType_AreI64OrI32OrRefused(int which, DType dtype)
    {
        (string name, Func<Tensor, Tensor> call) = WithIndices[which];
        Tensor indices = Tensor.CopyOf(new long[] { 0, 1 }).To(dtype);
        if (dtype is DType.I64 or DType.I32)
        {
            Assert.Equal(call(Tensor.CopyOf(new long[] { 0, 1 })).To(DType.F64).ToArray<double>(), call(indices).To(DType.F64).ToArray<double>());
            return;
        }
        DTypeException error = Assert.Throws<DTypeException>(() => call(indices));
        Assert.Equal($"{name}: indices must be I64 or I32, not {dtype}. Convert with To(DType.I64).", error.Message);
    }

    [Fact]
    public void DType_OfNoType_IsRefused()
    {
        const DType None = (DType)99;
        Assert.False(None.IsFloat());
        Assert.False(((DType)(-1)).IsFloat());
        Assert.Throws<DTypeException>(() => DTypes.Promote(None, DType.I64));
        Assert.Throws<ArgumentOutOfRangeException>(() => Tensor.Zeros([2], None));
        Assert.ThrowsAny<Exception>(() => Tensor.Zeros([2]).To(None));
        Assert.Throws<ConfigException>(() => Tensor.Ones([2, 3]).EmbeddingBag(Tensor.Zeros([2], DType.I64), Tensor.Zeros([1], DType.I64), (EmbeddingBagMode)9));
    }

    private static void Check(string name, Sample sample, DType usual, DType dtype, int place)
    {
        const InputLayout Layout = default;
        using MemoryScope scope = MemoryScope.Begin();
        double[]? wanted = Run(Device.Reference, out Exception? refused), got = Run(Device.Cpu, out Exception? error);
        string what = $"{name}, {sample.Condition}, {dtype} in place {place}";
        Assert.True(refused is null or MiniStackException, $"{what}: {refused}");
        Assert.True(error is null or MiniStackException, $"{what}: {error}");
        Assert.True(refused?.GetType() == error?.GetType(), $"{what}: {refused?.Message} / {error?.Message}");
        if (error is DTypeException) Assert.Contains(dtype.ToString(), error.Message, StringComparison.Ordinal);
        if (wanted is null || got is null) return;
        Assert.Equal(wanted.Length, got.Length);
        for (int i = 0; i < got.Length; i++)
        {
            bool near = got[i].Equals(wanted[i]) || Math.Abs(got[i] - wanted[i]) <= 0.02 * Math.Max(1, Math.Abs(wanted[i]));
            Assert.True(near || dtype.IsHalf(), $"{what}: {got[i]} instead of {wanted[i]} at {i}");
        }

        double[]? Run(Device device, out Exception? thrown)
        {
            try
            {
                Tensor[] inputs = sample.Inputs(device, Layout, usual), others = sample.Inputs(device, Layout, dtype);
                for (int i = 0; i < inputs.Length; i++) if (place < 0 || place == i) inputs[i] = others[i];
                Tensor y = sample.Function([.. inputs.Select(input => (Variable)input)]).Value;
                thrown = null;
                return y.To(DType.F64).To(Device.Cpu).ToArray<double>();
            }
            catch (Exception caught)
            {
                thrown = caught;
                return null;
            }
        }
    }
}
