using MiniStack.Models;

namespace MiniStack.Tests;

public class VariationalTests
{
    private readonly VariationalAutoencoder _model = new(new VariationalAutoencoderConfig(6, [5], 2), new Rng(1));
    private readonly Tensor _x = Tensor.CopyOf([1f, 0, 1, 1, 0, 0, 0, 1, 1, 0, 1, 0], [2, 6]);

    [Fact]
    public void Call_WhileTraining_DrawsAnew() => Assert.NotEqual(Scores(), Scores());

    [Fact]
    public void Call_InEvaluation_DecodesTheMean()
    {
        _model.Eval();
        Assert.Equal(Scores(), Scores());
        Assert.Equal(_model.Forward(_x, Tensor.Zeros([2, 2])).Scores.Value.ToArray<float>(), Scores());
    }

    [Fact]
    public void Call_ManyTimes_DrawsCodesFromTheirDistribution()
    {
        // An identity for a decoder shows the code: its mean and deviation over many draws are those the encoder gave.
        VariationalAutoencoder model = new(new VariationalAutoencoderConfig(1, [], 1), new Rng(3));
        model.StateDict()["decoder.0.weight"].Fill(1);
        model.StateDict()["decoder.0.bias"].Fill(0);
        VariationalOutput output = model.Call(Tensor.Ones([20_000, 1]));
        double mean = output.Mean.Value.Select(0, 0).Item(), deviation = Math.Exp(output.LogVariance.Value.Select(0, 0).Item() / 2);
        Assert.Equal(mean, output.Scores.Value.Mean().Item(), 5 * deviation / Math.Sqrt(20_000));
        Assert.Equal(deviation, output.Scores.Value.StandardDeviation().Item(), 5 * deviation / Math.Sqrt(40_000));
    }

    [Theory]
    [InlineData(0, 1)]
    [InlineData(2, 1)]
    [InlineData(-0.5, 3)]
    public void Divergence_OfANormalDistribution_IsTheFormula(double mean, double deviation)
    {
        // mean²/2 + (σ² − 1)/2 − log σ, for each number of a code.
        double expected = mean * mean / 2 + (deviation * deviation - 1) / 2 - Math.Log(deviation);
        Variable means = Tensor.Ones([3, 2], DType.F64) * mean, logs = Tensor.Ones([3, 2], DType.F64) * (2 * Math.Log(deviation));
        Assert.Equal(2 * expected, new VariationalOutput(means, means, logs).Divergence().Item(), 1e-12);
    }

    private float[] Scores() => _model.Call(_x).Scores.Value.ToArray<float>();
}
