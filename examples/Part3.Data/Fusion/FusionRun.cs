using System.Diagnostics;

namespace MiniStack.Examples.Data;

/// <summary>What one way to compute a formula and its gradient took.</summary>
/// <param name="Operators">How many ran.</param>
/// <param name="Bytes">That they read and wrote, by the profiler's count.</param>
/// <param name="Milliseconds">The best of several turns, without the profiler.</param>
internal readonly record struct FusionCost(long Operators, long Bytes, double Milliseconds);

/// <summary>Computes a formula and its gradient, counts and times both.</summary>
internal sealed class FusionRun(Func<Variable, FusionInputs, Variable> formula, FusionInputs inputs)
{
    /// <summary>The result, and the gradient of x.</summary>
    public (Tensor Y, Tensor Dx) Values()
    {
        using Tape tape = Tape.Begin();
        Variable x = Variable.Watch(inputs.X), y = formula(x, inputs);
        return (y.Value.Clone().Persist(), Backward(tape, x, y).Clone().Persist());
    }

    public (FusionCost Forward, FusionCost Backward) Measure(int turns)
    {
        (long forwardOperators, long forwardBytes, long backwardOperators, long backwardBytes) = Count();
        double forward = double.MaxValue, backward = double.MaxValue;
        Tensor? dy = null;
        for (int turn = 0; turn < turns; turn++)
        {
            using Tape tape = Tape.Begin();
            Variable x = Variable.Watch(inputs.X);
            long start = Stopwatch.GetTimestamp();
            Variable y = formula(x, inputs);
            forward = Math.Min(forward, Stopwatch.GetElapsedTime(start).TotalMilliseconds);
            dy ??= Gradient(y).Persist();
            start = Stopwatch.GetTimestamp();
            tape.Grad([y], [x], [dy]);
            backward = Math.Min(backward, Stopwatch.GetElapsedTime(start).TotalMilliseconds);
        }
        return (new FusionCost(forwardOperators, forwardBytes, forward), new FusionCost(backwardOperators, backwardBytes, backward));
    }

    /// <summary>Operators and bytes, forward and backward: exact, and the same on every machine.</summary>
    public (long ForwardOperators, long ForwardBytes, long BackwardOperators, long BackwardBytes) Count()
    {
        using Tape tape = Tape.Begin();
        Variable x = Variable.Watch(inputs.X);
        Variable y;
        (long Operators, long Bytes) forward, backward;
        using (Profiler profiler = Profiler.Begin())
        {
            y = formula(x, inputs);
            forward = Sum(profiler);
        }
        Tensor dy = Gradient(y);
        using (Profiler profiler = Profiler.Begin())
        {
            tape.Grad([y], [x], [dy]);
            backward = Sum(profiler);
        }
        return (forward.Operators, forward.Bytes, backward.Operators, backward.Bytes);
    }

    private static (long Operators, long Bytes) Sum(Profiler profiler) =>
        (profiler.Operators.Sum(one => one.Calls), profiler.Operators.Sum(one => one.Bytes));

    private static Tensor Backward(Tape tape, Variable x, Variable y) => tape.Grad([y], [x], [Gradient(y)])[0].Value;

    /// <summary>What comes back to the formula: no plain ones, through which a layer norm has no gradient.</summary>
    private static Tensor Gradient(Variable y) => Tensor.Normal(y.Shape, new Rng(9));
}
