using MiniStack.Optim;

namespace MiniStack.Tests;

/// <summary>The problem of tests/Golden/optim_traces.py: a wide matrix, a vector and a tall matrix learn eight points.</summary>
internal sealed class Regression
{
    public static readonly GoldenFile Golden = GoldenFile.Open("optim_traces.safetensors");

    private readonly Tensor _x, _target;

    public Regression(Device device, DType dtype = DType.F64)
    {
        _x = Golden["x"].To(device).To(dtype);
        _target = Golden["target"].To(device).To(dtype);
        Parameters = [.. Names.Select(name => new Parameter(Golden[$"start.{name}"].Clone().To(device).To(dtype)) { Name = name })];
    }

    public static string[] Names { get; } = ["weight", "bias", "head"];

    public Parameter[] Parameters { get; }

    public double[][] Values => [.. Parameters.Select(p => p.Value.To(DType.F64).ToArray<double>())];

    public Variable Loss() => Loss(..);

    /// <summary>Of some of the points.</summary>
    public Variable Loss(Range points)
    {
        Variable hidden = (new Variable(_x[points]).MatMul(Parameters[0].Transpose()) + Parameters[1]).Tanh();
        Variable error = hidden.MatMul(Parameters[2].Transpose()) - new Variable(_target[points]);
        return (error * error).Mean() * 4;
    }

    /// <summary>One step, whichever way the optimizer takes it.</summary>
    public double Step(Optimizer optimizer) => optimizer is Lbfgs lbfgs ? lbfgs.Step(Backward) : StepAfterBackward(optimizer);

    /// <summary>Adds to the gradients.</summary>
    public double Backward() => Backward(loss => loss, ..);

    /// <summary>Adds the gradients of some of the points.</summary>
    public double Backward(Range points) => Backward(loss => loss, points);

    private double StepAfterBackward(Optimizer optimizer)
    {
        double loss = Backward(optimizer.Scale, ..);
        optimizer.Step();
        return loss;
    }

    private double Backward(Func<Variable, Variable> scale, Range points)
    {
        using Tape tape = Tape.Begin();
        Variable loss = Loss(points);
        tape.Backward(scale(loss));
        return loss.Item();
    }
}
