using MiniStack.Nn;

namespace MiniStack.Tests;

public class InitTests
{
    private readonly Rng _rng = new(7);

    // A 3×3 kernel from 16 to 32 channels: fan-in 144, fan-out 288.
    private static readonly Shape Kernel = [32, 16, 3, 3];

    [Fact]
    public void KaimingAndXavier_OfAKernel_HaveTheDeviationOfTheirPaper()
    {
        Deviates(Math.Sqrt(2.0 / 144), Init.KaimingUniform(Kernel, _rng, Init.ReluGain), Math.Sqrt(6.0 / 144));
        Deviates(Math.Sqrt(2.0 / 144), Init.KaimingNormal(Kernel, _rng, Init.ReluGain));
        Deviates(Math.Sqrt(2.0 / 288), Init.KaimingNormal(Kernel, _rng, Init.ReluGain, fanOut: true));
        Deviates(Math.Sqrt(2.0 / 432), Init.XavierUniform(Kernel, _rng), Math.Sqrt(6.0 / 432));
        Deviates(5.0 / 3 * Math.Sqrt(2.0 / 432), Init.XavierNormal(Kernel, _rng, Init.TanhGain));
        Deviates(1 / Math.Sqrt(3 * 144), Init.KaimingUniform(Kernel, _rng), 1.0 / 12);
    }

    [Fact]
    public void TruncatedNormal_NoNumber_LiesBeyondTheCut()
    {
        double[] numbers = [.. Init.TruncatedNormal([4000], _rng, std: 0.02, cut: 1.5).ToArray<float>()];
        Assert.InRange(numbers.Max(Math.Abs), 0.0297, 0.03001);
        // Variance of a normal distribution cut at ±c: 1 − 2c·φ(c)/(2Φ(c) − 1), 0.5512 at 1.5.
        Assert.Equal(0.02 * Math.Sqrt(0.5512), Math.Sqrt(numbers.Average(n => n * n)), 0.0005);
        ConfigException error = Assert.Throws<ConfigException>(() => Init.TruncatedNormal([1], _rng, 1, cut: 0));
        Assert.Equal("TruncatedNormal: the cut must be above 0 deviations, not 0.", error.Message);
    }

    [Theory]
    [InlineData(5, 9)]
    [InlineData(9, 5)]
    [InlineData(6, 6)]
    public void Orthogonal_TheShorterSide_IsOrthonormalTimesTheGain(int rows, int columns)
    {
        Tensor q = Init.Orthogonal([rows, columns], _rng, gain: 3).To(DType.F64);
        Tensor products = rows <= columns ? q.MatMul(q.Transpose()) : q.Transpose().MatMul(q);
        double[,] expected = new double[products.Shape[0], products.Shape[0]];
        for (int i = 0; i < products.Shape[0]; i++) expected[i, i] = 9;
        double[] have = products.ToArray<double>();
        Assert.All(expected.Cast<double>().Zip(have), pair => Assert.Equal(pair.First, pair.Second, 1e-5));
    }

    [Fact]
    public void Orthogonal_AKernel_HasOrthogonalOutputs()
    {
        double[] q = Init.Orthogonal([4, 2, 3, 3], _rng).To(DType.F64).ToArray<double>();
        Assert.Equal(0, Enumerable.Range(0, 18).Sum(i => q[i] * q[18 + i]), 1e-6);
        Assert.Equal(1, Enumerable.Range(0, 18).Sum(i => q[i] * q[i]), 1e-6);
    }

    [Fact]
    public void FanIn_OfAVector_Throws()
    {
        ShapeException error = Assert.Throws<ShapeException>(() => Init.XavierNormal([3], _rng));
        Assert.Equal("Init: the start values depend on inputs and outputs; a weight is [outputs, inputs, kernel…], not (3).", error.Message);
    }

    private static void Deviates(double std, Tensor numbers, double bound = double.PositiveInfinity)
    {
        double[] all = [.. numbers.ToArray<float>()];
        Assert.Equal(std, Math.Sqrt(all.Average(n => n * n)), std * 0.03);
        Assert.True(all.Max(Math.Abs) <= bound * 1.000001);
        if (double.IsFinite(bound)) Assert.True(all.Max(Math.Abs) > bound * 0.99);
    }
}
