using System.Globalization;
using MiniStack.Optim;

namespace MiniStack.Tests;

/// <summary>Every row of the table, when a parameter is frozen for the first steps and another has no gradient now and then: each counts its
/// own steps, as in PyTorch.</summary>
public abstract class GapTests(Device device, ITestOutputHelper output)
{
    private const int Steps = 10;

    private static readonly GoldenFile Golden = GoldenFile.Open("optim_gaps.safetensors");

    public static TheoryData<string> Rows => [.. OptimizerTable.All.Select(row => row.Name)];

    [Theory]
    [MemberData(nameof(Rows))]
    public void Step_WithGaps_FollowsTheGoldenTrace(string name)
    {
        OptimizerRow row = OptimizerTable.ByName(name);
        Regression problem = new(device);
        Optimizer optimizer = row.Of(problem.Parameters);
        double worst = 0;
        for (int step = 0; step < Steps; step++)
        {
            Walk(problem, optimizer, step);
            foreach (Parameter parameter in problem.Parameters)
                worst = Math.Max(worst, GoldenFile.Difference(Golden[$"{row.Golden}/{parameter.Name}"].Select(0, step), parameter.Value));
        }
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{name}: worst difference {worst:E1}"));
        Assert.InRange(worst, 0, 1e-12);
    }

    [Theory]
    [MemberData(nameof(Rows))]
    public void LoadState_AfterGaps_ContinuesBitByBit(string name)
    {
        OptimizerRow row = OptimizerTable.ByName(name);
        Regression straight = new(device), resumed = new(device);
        Optimizer first = row.Of(straight.Parameters), second = row.Of(resumed.Parameters);
        for (int step = 0; step < 6; step++) Walk(straight, first, step);
        for (int step = 0; step < 3; step++) Walk(resumed, second, step); // another way before: nothing of that may remain
        Dictionary<string, Tensor> saved = first.State.ToDictionary(pair => pair.Key, pair => pair.Value.Clone());
        for (int i = 0; i < Regression.Names.Length; i++) resumed.Parameters[i].Value.CopyFrom(straight.Parameters[i].Value);
        second.LoadState(saved, first.Steps);
        for (int step = 6; step < Steps; step++)
        {
            Walk(straight, first, step);
            Walk(resumed, second, step);
            Assert.Equal(straight.Values, resumed.Values);
        }
    }

    [Fact]
    public void LoadState_WithoutCounts_TakesEachParameterForOneThatMadeAllSteps()
    {
        // As checkpoints were saved before parameters counted for themselves.
        Parameter p = Make.Parameter(device, [1], 1), q = Make.Parameter(device, [1], 1);
        AdamW first = new([p], 0.1, weightDecay: 0), second = new([q], 0.1, weightDecay: 0);
        for (int step = 0; step < 3; step++) Step(p, first);
        Dictionary<string, Tensor> saved = first.State.ToDictionary(pair => pair.Key, pair => pair.Value.Clone());
        Assert.Equal(["0.m", "0.v"], saved.Keys);
        q.Value.CopyFrom(p.Value);
        second.LoadState(saved, 3);
        Step(p, first);
        Step(q, second);
        Assert.Equal(p.Value.ToArray<double>(), q.Value.ToArray<double>());

        static void Step(Parameter parameter, AdamW optimizer)
        {
            Make.Gradient(parameter, 2);
            optimizer.Step();
        }
    }

    [Fact]
    public void Step_AParameterThatWasFrozenForLong_MovesByTheRate()
    {
        Parameter a = Make.Parameter(device, [1], 1), b = Make.Parameter(device, [1], 1);
        AdamW optimizer = new([a, b], 1e-3);
        b.RequiresGrad = false;
        for (int step = 0; step < 1000; step++) Step();
        Make.Close([1], b.Value, 0);
        b.RequiresGrad = true;
        Step();
        Make.Close([1 - 1e-3], b.Value, 1e-9);
        KeyValuePair<string, Tensor> count = Assert.Single(optimizer.State, pair => pair.Key.EndsWith(".steps", StringComparison.Ordinal));
        Assert.Equal(("1.steps", 1L), (count.Key, count.Value.ToArray<long>()[0]));

        void Step()
        {
            Make.Gradient(a, 1);
            if (b.RequiresGrad) Make.Gradient(b, 1);
            optimizer.Step();
        }
    }

    [Theory]
    [InlineData(7, "The optimizer's state '0.steps' is 7, but there were 5 steps. It was saved with another optimizer or model.")]
    [InlineData(-1, "The optimizer's state '0.steps' is -1, but there were 5 steps. It was saved with another optimizer or model.")]
    public void LoadState_ACountThatCannotBe_Throws(long count, string message)
    {
        AdamW optimizer = new([Make.Parameter(device, [1], 1)]);
        Dictionary<string, Tensor> state = optimizer.State.ToDictionary(pair => pair.Key, pair => pair.Value.Clone());
        state["0.steps"] = Tensor.CopyOf([count]);
        Assert.Equal(message, Assert.Throws<CheckpointException>(() => optimizer.LoadState(state, 5)).Message);
        Assert.Equal(0, optimizer.Steps);
    }

    /// <summary>One step of optim_traces.py with gaps: the weight is frozen at first, and the bias has no gradient in some.</summary>
    private static void Walk(Regression problem, Optimizer optimizer, int step)
    {
        // L-BFGS leaves frozen parameters out of its one vector, which PyTorch does not know: there, too, the gradient is only missing.
        problem.Parameters[0].RequiresGrad = step >= 4 || optimizer is Lbfgs;
        if (optimizer is Lbfgs lbfgs)
        {
            lbfgs.Step(Backward);
            return;
        }
        Backward();
        optimizer.Step();

        double Backward()
        {
            double loss = problem.Backward();
            if (step < 4) problem.Parameters[0].ClearGrad();
            if (step is 2 or 3 or 6) problem.Parameters[1].ClearGrad();
            return loss;
        }
    }
}

public sealed class CpuGapTests(ITestOutputHelper output) : GapTests(Device.Cpu, output);

public sealed class ReferenceGapTests(ITestOutputHelper output) : GapTests(Device.Reference, output);
