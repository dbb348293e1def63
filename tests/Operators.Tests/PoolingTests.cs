namespace MiniStack.Tests;

/// <summary>What the table cannot say of pools: threads, and which of equal elements gets the gradient.</summary>
public class PoolingTests
{
    [Fact]
    public void MaxPool2d_EqualElements_TheFirstGetsTheGradient()
    {
        Parameter x = new(Tensor.Zeros([1, 1, 3, 3]));
        using (Tape tape = Tape.Begin()) tape.Backward(x.MaxPool2d(2, 1).Sum());
        Assert.Equal([1f, 1, 0, 1, 1, 0, 0, 0, 0], x.Grad!.ToArray<float>());
    }

    [Fact]
    public void MaxPool2d_OnlyMinusInfinity_PicksWhatIsInside()
    {
        Tensor y = Tensor.Full([1, 1, 3, 3], double.NegativeInfinity).MaxPool2d(3, 2, 1, out Tensor indices);
        Assert.Equal([0, 1, 3, 4], indices.ToArray<int>());
        Assert.All(y.ToArray<float>(), value => Assert.Equal(float.NegativeInfinity, value));
    }

    [Theory]
    [InlineData(3, 30, 41)]
    [InlineData(1, 400, 300)]
    public void Pools_AnyThreads_GiveTheSameBits(int channels, int height, int width)
    {
        Tensor x = Tensor.Normal([2, channels, height, width], new Rng(1));
        Threads.SameBits(() => x.MaxPool2d(3, 2, 1).ToArray<float>());
        Threads.SameBits(() => x.AvgPool2d(3, 2, 1).ToArray<float>());
        Threads.SameBits(() => x.AdaptiveMaxPool2d((7, 5)).ToArray<float>());
        Threads.SameBits(() => x.UpsampleBilinear2d((50, 60)).ToArray<float>());
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Pools_AnyWidth_EqualTheReference(int stride)
    {
        for (int width = 3; width < 70; width++)
        {
            Tensor x = Tensor.Normal([1, 2, 5, width], new Rng((ulong)width));
            Tensor there = x.To(Device.Reference);
            TensorAssert.Close(there.MaxPool2d(3, stride, 1), x.MaxPool2d(3, stride, 1), 0, $"MaxPool2d, {width}");
            TensorAssert.Close(there.AvgPool2d(3, stride, 1), x.AvgPool2d(3, stride, 1), Tolerance.OfSum(DType.F32, 9), $"AvgPool2d, {width}");
        }
    }
}
