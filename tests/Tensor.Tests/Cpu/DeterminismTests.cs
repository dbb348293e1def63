using static MiniStack.Tests.AgainstReference;

namespace MiniStack.Tests;

/// <summary>No element's bits depend on where it lies or what lies beside it.</summary>
public class DeterminismTests
{
    public static TheoryData<string> Names => [.. Functions.Keys];

    internal static Dictionary<string, Func<Tensor, Tensor>> Functions { get; } = new()
    {
        ["Exp"] = x => x.Exp(),
        ["Log"] = x => x.Abs().Log(),
        ["Sqrt"] = x => x.Sqrt(),
        ["Sin"] = x => x.Sin(),
        ["Cos"] = x => x.Cos(),
        ["Tanh"] = x => x.Tanh(),
        ["Sigmoid"] = x => x.Sigmoid(),
        ["Erf"] = x => x.Erf(),
        ["Relu"] = x => x.Relu(),
        ["Gelu"] = x => x.Gelu(),
        ["Silu"] = x => x.Silu(),
        ["TanhBackward"] = x => Fused.TanhBackward(x, x),
        ["SigmoidBackward"] = x => Fused.SigmoidBackward(x, x),
        ["ReluBackward"] = x => Fused.ReluBackward(x, x),
        ["GeluBackward"] = x => Fused.GeluBackward(x, x),
        ["SiluBackward"] = x => Fused.SiluBackward(x, x),
        ["Add"] = x => x.Add(x),
        ["Divide"] = x => x.Divide(x + 1),
        ["Pow"] = x => x.Abs().Pow(x),
        ["Where"] = x => Tensor.Where(x.Less(Tensor.Scalar(0.1)), x, x + 1),
    };

    [Theory]
    [MemberData(nameof(Names))]
    public void Elementwise_AnyPosition_SameBits(string name)
    {
        Func<Tensor, Tensor> f = Functions[name];
        Tensor x = Cases.Make([1100], DType.F32, Lying.Contiguous, Holding.Ordinary, 1);
        byte[] whole = Bits(f(x));
        foreach (int start in (int[])[0, 1, 7, 15, 16, 17, 1023, 1024])
        {
            foreach (int count in (int[])[1, 2, 5, 15, 16, 17, 31, 33, 64, 76])
            {
                byte[] part = Bits(f(x.Slice(0, start, count)));
                Assert.Equal(whole.AsMemory(4 * start, 4 * count).ToArray(), part);
            }
        }
    }

    [Fact]
    public void Rows_AnyNeighbours_SameBits()
    {
        Tensor x = Cases.Make([50, 77], DType.F32, Lying.Contiguous, Holding.Ordinary, 1), ones = Tensor.Ones([77]);
        byte[] softmax = Bits(x.Softmax()), logSoftmax = Bits(x.LogSoftmax()), norm = Bits(x.LayerNorm(ones)), rms = Bits(x.RmsNorm(ones));
        for (int row = 0; row < 50; row++)
        {
            Tensor one = x.Slice(0, row, 1), strided = one.Transpose().Contiguous().Transpose();
            foreach (Tensor lying in (Tensor[])[one, strided])
            {
                Assert.Equal(softmax.AsMemory(308 * row, 308).ToArray(), Bits(lying.Softmax()));
                Assert.Equal(logSoftmax.AsMemory(308 * row, 308).ToArray(), Bits(lying.LogSoftmax()));
                Assert.Equal(norm.AsMemory(308 * row, 308).ToArray(), Bits(lying.LayerNorm(ones)));
                Assert.Equal(rms.AsMemory(308 * row, 308).ToArray(), Bits(lying.RmsNorm(ones)));
            }
        }
    }
}
