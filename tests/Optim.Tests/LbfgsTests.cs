using MiniStack.Optim;

namespace MiniStack.Tests;

public abstract class LbfgsTests(Device device)
{
    [Fact]
    public void Step_OfRosenbrocksValley_ReachesItsEnd()
    {
        Parameter x = Make.Parameter(device, [1], -1.2), y = Make.Parameter(device, [1], 1);
        Lbfgs optimizer = new([x, y], strongWolfe: true);
        int evaluations = 0;
        double first = optimizer.Step(Valley);
        Assert.Equal(24.2, first, 1e-9); // the loss before the step
        for (int step = 0; step < 4; step++) optimizer.Step(Valley);
        Make.Close([1], x.Value, 1e-4); // it ends where the loss changes by less than 1e-9
        Make.Close([1], y.Value, 1e-4);
        Assert.InRange(evaluations, 20, 100);
        Assert.Equal(5, optimizer.Steps);

        double Valley()
        {
            evaluations++;
            using Tape tape = Tape.Begin();
            Variable valley = y - x * x, side = 1 - x, loss = (valley * valley * 100 + side * side).Sum();
            tape.Backward(loss);
            return loss.Item();
        }
    }

    [Fact]
    public void Step_WithoutAClosure_Throws()
    {
        Optimizer optimizer = new Lbfgs([Make.Parameter(device, [1], 1)]);
        ConfigException error = Assert.Throws<ConfigException>(() => optimizer.Step());
        Assert.Equal(
            "Lbfgs: a step evaluates the loss several times. Call Step(closure) with a closure that computes the loss, calls Backward and returns the loss.",
            error.Message);
        Assert.Equal(0, optimizer.Steps);
    }

    [Fact]
    public void Step_WithAClosureThatAverages_UsesTheAverage()
    {
        Regression whole = new(device), parts = new(device);
        Lbfgs one = new(whole.Parameters, 0.1, maxIterations: 3), two = new(parts.Parameters, 0.1, maxIterations: 3);
        for (int step = 0; step < 3; step++)
        {
            one.Step(whole.Backward);
            two.Step(() =>
            {
                double loss = (parts.Backward(..4) + parts.Backward(4..)) / 2;
                two.AverageGradients(2);
                return loss;
            });
        }
        for (int i = 0; i < whole.Parameters.Length; i++) Make.Close(whole.Values[i], parts.Parameters[i].Value, 1e-10);
    }

    [Fact]
    public void Step_WhereTheGradientIsZero_EndsAfterOneEvaluation()
    {
        Parameter p = Make.Parameter(device, [1], 3);
        int evaluations = 0;
        double loss = new Lbfgs([p]).Step(() =>
        {
            evaluations++;
            Make.Gradient(p, 0);
            return 7;
        });
        Assert.Equal((7, 1), (loss, evaluations));
        Make.Close([3], p.Value, 0);
        Assert.Null(p.Grad);
    }
}

public sealed class CpuLbfgsTests() : LbfgsTests(Device.Cpu);

public sealed class ReferenceLbfgsTests() : LbfgsTests(Device.Reference);
