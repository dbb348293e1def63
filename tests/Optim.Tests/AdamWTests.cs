using MiniStack.Optim;

namespace MiniStack.Tests;

public abstract class AdamWTests(Device device)
{
    private static readonly double[][] Gradients = [[0.5, -2, 0, 1e-3], [1, -1, 0.25, 0], [-3, 0.1, 0, 1e-3]];

    [Theory]
    [InlineData(0)]
    [InlineData(0.1)]
    public void Step_ThreeTimes_EqualsTheFormula(double decay)
    {
        Parameter p = Make.Parameter(device, [2, 2], 1, -1, 0.5, 2);
        AdamW optimizer = new([p], 0.01, beta1: 0.8, beta2: 0.95, epsilon: 1e-6, weightDecay: decay);
        double[] x = [1, -1, 0.5, 2], m = new double[4], v = new double[4];
        for (int t = 1; t <= Gradients.Length; t++)
        {
            double[] g = Gradients[t - 1];
            double rate = 0.01 / t;
            for (int i = 0; i < 4; i++)
            {
                // Loshchilov and Hutter 2019, algorithm 2, written out.
                m[i] = 0.8 * m[i] + 0.2 * g[i];
                v[i] = 0.95 * v[i] + 0.05 * g[i] * g[i];
                double mHat = m[i] / (1 - Math.Pow(0.8, t)), vHat = v[i] / (1 - Math.Pow(0.95, t));
                x[i] = x[i] - rate * decay * x[i] - rate * mHat / (Math.Sqrt(vHat) + 1e-6);
            }
            Make.Gradient(p, g);
            optimizer.Step(rate);
        }
        Make.Close(x, p.Value);
        Make.Close(m, State(optimizer, "0.m"));
        Make.Close(v, State(optimizer, "0.v"));
    }

    [Fact]
    public void Step_F32_EqualsTheFormulaWithinItsRounding()
    {
        Parameter p = new(Tensor.CopyOf([1f, -1]).To(device));
        AdamW optimizer = new([p], 0.1, weightDecay: 0);
        Make.Gradient(p, 0.5, -2);
        optimizer.Step();
        Make.Close([0.9, -0.9], p.Value, 1e-6); // the first step has length lr in each direction
    }

    [Fact]
    public void Step_ByDefault_DecaysMatricesOnly()
    {
        Parameter matrix = Make.Parameter(device, [1, 2], 1, 1), vector = Make.Parameter(device, [2], 1, 1);
        AdamW optimizer = new([matrix, vector], 0.1, weightDecay: 0.5);
        Make.Gradient(matrix, 0, 0);
        Make.Gradient(vector, 0, 0);
        optimizer.Step();
        Make.Close([0.95, 0.95], matrix.Value);
        Make.Close([1, 1], vector.Value);
    }

    [Fact]
    public void Step_WithARule_DecaysWhatTheRuleSays()
    {
        Parameter matrix = Make.Parameter(device, [1, 2], 1, 1), vector = Make.Parameter(device, [2], 1, 1);
        AdamW optimizer = new([matrix, vector], 0.1, weightDecay: 0.5, decays: p => p.Rank == 1);
        Make.Gradient(matrix, 0, 0);
        Make.Gradient(vector, 0, 0);
        optimizer.Step();
        Make.Close([1, 1], matrix.Value);
        Make.Close([0.95, 0.95], vector.Value);
    }

    [Theory]
    [InlineData(-1e-3, 0.9, 0.999, 1e-8, 0, "AdamW: the learning rate must be a number of at least 0, not -0.001.")]
    [InlineData(double.NaN, 0.9, 0.999, 1e-8, 0, "AdamW: the learning rate must be a number of at least 0, not NaN.")]
    [InlineData(1e-3, 1, 0.999, 1e-8, 0, "AdamW: the betas must be at least 0 and below 1, not 1 and 0.999.")]
    [InlineData(1e-3, 0.9, -0.1, 1e-8, 0, "AdamW: the betas must be at least 0 and below 1, not 0.9 and -0.1.")]
    [InlineData(1e-3, 0.9, 0.999, -1, 0, "AdamW: the epsilon must be a number of at least 0, not -1.")]
    [InlineData(1e-3, 0.9, 0.999, 1e-8, -1, "AdamW: the weight decay must be a number of at least 0, not -1.")]
    public void Constructor_NumberWithoutSense_Throws(double rate, double beta1, double beta2, double epsilon, double decay, string message)
    {
        Parameter p = Make.Parameter(device, [1], 1);
        ConfigException error = Assert.Throws<ConfigException>(() => new AdamW([p], rate, beta1, beta2, epsilon, decay));
        Assert.Equal(message, error.Message);
    }

    private static Tensor State(Optimizer optimizer, string name) => optimizer.State.Single(pair => pair.Key == name).Value;
}

public sealed class CpuAdamWTests() : AdamWTests(Device.Cpu);

public sealed class ReferenceAdamWTests() : AdamWTests(Device.Reference);
