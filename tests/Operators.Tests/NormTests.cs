namespace MiniStack.Tests;

/// <summary>What the table cannot say of norms: running statistics, threads, and means that are large against the deviation.</summary>
public class NormTests
{
    [Fact]
    public void BatchNorm_Training_MovesTheRunningStatisticsInPlace()
    {
        Tensor x = Tensor.CopyOf([1f, 2, 3, 6], [2, 1, 2]), mean = Tensor.Zeros([1]), variance = Tensor.Ones([1]);
        _ = x.BatchNorm(null, null, mean, variance, training: true, momentum: 0.25);
        Assert.Equal(0.75 * 0 + 0.25 * 3, mean.Item(), 1e-6);
        Assert.Equal(0.75 * 1 + 0.25 * (14.0 / 3), variance.Item(), 1e-6); // squares around 3 add up to 14, divided by 4 − 1
    }

    [Fact]
    public void BatchNorm_Evaluation_LeavesTheRunningStatistics()
    {
        Tensor x = Tensor.Normal([4, 3, 5], new Rng(1)), mean = Tensor.Zeros([3]), variance = Tensor.Ones([3]);
        _ = new Variable(x).BatchNorm(null, null, mean, variance, training: false);
        Assert.Equal([0f, 0, 0, 1, 1, 1], [.. mean.ToArray<float>(), .. variance.ToArray<float>()]);
    }

    [Fact]
    public void BatchNorm_LargeMean_StillHasMeanZeroAndVarianceOne()
    {
        Tensor x = Tensor.Normal([8, 2, 300], new Rng(1), mean: 1000, std: 0.01);
        Tensor y = x.BatchNorm(null, null, null, null, training: true, epsilon: 0).To(DType.F64);
        Assert.InRange(y.Mean([0, 2]).Abs().Max().Item(), 0, 1e-5);
        Assert.InRange(((y * y).Mean([0, 2]) - 1).Abs().Max().Item(), 0, 1e-3);
    }

    [Theory]
    [InlineData(5, 7, 33)]
    [InlineData(4, 3, 5000)]
    [InlineData(2, 70, 1)]
    public void Norms_AnyThreads_GiveTheSameBits(int batch, int channels, int places)
    {
        Rng rng = new(1);
        Tensor x = Tensor.Normal([batch, channels, places], rng), w = Tensor.Normal([channels], rng), dy = Tensor.Normal(x.Shape, rng);
        Threads.SameBits(() => Gradients(v => v[0].BatchNorm(v[1], null, null, null, training: true)));
        Threads.SameBits(() => Gradients(v => v[0].GroupNorm(1, v[1])));

        float[] Gradients(Func<Variable[], Variable> norm)
        {
            using Tape tape = Tape.Begin();
            Variable[] inputs = [Variable.Watch(x), Variable.Watch(w)];
            Variable y = norm(inputs);
            return [.. y.Value.ToArray<float>(), .. tape.Grad([y], inputs, [dy]).SelectMany(gradient => gradient.Value.ToArray<float>())];
        }
    }
}
