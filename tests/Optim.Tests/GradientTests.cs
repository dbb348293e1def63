using MiniStack.Optim;

namespace MiniStack.Tests;

/// <summary>Averaging and clipping of gradients.</summary>
public abstract class GradientTests(Device device)
{
    [Theory]
    [InlineData("sgd.momentum")]
    [InlineData("adamw.decay")]
    [InlineData("adagrad")]
    [InlineData("muon")]
    public void AverageGradients_OfMicroBatches_IsOneLargeBatch(string name)
    {
        Regression large = new(device), small = new(device);
        Optimizer once = OptimizerTable.ByName(name).Of(large.Parameters), often = OptimizerTable.ByName(name).Of(small.Parameters);
        for (int step = 0; step < 3; step++)
        {
            large.Backward();
            double norm = once.ClipGradNorm(0.7);
            once.Step();
            for (int start = 0; start < 8; start += 2) small.Backward(start..(start + 2));
            often.AverageGradients(4);
            Assert.Equal(norm, often.ClipGradNorm(0.7), 1e-12);
            often.Step();
        }
        for (int i = 0; i < large.Parameters.Length; i++) Make.Close(large.Values[i], small.Parameters[i].Value);
    }

    [Fact]
    public void AverageGradients_BeforeOneStep_DoesNotActInTheNext()
    {
        Parameter p = Make.Parameter(device, [1], 0);
        Optimizer optimizer = new Sgd([p], 1);
        Make.Gradient(p, 4);
        optimizer.AverageGradients(2);
        optimizer.Step();
        Make.Gradient(p, 4);
        optimizer.Step();
        Make.Close([-6], p.Value);
    }

    [Fact]
    public void AverageGradients_OfNone_Throws() => Assert.Equal(
        "AverageGradients: the number of micro-batches must be at least 1, not 0.",
        Assert.Throws<ConfigException>(() => new Sgd([Make.Parameter(device, [1], 0)], 1).AverageGradients(0)).Message);

    [Fact]
    public void ClipGradValue_AboveTheLimit_CutsEachElement()
    {
        Parameter p = Make.Parameter(device, [4], 0, 0, 0, 0), without = Make.Parameter(device, [1], 0);
        Optimizer optimizer = new Sgd([p, without], 1);
        Make.Gradient(p, 3, -0.25, 0.5, -7);
        optimizer.ClipGradValue(0.5);
        Make.Close([0.5, -0.25, 0.5, -0.5], p.Grad!, 0);
        optimizer.Step();
        Make.Close([-0.5, 0.25, -0.5, 0.5], p.Value, 0);
    }

    [Fact]
    public void ClipGradValue_OfAnAverage_CutsTheAverage()
    {
        Parameter p = Make.Parameter(device, [2], 0, 0);
        Optimizer optimizer = new Sgd([p], 1);
        Make.Gradient(p, 1, 3);
        Make.Gradient(p, 1, 3);
        optimizer.AverageGradients(2);
        optimizer.ClipGradValue(2);
        optimizer.Step();
        Make.Close([-1, -2], p.Value);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    [InlineData(double.NaN)]
    public void ClipGradValue_NotAboveZero_Throws(double limit) => Assert.Equal(
        $"ClipGradValue: the largest value must be above 0, not {limit}.",
        Assert.Throws<ConfigException>(() => new Sgd([Make.Parameter(device, [1], 0)], 1).ClipGradValue(limit)).Message);
}

public sealed class CpuGradientTests() : GradientTests(Device.Cpu);

public sealed class ReferenceGradientTests() : GradientTests(Device.Reference);
