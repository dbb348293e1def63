using static MiniStack.Tests.AgainstReference;

namespace MiniStack.Tests;

/// <summary>Outputs of 8 MiB and more are written past the caches: the bits are those of ordinary stores.</summary>
public class StreamingTests
{
    private const int Rows = 2100, Columns = 1024;

    private static readonly Tensor X = Cases.Make([Rows, Columns], DType.F32, Lying.Contiguous, Holding.Ordinary, 1);

    private static readonly Tensor Targets = (Tensor.Arange(Rows, DType.F32) * 0.4).To(DType.I64);

    /// <summary>Functions that treat each row alone.</summary>
    private static readonly Dictionary<string, Func<Tensor, Tensor, Tensor>> Functions = new()
    {
        ["Exp"] = (x, _) => x.Exp(),
        ["Silu"] = (x, _) => x.Silu(),
        ["Add"] = (x, _) => x.Add(x),
        ["GeluBackward"] = (x, _) => Fused.GeluBackward(x, x),
        ["Softmax"] = (x, _) => x.Softmax(),
        ["LogSoftmax"] = (x, _) => x.LogSoftmax(),
        ["SoftmaxBackward"] = (x, _) => Fused.SoftmaxBackward(x, x),
        ["LayerNorm"] = (x, _) => x.LayerNorm(Tensor.Ones([Columns]), Tensor.Ones([Columns])),
        ["RmsNorm"] = (x, _) => x.RmsNorm(Tensor.Ones([Columns])),
        ["RmsNormBackward"] = (x, _) => Fused.RmsNormBackward(x, Tensor.Ones([Columns]), x.Select(1, 0).Contiguous(), x).Dx,
        ["CrossEntropyBackward"] = (x, targets) => Fused.CrossEntropyBackward(x, targets, Tensor.Ones(targets.Shape), Tensor.Ones(targets.Shape)),
        ["Embedding"] = (x, targets) => X.Embedding(targets),
        ["Clone"] = (x, _) => x.Clone(),
        ["Contiguous of a transpose"] = (x, _) => x.Transpose().Clone().Transpose(),
        ["To"] = (x, _) => x.To(DType.I32).To(DType.F32),
    };

    public static TheoryData<string> Names => [.. Functions.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public void LargeOutput_EveryRow_HasTheBitsOfASmallOne(string name)
    {
        Tensor whole = Functions[name](X, Targets);
        for (int row = 0; row < Rows; row += 700)
        {
            Tensor part = Functions[name](X.Slice(0, row, 700), Targets.Slice(0, row, 700));
            Assert.Equal(Bits(part), Bits(whole.Slice(0, row, 700)));
        }
    }

    /// <summary>What is written past the caches needs vectors, which not every dtype has.</summary>
    [Theory]
    [InlineData(DType.F32)]
    [InlineData(DType.F64)]
    [InlineData(DType.F16)]
    [InlineData(DType.BF16)]
    [InlineData(DType.I64)]
    [InlineData(DType.I32)]
    [InlineData(DType.U8)]
    [InlineData(DType.Bool)]
    public void LargeOutput_OfAnyDType_IsThatOfASmallOne(DType dtype)
    {
        const int Small = 1000;
        Dictionary<string, Func<Tensor, Tensor>> functions = new()
        {
            ["Clone"] = x => x.Clone(),
            ["Where"] = x => Tensor.Where(x.Equal(x), x, x),
            ["Flip"] = x => x.Flip(0),
            ["To F32"] = x => x.To(DType.F32),
        };
        if (dtype != DType.Bool)
        {
            functions.Add("Abs", x => x.Abs());
            functions.Add("Add", x => x + x);
            functions.Add("Relu or Sign", x => dtype.IsFloat() ? x.Relu() : x.Sign());
        }
        int count = (36 << 20) / dtype.Size();
        Tensor large = Tensor.Full([count], 1, dtype), small = Tensor.Full([Small], 1, dtype);
        Assert.Equal(Doubles(small), Doubles(large.Slice(0, count - Small, Small)));
        foreach ((string name, Func<Tensor, Tensor> function) in functions)
        {
            using MemoryScope scope = MemoryScope.Begin();
            Tensor y = function(large), expected = function(small);
            Assert.True(Doubles(expected.Slice(0, 0, Small)).SequenceEqual(Doubles(y.Slice(0, (int)y.Count - Small, Small))), name);
        }
    }

    [Fact]
    public void AddInPlace_LargeTensor_AddsEachElementOnce() =>
        Assert.Equal(Bits(X + X), Bits(X.Clone().AddInPlace(X)));

    [Fact]
    public void Fill_LargeTensor_ReachesEveryElement()
    {
        Tensor y = Tensor.Full([9_000_001], 2.5);
        Assert.Equal(2.5, y.Min().Item());
        Assert.Equal(2.5, y.Max().Item());
        Assert.Equal(9_000_001, Tensor.Ones([9_000_001], DType.I64).Sum().Item());
        Assert.True(Tensor.Ones([34_000_001], DType.Bool).Equal(Tensor.Ones([], DType.Bool)).To(DType.I32).Min().Item() == 1);
    }
}
