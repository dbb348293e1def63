using MiniStack.Nn;

namespace MiniStack.Tests;

/// <summary>Activations far from 0, at infinity, and so near to 0 that eˣ − 1 would cancel: in every dtype the F64 result, rounded once.</summary>
public class ActivationNumericsTests
{
    private const double Infinity = double.PositiveInfinity;

    /// <summary>Each with its values and slopes at −∞ and ∞.</summary>
    private static readonly Dictionary<string, (Func<Layer> Make, double[] Y, double[] Dx)> Table = new()
    {
        ["Relu"] = (() => new Relu(), [0, Infinity], [0, 1]),
        ["Relu6"] = (() => new Relu6(), [0, 6], [0, 0]),
        ["LeakyRelu"] = (() => new LeakyRelu(), [-Infinity, Infinity], [0.01, 1]),
        ["PRelu"] = (() => new PRelu(), [-Infinity, Infinity], [0.25, 1]),
        ["Elu"] = (() => new Elu(), [-1, Infinity], [0, 1]),
        ["Elu 0.3"] = (() => new Elu(0.3), [-0.3, Infinity], [0, 1]),
        ["Celu"] = (() => new Celu(2), [-2, Infinity], [0, 1]),
        ["Selu"] = (() => new Selu(), [-1.7580993408473766, Infinity], [0, 1.0507009873554805]),
        ["Sigmoid"] = (() => new Sigmoid(), [0, 1], [0, 0]),
        ["LogSigmoid"] = (() => new LogSigmoid(), [-Infinity, 0], [1, 0]),
        ["Tanh"] = (() => new Tanh(), [-1, 1], [0, 0]),
        ["Hardtanh"] = (() => new Hardtanh(), [-1, 1], [0, 0]),
        ["Hardsigmoid"] = (() => new Hardsigmoid(), [0, 1], [0, 0]),
        ["Softsign"] = (() => new Softsign(), [-1, 1], [0, 0]),
        ["Gelu"] = (() => new Gelu(), [0, Infinity], [0, 1]),
        ["GeluTanh"] = (() => new GeluTanh(), [0, Infinity], [0, 1]),
        ["Silu"] = (() => new Silu(), [0, Infinity], [0, 1]),
        ["Softplus"] = (() => new Softplus(), [0, Infinity], [0, 1]),
        ["Softplus 5"] = (() => new Softplus(5), [0, Infinity], [0, 1]),
        ["Mish"] = (() => new Mish(), [0, Infinity], [0, 1]),
        ["Hardswish"] = (() => new Hardswish(), [0, Infinity], [0, 1]),
    };

    private static readonly double[] Points =
        [0.0001, 0.001, 0.01, 0.1, 0.5, 1, 2.5, 3.5, 5, 7, 9, 12, 17, 20, 50, 100, 300, 20_000, 60_000];

    public static TheoryData<string, DType> Cases()
    {
        TheoryData<string, DType> data = [];
        foreach (string name in Table.Keys)
            foreach (DType dtype in (DType[])[DType.F64, DType.F32, DType.F16, DType.BF16]) data.Add(name, dtype);
        return data;
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Activation_AtInfinity_IsTheLimit(string name, DType dtype)
    {
        (double[] y, double[] dx) = Run(name, Tensor.CopyOf([-Infinity, Infinity]).To(dtype));
        double tolerance = dtype.IsHalf() ? 0.01 : 1e-6;
        for (int i = 0; i < 2; i++)
        {
            Assert.Equal(Table[name].Y[i], y[i], tolerance);
            Assert.Equal(Table[name].Dx[i], dx[i], tolerance);
        }
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Activation_NearAndFar_IsThatOfF64RoundedOnce(string name, DType dtype)
    {
        double[] points = [0, .. Points, .. Points.Select(x => -x)];
        if (dtype == DType.F32) points = [.. points, 1e-20, -1e-20, 1e10, -1e10, 1e20, -1e20, 1e38, -1e38];
        Tensor x = Tensor.CopyOf(points).To(dtype);
        (double[] y, double[] dx) = Run(name, x);
        (double[] wantY, double[] wantDx) = Run(name, x.To(DType.F64));
        for (int i = 0; i < points.Length; i++)
        {
            Assert.True(Math.Abs(y[i] - wantY[i]) <= Spacing(wantY[i], dtype), $"{name}({points[i]}) should be {wantY[i]}, but is {y[i]}");
            Assert.True(Math.Abs(dx[i] - wantDx[i]) <= Math.Max(Spacing(wantDx[i], dtype), FromResult(name, dtype)), $"{name}'s slope at {points[i]} should be {wantDx[i]}, but is {dx[i]}");
        }
    }

    [Theory]
    [InlineData(DType.F64, 1e-15)]
    [InlineData(DType.F32, 1e-6)]
    [InlineData(DType.F16, 1e-3)]
    [InlineData(DType.BF16, 8e-3)]
    public void ExponentialUnits_NearZero_KeepTheirDigits(DType dtype, double tolerance)
    {
        foreach (double at in (double[])[-0.001, -0.01, -0.1, -1])
        {
            double x = Tensor.Scalar(at, dtype).Item(), expected = 0, term = 1;
            for (int n = 1; n < 25; n++) expected += term *= x / n; // the series: Math.Exp(x) − 1 would cancel
            double From(Layer layer, double scale) => layer.Call(new Variable(Tensor.Scalar(x, dtype))).Item() / scale / expected;
            Assert.Equal(1, From(new Elu(), 1), tolerance);
            Assert.Equal(1, From(new Selu(), 1.7580993408473766), tolerance);
            Assert.Equal(1, From(new Celu(), 1), tolerance);
        }
    }

    /// <summary>Values and slopes.</summary>
    private static (double[] Y, double[] Dx) Run(string name, Tensor x)
    {
        Layer layer = Table[name].Make();
        layer.To(x.DType);
        using Tape tape = Tape.Begin();
        Variable input = Variable.Watch(x), y = layer.Call(input);
        Assert.Equal(x.DType, y.Value.DType);
        return (y.Value.To(DType.F64).ToArray<double>(), tape.Grad(y, input).Value.To(DType.F64).ToArray<double>());
    }

    /// <summary>From a number to the next of its type, and a few of F32.</summary>
    /// <summary>These two take their slope from the result, 1 − y and 1 − y²: F32 in F32, as PyTorch does, and the F64 that is compared with in F64.</summary>
    private static double FromResult(string name, DType dtype) =>
        name is not ("Sigmoid" or "Tanh") ? 0 : dtype == DType.F32 ? Math.ScaleB(1, -23) : Math.ScaleB(1, -52);

    private static double Spacing(double value, DType dtype) => dtype switch
    {
        DType.F16 => Math.ScaleB(1, Math.Max(Exponent(value), -14) - 10),
        DType.BF16 => Math.ScaleB(1, Math.Max(Exponent(value), -126) - 7),
        DType.F32 => Math.Max(1e-37, 3e-5 * Math.Abs(value)),
        _ => 0,
    };

    private static int Exponent(double value) => value == 0 ? -1000 : Math.ILogB(value);
}
