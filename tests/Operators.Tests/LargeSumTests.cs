namespace MiniStack.Tests;

/// <summary>Results that 16 bits hold, of sums, counts and squares that they do not hold.</summary>
public class LargeSumTests
{
    private const int Many = 100_000;

    public static TheoryData<DType, string> Cases()
    {
        TheoryData<DType, string> data = [];
        foreach (DType dtype in (DType[])[DType.F16, DType.BF16])
            foreach (string name in Table.Keys) data.Add(dtype, name);
        return data;
    }

    /// <summary>Inputs, all equal to one number; the function; its value; the gradient of each input.</summary>
    private static readonly Dictionary<string, (Shape Shape, double X, Func<Variable, Variable> Function, double Y, double Dx)> Table = new()
    {
        ["Mean"] = ([Many], 1, x => x.Mean(), 1, 1.0 / Many),
        ["Mean of large numbers"] = ([4, 64], 40_000, x => x.Mean([1]).Slice(0, 0, 1), 40_000, double.NaN),
        ["AdaptiveAvgPool2d"] = ([1, 1, 300, 300], 300, x => x.AdaptiveAvgPool2d(1), 300, 1 / 90_000.0),
        ["AvgPool2d"] = ([1, 1, 20, 20], 3000, x => x.AvgPool2d(20), 3000, 1 / 400.0),
        ["Max, tied"] = ([Many], 1, x => x.Max() * 1000, 1000, 0.01),
        ["Max, tied oddly"] = ([257], 1, x => x.Max(), 1, 1 / 257.0),
        ["Norm"] = ([1], 300, x => x.Norm(), 300, 1),
        ["Norm of tiny numbers"] = ([4], 1e-4, x => x.Norm(), 2e-4, 0.5),
        ["Norm 3"] = ([8], 500, x => x.Norm(3), 1000, 0.25),
        ["MeanSquaredError"] = ([Many], 20, x => x.MeanSquaredError(x.Value * 0), 400, 40.0 / Many),
        ["L1Loss"] = ([Many], 20, x => x.L1Loss(x.Value * 0), 20, 1.0 / Many),
        ["SmoothL1Loss"] = ([Many], 20, x => x.SmoothL1Loss(x.Value * 0), 19.5, 1.0 / Many),
        ["BinaryCrossEntropyWithLogits"] = ([Many], 20, x => x.BinaryCrossEntropyWithLogits(x.Value * 0), 20, 1.0 / Many),
        ["KlDivergence"] = ([Many], -8, x => x.KlDivergence(x.Value * 0 + 1), 8, -1.0 / Many),
        ["HingeLoss"] = ([Many], -19, x => x.HingeLoss(x.Value * 0 + 1), 20, -1.0 / Many),
        ["Divide"] = ([1], 300, x => new Variable(x.Value) / x, 1, -1 / 300.0),
        ["Reciprocal"] = ([1], 500, x => 1 / x, 0.002, -1 / 250_000.0),
        ["Atan"] = ([1], 300, x => x.Atan(), 1.5674630569, 1 / 90_001.0),
        ["Sum of products"] = ([2], 256, x => (x * (x.Value * 0 + 0.5)).Sum(), 256, 0.5),
    };

    [Theory]
    [MemberData(nameof(Cases))]
    public void Operator_WhoseSumsLeave16Bits_DoesNot(DType dtype, string name)
    {
        (Shape shape, double number, Func<Variable, Variable> function, double expected, double gradient) = Table[name];
        using Tape tape = Tape.Begin();
        Variable x = Variable.Watch(Tensor.Full(shape, number, dtype)), y = function(x);
        Assert.Equal(dtype, y.Value.DType);
        double step = dtype == DType.F16 ? 1.0 / (1 << 10) : 1.0 / (1 << 7);
        Assert.Equal(expected, y.Value.Flatten().Slice(0, 0, 1).Item(), step * Math.Abs(expected));
        if (double.IsNaN(gradient)) return;
        double[] dx = tape.Grad(y.Sum(), x).Value.To(DType.F64).ToArray<double>();
        Assert.Equal(gradient, dx[^1], step * Math.Abs(gradient) + 3e-8 * (dtype == DType.F16 ? 1 : 0)); // half a step of F16's smallest
    }

    [Theory]
    [InlineData(DType.F16)]
    [InlineData(DType.BF16)]
    public void StandardDeviation_OfLargeAndOfTinyHalves_IsFinite(DType dtype)
    {
        foreach (double size in (double[])[2000, 0.001])
        {
            Tensor x = Tensor.CopyOf([size, -size, size, -size]).To(dtype);
            Assert.Equal(1, x.StandardDeviation(correction: 0).Item() / size, 0.01);
            Assert.Equal(0.25, Gradients.Of(v => v.StandardDeviation(correction: 0), x).Slice(0, 0, 1).Item(), 0.01);
        }
    }

    [Theory]
    [InlineData(DType.F16, DType.F32)]
    [InlineData(DType.BF16, DType.F32)]
    [InlineData(DType.F32, DType.F32)]
    [InlineData(DType.F64, DType.F64)]
    public void Attention_OfAnyDType_KeepsItsLogSumExpInF32OrMore(DType dtype, DType kept)
    {
        Tensor q = Tensor.Normal([1, 2, 5, 4], new Rng(1)).To(dtype), qkv = Tensor.Normal([1, 5, 24], new Rng(1)).To(dtype);
        Tensor.Attention(q, q, q, causal: true, out Tensor logSumExp);
        Assert.Equal(kept, logSumExp.DType);
        Fused.SelfAttention(qkv, 2, causal: true, out logSumExp);
        Assert.Equal(kept, logSumExp.DType);
    }
}
