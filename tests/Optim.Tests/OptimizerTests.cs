using MiniStack.Optim;

namespace MiniStack.Tests;

/// <summary>What all optimizers do alike, beside what the tests in Table ask of each.</summary>
public abstract class OptimizerTests(Device device)
{
    public static TheoryData<string> Kinds => ["AdamW", "Sgd", "Sgd with momentum"];

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Step_AParameterWithAGradient_MovesAgainstItAndForgetsIt(string kind)
    {
        Parameter p = Make.Parameter(device, [2], 1, 1);
        Optimizer optimizer = Make.Optimizer(kind, p);
        Make.Gradient(p, 1, -1);
        optimizer.Step();
        Assert.Null(p.Grad);
        Assert.Equal(1, optimizer.Steps);
        double[] after = p.Value.ToArray<double>();
        Assert.True(after[0] < 1 && after[1] > 1);
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Step_AFrozenParameter_StaysAndForgetsItsGradient(string kind)
    {
        Parameter p = Make.Parameter(device, [1], 1);
        Optimizer optimizer = Make.Optimizer(kind, p);
        Make.Gradient(p, 1);
        p.RequiresGrad = false;
        Assert.Equal(0, optimizer.ClipGradNorm(1));
        optimizer.Step();
        Make.Close([1], p.Value);
        p.RequiresGrad = true;
        Assert.Null(p.Grad);
    }

    [Fact]
    public void ClipGradNorm_AboveTheLimit_ScalesAllGradientsTogether()
    {
        Parameter a = Make.Parameter(device, [1], 0), b = Make.Parameter(device, [2], 0, 0);
        Optimizer optimizer = new Sgd([a, b], 1);
        Make.Gradient(a, 2);
        Make.Gradient(b, 3, 6);
        Assert.Equal(7, optimizer.ClipGradNorm(3.5), 1e-12);
        optimizer.Step();
        Make.Close([-1], a.Value, 1e-6);
        Make.Close([-1.5, -3], b.Value, 1e-6);
    }

    [Fact]
    public void ClipGradNorm_BelowTheLimit_ChangesNothing()
    {
        Parameter p = Make.Parameter(device, [2], 0, 0);
        Optimizer optimizer = new Sgd([p], 1);
        Make.Gradient(p, 3, 4);
        Assert.Equal(5, optimizer.ClipGradNorm(6), 1e-12);
        optimizer.Step();
        Make.Close([-3, -4], p.Value);
    }

    [Fact]
    public void ClipGradNorm_BeforeOneStep_DoesNotActInTheNext()
    {
        Parameter p = Make.Parameter(device, [1], 0);
        Optimizer optimizer = new Sgd([p], 1);
        Make.Gradient(p, 10);
        optimizer.ClipGradNorm(1);
        optimizer.Step();
        Make.Gradient(p, 10);
        optimizer.Step();
        Make.Close([-11], p.Value, 1e-5);
    }

    [Fact]
    public void Step_AfterTwoBackwards_UsesTheirSum()
    {
        Parameter p = Make.Parameter(device, [1], 0);
        Optimizer optimizer = new Sgd([p], 1);
        Make.Gradient(p, 1);
        Make.Gradient(p, 2);
        optimizer.Step();
        Make.Close([-3], p.Value);
    }

    [Fact]
    public void Step_WithARate_UsesItOnce()
    {
        Parameter p = Make.Parameter(device, [1], 0);
        Optimizer optimizer = new Sgd([p], 1);
        Make.Gradient(p, 1);
        optimizer.Step(0.5);
        Make.Gradient(p, 1);
        optimizer.Step();
        Make.Close([-1.5], p.Value);
    }

    [Theory]
    [InlineData("AdamW", "0.m 1.m 0.v 1.v")]
    [InlineData("Sgd with momentum", "0.velocity 1.velocity")]
    public void State_ParametersWithoutNames_AreNumbered(string kind, string names)
    {
        Optimizer optimizer = Make.Optimizer(kind, Make.Parameter(device, [1], 0), Make.Parameter(device, [1], 0));
        Assert.Equal(names.Split(' '), optimizer.State.Select(pair => pair.Key));
    }

    [Fact]
    public void LoadState_ATensorMissing_ThrowsAndChangesNothing()
    {
        Optimizer optimizer = Make.Optimizer("AdamW", Make.Parameter(device, [1], 0));
        Dictionary<string, Tensor> state = new() { ["0.m"] = Tensor.Ones([1]) };
        CheckpointException error = Assert.Throws<CheckpointException>(() => optimizer.LoadState(state, 5));
        Assert.Equal("The optimizer's state lacks '0.v'. It was saved with another optimizer or model.", error.Message);
        Make.Close([0], optimizer.State.First().Value);
        Assert.Equal(0, optimizer.Steps);
    }

    [Fact]
    public void LoadState_AMisshapenTensor_Throws()
    {
        Optimizer optimizer = Make.Optimizer("AdamW", Make.Parameter(device, [1], 0));
        Dictionary<string, Tensor> state = new() { ["0.m"] = Tensor.Ones([1]), ["0.v"] = Tensor.Ones([2]) };
        CheckpointException error = Assert.Throws<CheckpointException>(() => optimizer.LoadState(state, 5));
        Assert.Equal("The optimizer's state '0.v' is (2), the model wants (1). It was saved with another model.", error.Message);
        Make.Close([0], optimizer.State.First().Value);
    }

    [Fact]
    public void Constructor_NoParameters_Throws()
    {
        ConfigException error = Assert.Throws<ConfigException>(() => new Sgd([], 0.1));
        Assert.Equal("Sgd: there are no parameters to optimize.", error.Message);
    }

    [Fact]
    public void Constructor_AParameterTwice_Throws()
    {
        Parameter p = Make.Parameter(device, [1], 0);
        ConfigException error = Assert.Throws<ConfigException>(() => new Sgd([p, p], 0.1));
        Assert.Equal(
            "Sgd: a parameter is given twice and would be updated twice a step. Pass each once, for example with Distinct().", error.Message);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    [InlineData(double.NaN)]
    public void ClipGradNorm_NotAboveZero_Throws(double maxNorm)
    {
        ConfigException error = Assert.Throws<ConfigException>(() => Make.Optimizer("Sgd", Make.Parameter(device, [1], 0)).ClipGradNorm(maxNorm));
        Assert.Equal($"ClipGradNorm: the largest norm must be above 0, not {maxNorm}.", error.Message);
    }

    [Fact]
    public void Constructor_InsideATape_AllocatesStateThatOutlivesIt()
    {
        Parameter p = Make.Parameter(device, [2], 1, 1);
        Optimizer optimizer;
        using (Tape.Begin()) optimizer = Make.Optimizer("AdamW", p);
        Make.Gradient(p, 1, 1);
        optimizer.Step();
        Assert.All(optimizer.State, pair => Assert.True(pair.Value.IsAlive));
    }
}

public sealed class CpuOptimizerTests() : OptimizerTests(Device.Cpu);

public sealed class ReferenceOptimizerTests() : OptimizerTests(Device.Reference);
