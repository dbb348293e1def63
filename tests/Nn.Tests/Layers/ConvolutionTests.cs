using MiniStack.Nn;

namespace MiniStack.Tests;

/// <summary>Start values and wrong settings of convolutions, norms of channels, and bags.</summary>
public class ConvolutionTests
{
    private static readonly Rng Random = new(1);

    public static TheoryData<Func<object>, string> WrongSettings => new()
    {
        { () => new Conv1d(0, 1, 1, Random), "Conv1d: inputs must be at least 1, not 0." },
        { () => new Conv1d(1, 0, 1, Random), "Conv1d: outputs must be at least 1, not 0." },
        { () => new Conv1d(1, 1, 0, Random), "Conv1d: kernel must be at least 1, not 0." },
        { () => new Conv2d(1, 1, (3, 0), Random), "Conv2d: kernel must be at least 1, not (3, 0)." },
        { () => new Conv2d(1, 1, 1, Random, stride: 0), "Conv2d: stride must be at least 1, not 0." },
        { () => new Conv2d(1, 1, 1, Random, padding: (0, -1)), "Conv2d: padding must be at least 0, not (0, -1)." },
        { () => new Conv2d(1, 1, 1, Random, dilation: 0), "Conv2d: dilation must be at least 1, not 0." },
        { () => new Conv2d(3, 4, 1, Random, groups: 2), "Conv2d: 2 groups do not divide 3 inputs evenly. Choose groups that divide the inputs." },
        { () => new ConvTranspose2d(4, 3, 1, Random, groups: 2), "ConvTranspose2d: 2 groups do not divide 3 outputs evenly. Choose groups that divide the outputs." },
        { () => new Conv1d(3, 3, 1, Random, groups: 0), "Conv1d: 0 groups do not divide 3 inputs evenly. Choose groups that divide the inputs." },
        { () => new ConvTranspose1d(1, 1, 1, Random, outputPadding: -1), "ConvTranspose1d: outputPadding must be at least 0, not -1." },
        { () => new ConvTranspose2d(1, 1, 1, Random, 2, outputPadding: (1, 2)), "ConvTranspose2d: outputPadding (1, 2) must be below stride 2 or dilation 1: nothing would be added there." },
        { () => new BatchNorm(0), "BatchNorm: channels must be at least 1, not 0." },
        { () => new BatchNorm(1, momentum: 1.5), "BatchNorm: the momentum must be from 0 to 1, or null for an average, not 1.5." },
        { () => new BatchNorm(1, momentum: double.NaN), "BatchNorm: the momentum must be from 0 to 1, or null for an average, not NaN." },
        { () => new GroupNorm(1, 0), "GroupNorm: channels must be at least 1, not 0." },
        { () => new GroupNorm(2, 3), "GroupNorm: 2 groups do not divide 3 channels evenly. Choose groups that divide the channels." },
        { () => new InstanceNorm(0), "InstanceNorm: channels must be at least 1, not 0." },
        { () => new EmbeddingBag(0, 1, Random), "EmbeddingBag: rows must be at least 1, not 0." },
        { () => new EmbeddingBag(1, 0, Random), "EmbeddingBag: channels must be at least 1, not 0." },
    };

    [Theory]
    [MemberData(nameof(WrongSettings), DisableDiscoveryEnumeration = true)]
    public void Constructor_WrongSetting_Throws(Func<object> make, string message) =>
        Assert.Equal(message, Assert.Throws<ConfigException>(make).Message);

    [Fact]
    public void Constructor_StartValues_AreWithinPyTorchsBound()
    {
        // 1/√(channels·places that a weight of PyTorch's second axis and kernel has).
        Within(1 / Math.Sqrt(8 * 9), new Conv2d(16, 32, 3, new Rng(1), groups: 2));
        Within(1 / Math.Sqrt(16 * 9), new ConvTranspose2d(16, 32, 3, new Rng(1), groups: 2));
        Within(1 / Math.Sqrt(16 * 5), new Conv1d(16, 32, 5, new Rng(1)));
        Within(1 / Math.Sqrt(32 * 5), new ConvTranspose1d(16, 32, 5, new Rng(1)));

        static void Within(double bound, Convolution layer)
        {
            Assert.InRange(layer.Weight.Value.ToArray<float>().Max(MathF.Abs), 0.99 * bound, bound * 1.000001);
            Assert.InRange(layer.Bias!.Value.ToArray<float>().Max(MathF.Abs), 0.8 * bound, bound * 1.000001);
            Assert.Equal(32, layer.Bias.Shape[0]);
        }
    }

    [Fact]
    public void BatchNorm_CountsBatchesInTrainingOnly()
    {
        BatchNorm norm = new(2);
        for (int i = 0; i < 3; i++) norm.Call(Tensor.Normal([4, 2], new Rng(1)));
        norm.Eval();
        float[] mean = norm.RunningMean!.Value.ToArray<float>();
        norm.Call(Tensor.Ones([4, 2]));
        Assert.Equal(3, norm.BatchesTracked!.Value.Item());
        Assert.Equal(mean, norm.RunningMean.Value.ToArray<float>());
    }

    [Fact]
    public void BatchNorm_AnAverageOfManyBatches_IsTheirMean()
    {
        BatchNorm norm = new(1, momentum: null);
        foreach (float mean in new[] { 1f, 2, 6, 11 }) norm.Call(Tensor.CopyOf([mean - 1, mean + 1]).Reshape(2, 1));
        Assert.Equal(5, norm.RunningMean!.Value.Item(), 1e-6);
        Assert.Equal(2, norm.RunningVariance!.Value.Item(), 1e-6);
    }

    [Fact]
    public void BatchNorm_InsideATape_KeepsItsStatistics()
    {
        BatchNorm norm = new(2);
        using (Tape tape = Tape.Begin()) tape.Backward(norm.Call(Tensor.Normal([4, 2], new Rng(1))).Sum());
        Assert.Equal(1, norm.BatchesTracked!.Value.Item());
        Assert.NotEqual(0, norm.RunningMean!.Value.ToArray<float>()[0]);
    }

    [Fact]
    public void Call_WrongChannels_Throws()
    {
        ShapeException error = Assert.Throws<ShapeException>(() => new InstanceNorm(3).Call(Tensor.Zeros([2, 4, 2])));
        Assert.Equal("InstanceNorm: x is (2, 4, 2), but the layer has 3 channels: x must be [batch, 3, …]. [in module InstanceNorm]", error.Message);
        error = Assert.Throws<ShapeException>(() => Bags.OfRows(Tensor.Zeros([2], DType.I64)));
        Assert.Equal("Bags: bags of one size are [bags, size], not (2).", error.Message);
        ConfigException mode = Assert.Throws<ConfigException>(() => new EmbeddingBag(3, 2, Random).Call(
            new Bags(Tensor.CopyOf([1L]), Tensor.CopyOf([0L]), Tensor.CopyOf([1f]))));
        Assert.EndsWith("[in module EmbeddingBag]", mode.Message, StringComparison.Ordinal);
    }
}
