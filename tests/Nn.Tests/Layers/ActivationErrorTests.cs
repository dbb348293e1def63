using MiniStack.Nn;

namespace MiniStack.Tests;

/// <summary>What activations, pools and changes of shape say when they cannot do it, and what they do far from 0.</summary>
public class ActivationErrorTests
{
    public static TheoryData<Func<object>, string> WrongSettings => new()
    {
        { () => new PRelu(0), "PRelu: channels must be at least 1, not 0." },
        { () => new Celu(0), "Celu: alpha must be above 0, not 0." },
        { () => new Softplus(-1.5), "Softplus: beta must be above 0, not -1.5." },
        { () => new Softplus(double.NaN), "Softplus: beta must be above 0, not NaN." },
        { () => new Hardtanh(1, 0.5), "Hardtanh: low must be below high, but they are 1 and 0.5." },
        { () => new Unflatten(1), "Unflatten: give one or more sizes, of which at most one is -1, not ()." },
        { () => new Unflatten(1, -1, 2, -1), "Unflatten: give one or more sizes, of which at most one is -1, not (-1, 2, -1)." },
        { () => new Unflatten(1, 2, -2), "Unflatten: give one or more sizes, of which at most one is -1, not (2, -2)." },
        { () => new ZeroPad1d(-1, 0), "ZeroPad1d: left must be at least 0, not -1." },
        { () => new ZeroPad1d(0, -1), "ZeroPad1d: right must be at least 0, not -1." },
        { () => new ZeroPad2d(-2), "ZeroPad2d: padding must be at least 0, not -2." },
        { () => new Upsample(), "Upsample: give either a size or a scale, and not both." },
        { () => new Upsample(2, 2), "Upsample: give either a size or a scale, and not both." },
        { () => new Upsample(size: (2, 0)), "Upsample: size must be at least 1, not (2, 0)." },
        { () => new Upsample(scale: 0), "Upsample: scale must be at least 1, not 0." },
        { () => new Upsample(2, alignCorners: true), "Upsample: the nearest pixel knows no aligned corners. Leave alignCorners out, or choose UpsampleMode.Bilinear." },
        { () => new MaxPool1d(0), "MaxPool1d: kernel must be at least 1, not 0." },
        { () => new MaxPool2d((2, 0)), "MaxPool2d: kernel must be at least 1, not (2, 0)." },
        { () => new AvgPool1d(2, 0), "AvgPool1d: stride must be at least 1, not 0." },
        { () => new AvgPool2d(2, 1, -1), "AvgPool2d: padding must be at least 0, not -1." },
        { () => new MaxPool2d((3, 2), 1, (1, 2)), "MaxPool2d: the padding (1, 2) must be at most half of the kernel (3, 2): a window must not lie outside." },
        { () => new AdaptiveAvgPool1d(0), "AdaptiveAvgPool1d: size must be at least 1, not 0." },
        { () => new AdaptiveAvgPool2d((0, 1)), "AdaptiveAvgPool2d: size must be at least 1, not (0, 1)." },
        { () => new AdaptiveMaxPool1d(0), "AdaptiveMaxPool1d: size must be at least 1, not 0." },
        { () => new AdaptiveMaxPool2d(0), "AdaptiveMaxPool2d: size must be at least 1, not 0." },
    };

    [Theory]
    [MemberData(nameof(WrongSettings), DisableDiscoveryEnumeration = true)]
    public void Constructor_WrongSetting_Throws(Func<object> make, string message) =>
        Assert.Equal(message, Assert.Throws<ConfigException>(make).Message);

    [Fact]
    public void Call_WrongShape_Throws()
    {
        Says("PRelu: x is (2, 3), but there are shares for 4 channels: x must be [batch, 4, …].", new PRelu(4), [2, 3]);
        Says("Glu: x is (2, 3); its axis -1 must be there and have an even size: one half is the gate of the other.", new Glu(), [2, 3]);
        Says("Glu: x is (2, 3); its axis 2 must be there and have an even size: one half is the gate of the other.", new Glu(2), [2, 3]);
        Says("Flatten: x is (3), which has no axes 1 to -1 in this order. Choose others, or add axes with Unsqueeze.", new Flatten(), [3]);
        Says("Unflatten: x is (3), which has no axis 1. Choose another.", new Unflatten(1, 1, 1), [3]);
        Says("Upsample: x must be […, height, width], not (3). Add axes with Unsqueeze.", new Upsample(2), [3]);

        static void Says(string message, Layer layer, Shape shape) =>
            Assert.StartsWith(message, Assert.Throws<ShapeException>(() => layer.Call(Tensor.Zeros(shape))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Call_FarFromZero_IsFiniteAndSoIsItsGradient()
    {
        foreach (LayerRow row in ActivationLayers.Rows)
        {
            if (row.Type == typeof(PRelu) || row.Type == typeof(Glu)) continue;
            Module layer = row.Build(DType.F32);
            Parameter x = new(Tensor.CopyOf([-1e4f, -200, -90, 0, 90, 200, 1e4f, 1]).Reshape(2, 4));
            using Tape tape = Tape.Begin();
            Variable y = row.Run(layer, [x]);
            tape.Backward(y.Sum());
            Assert.All(y.Value.ToArray<float>().Concat(x.Grad!.ToArray<float>()), number => Assert.True(float.IsFinite(number), row.Name));
        }
    }

    [Fact]
    public void Softplus_OfASmallNumber_DoesNotRoundToZero() =>
        Assert.Equal(Math.Exp(-30), new Softplus().Call(Tensor.CopyOf([-30f])).Item(), 1e-6 * Math.Exp(-30));

    [Fact]
    public void ZeroPad2d_OneNumber_IsForAllSides() =>
        Assert.Equal("(1, 4, 6)", new ZeroPad2d(1).Call(Tensor.Zeros([1, 2, 4])).Shape.ToString());
}
