using MiniStack.Optim;

namespace MiniStack.Tests;

public abstract class SgdTests(Device device)
{
    private static readonly double[][] Gradients = [[0.5, -2], [1, -1], [-3, 0.1]];

    [Theory]
    [InlineData(0, false, 0)]
    [InlineData(0, false, 0.1)]
    [InlineData(0.9, false, 0)]
    [InlineData(0.9, false, 0.1)]
    [InlineData(0.9, true, 0.1)]
    public void Step_ThreeTimes_EqualsTheFormula(double momentum, bool nesterov, double decay)
    {
        Parameter p = Make.Parameter(device, [2], 1, -1);
        Sgd optimizer = new([p], 0.01, momentum, nesterov, decay);
        double[] x = [1, -1], velocity = new double[2];
        for (int t = 0; t < Gradients.Length; t++)
        {
            for (int i = 0; i < 2; i++)
            {
                double g = Gradients[t][i] + decay * x[i];
                velocity[i] = momentum * velocity[i] + g;
                x[i] -= 0.01 * (nesterov ? g + momentum * velocity[i] : velocity[i]);
            }
            Make.Gradient(p, Gradients[t]);
            optimizer.Step();
        }
        Make.Close(x, p.Value);
    }

    [Fact]
    public void State_WithoutMomentum_IsEmpty() => Assert.Empty(new Sgd([Make.Parameter(device, [1], 1)], 0.1).State);

    [Theory]
    [InlineData(1, false, 0, "Sgd: the momentum must be at least 0 and below 1, not 1.")]
    [InlineData(-0.1, false, 0, "Sgd: the momentum must be at least 0 and below 1, not -0.1.")]
    [InlineData(0, true, 0, "Sgd: Nesterov looks ahead along the momentum; give a momentum above 0.")]
    [InlineData(0.9, false, -1, "Sgd: the weight decay must be a number of at least 0, not -1.")]
    public void Constructor_NumberWithoutSense_Throws(double momentum, bool nesterov, double decay, string message)
    {
        Parameter p = Make.Parameter(device, [1], 1);
        ConfigException error = Assert.Throws<ConfigException>(() => new Sgd([p], 0.1, momentum, nesterov, decay));
        Assert.Equal(message, error.Message);
    }
}

public sealed class CpuSgdTests() : SgdTests(Device.Cpu);

public sealed class ReferenceSgdTests() : SgdTests(Device.Reference);
