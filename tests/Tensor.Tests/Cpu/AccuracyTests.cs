using MiniStack.Operators;
using static MiniStack.Tests.AgainstReference;

namespace MiniStack.Tests;

/// <summary>How far exp, tanh and their relatives are from the truth, over their whole range. The figures are printed.</summary>
public class AccuracyTests(ITestOutputHelper output)
{
    [Fact]
    public void Exp_F32_WithinTwoUlps() => Bound("exp", DType.F32, -87, 88.7, (b, x, y) => b.Unary<Exp>(x, y), ulps: 2);

    [Fact]
    public void Exp_F64_WithinTwoUlps() => Bound("exp", DType.F64, -708, 709.7, (b, x, y) => b.Unary<Exp>(x, y), ulps: 2);

    [Fact]
    public void Tanh_F32_WithinThreeUlps() => Bound("tanh", DType.F32, -12, 12, (b, x, y) => b.Unary<Tanh>(x, y), ulps: 3.5);

    [Fact]
    public void Tanh_F64_WithinThreeUlps() => Bound("tanh", DType.F64, -22, 22, (b, x, y) => b.Unary<Tanh>(x, y), ulps: 3.5);

    [Fact]
    public void Sigmoid_F32_WithinThreeUlps() => Bound("sigmoid", DType.F32, -87, 40, (b, x, y) => b.Unary<Sigmoid>(x, y), ulps: 3.5);

    [Fact]
    public void Sigmoid_F64_WithinThreeUlps() => Bound("sigmoid", DType.F64, -700, 40, (b, x, y) => b.Unary<Sigmoid>(x, y), ulps: 3.5);

    [Fact]
    public void Erf_F32_WithinThreeUlps() => Bound("erf", DType.F32, -5, 5, (b, x, y) => b.Unary<Erf>(x, y), ulps: 3);

    // The oracle itself is good to about 1e-15, some 5 ulps.
    [Fact]
    public void Erf_F64_WithinOracle() => Bound("erf", DType.F64, -7, 7, (b, x, y) => b.Unary<Erf>(x, y), ulps: 10);

    [Fact]
    public void Log_F32_WithinTwoUlps() => Bound("log", DType.F32, 1e-30, 1e4, (b, x, y) => b.Unary<Log>(x, y), ulps: 2);

    // Relative to 1: where GELU itself vanishes, the reference's 1 + erf has no digits left either.
    [Fact]
    public void Gelu_F32_WithinTwoEpsilon() => Bound("gelu", DType.F32, -9, 9, (b, x, y) => b.Unary<Gelu>(x, y), ulps: 3, floor: 1);

    [Fact]
    public void Gelu_F64_WithinOracle() => Bound("gelu", DType.F64, -9, 9, (b, x, y) => b.Unary<Gelu>(x, y), ulps: 10, floor: 1);

    [Fact]
    public void Silu_F32_WithinThreeUlps() => Bound("silu", DType.F32, -87, 87, (b, x, y) => b.Unary<Silu>(x, y), ulps: 3.5);

    // The oracle, in F64 itself, rounds four times.
    [Fact]
    public void Silu_F64_WithinOracle() => Bound("silu", DType.F64, -700, 700, (b, x, y) => b.Unary<Silu>(x, y), ulps: 5);

    [Theory]
    [InlineData(DType.F32, -104.5, 0)]
    [InlineData(DType.F32, -103, 1.4e-45)]
    [InlineData(DType.F32, 89, double.PositiveInfinity)]
    [InlineData(DType.F64, -746, 0)]
    [InlineData(DType.F64, 710, double.PositiveInfinity)]
    public void Exp_EndsOfTheRange_ReachZeroAndInfinityGradually(DType dtype, double x, double expected)
    {
        double y = Tensor.Scalar(x, dtype).Exp().Item();
        Assert.Equal(expected, y, expected is 0 or double.PositiveInfinity ? 0 : 1e-46);
    }

    private void Bound(string name, DType dtype, double low, double high, Action<Backend, Tensor, Tensor> f, double ulps, double floor = 0)
    {
        const int Count = 200_001;
        double[] points = new double[2 * Count];
        for (int i = 0; i < Count; i++)
        {
            points[i] = low + (high - low) * i / (Count - 1);
            // The second half crowds around 0, where cancellation would show.
            points[Count + i] = Math.Clamp(Math.ScaleB(points[i] / high, -(i % 40)), low, high);
        }
        Tensor x = Tensor.Wrap(points, [points.Length]).To(dtype), y = Tensor.Empty(x.Shape, dtype), truth = Tensor.Empty(x.Shape, DType.F64);
        f(Tested, x, y);
        f(Reference, x.To(DType.F64), truth);
        double[] got = Doubles(y), wanted = Doubles(truth), at = Doubles(x);
        double epsilon = dtype == DType.F32 ? Math.ScaleB(1, -23) : Math.ScaleB(1, -52), worst = 0, worstAt = 0, worstRelative = 0;
        for (int i = 0; i < got.Length; i++)
        {
            double size = Math.Max(Math.Abs(wanted[i]), floor);
            if (size < (dtype == DType.F32 ? 1.2e-38 : 2.3e-308)) continue; // subnormal: relative error means nothing
            double error = Math.Abs(got[i] - wanted[i]), ulp = epsilon * Math.ScaleB(1, Math.ILogB(size));
            if (error / ulp > worst) (worst, worstAt) = (error / ulp, at[i]);
            worstRelative = Math.Max(worstRelative, error / size);
        }
        output.WriteLine($"{name} {dtype}: at most {worst:F2} ulp (at {worstAt:G6}), relative {worstRelative:E2}");
        Assert.True(worst <= ulps, $"{name} {dtype} is {worst:F2} ulp off at {worstAt:R}; at most {ulps} are allowed.");
    }
}
