using MiniStack.Nn;

namespace MiniStack.Tests;

public class DropoutTests
{
    private static readonly Tensor Ones = Tensor.Ones([100, 1000]);

    [Theory]
    [InlineData(0.1)]
    [InlineData(0.5)]
    [InlineData(0.9)]
    public void Call_WhileTraining_DropsTheShareAndKeepsTheMean(double p)
    {
        float[] y = new Dropout(p, new Rng(1)).Call(Ones).Value.ToArray<float>();
        double dropped = y.Count(v => v == 0) / (double)y.Length, sigma = Math.Sqrt(p * (1 - p) / y.Length);
        Assert.InRange(dropped, p - 4 * sigma, p + 4 * sigma);
        Assert.All(y.Where(v => v != 0).Distinct(), v => Assert.Equal(1 / (1 - p), v, 1e-5));
        Assert.Equal(1, y.Average(v => (double)v), 4 * sigma / (1 - p));
    }

    [Fact]
    public void Call_SameSeed_DropsTheSame() =>
        Assert.Equal(new Dropout(0.5, new Rng(3)).Call(Ones).Value.ToArray<float>(), new Dropout(0.5, new Rng(3)).Call(Ones).Value.ToArray<float>());

    [Fact]
    public void Call_Twice_DropsOthers()
    {
        Dropout layer = new(0.5, new Rng(3));
        Assert.NotEqual(layer.Call(Ones).Value.ToArray<float>(), layer.Call(Ones).Value.ToArray<float>());
    }

    [Fact]
    public void Call_StreamRestored_DropsTheSameAgain()
    {
        Rng rng = new(3);
        RngState before = rng.State;
        float[] first = new Dropout(0.5, rng).Call(Ones).Value.ToArray<float>();
        Assert.Equal(first, new Dropout(0.5, new Rng(before)).Call(Ones).Value.ToArray<float>());
    }

    [Fact]
    public void Call_TwoAttentionLayersOfOneStream_DropDifferently()
    {
        Rng rng = new(3);
        CausalSelfAttention first = new(4, 2, rng, bias: false, dropout: 0.5, std: 1, projectionStd: 1);
        CausalSelfAttention second = new(4, 2, rng, bias: false, dropout: 0.5, std: 1, projectionStd: 1);
        second.LoadStateDict(first.StateDict());
        Tensor x = Tensor.Normal([4, 8, 4], new Rng(4));
        bool[] firstDropped = Dropped(first), secondDropped = Dropped(second);
        Assert.InRange(firstDropped.Zip(secondDropped).Count(pair => pair.First == pair.Second), 40, 88); // half of 128 by chance

        bool[] Dropped(Layer layer) => [.. layer.Call(x).Value.ToArray<float>().Select(v => v == 0)];
    }

    [Fact]
    public void Call_Evaluating_ChangesNothing()
    {
        Dropout layer = new(0.5, new Rng(1));
        layer.Eval();
        Variable x = Ones;
        Assert.Same(x, layer.Call(x));
        layer.Train();
        Assert.NotSame(x, layer.Call(x));
    }

    [Fact]
    public void Backward_WhileTraining_DropsTheGradientsOfTheDropped()
    {
        Parameter x = new(Tensor.Full([1000], 2));
        using Tape tape = Tape.Begin();
        Variable y = new Dropout(0.25, new Rng(1)).Call(x);
        tape.Backward(y.Sum());
        Assert.Equal(y.Value.ToArray<float>(), x.Grad!.ToArray<float>().Select(gradient => 2 * gradient));
    }

    [Theory]
    [InlineData(-0.1)]
    [InlineData(1)]
    [InlineData(double.NaN)]
    public void Constructor_NotAProbability_Throws(double p)
    {
        ConfigException error = Assert.Throws<ConfigException>(() => new Dropout(p, new Rng(1)));
        Assert.Equal($"Dropout: the probability must be at least 0 and below 1, not {p}.", error.Message);
    }
}
