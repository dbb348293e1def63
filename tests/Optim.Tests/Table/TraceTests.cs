using System.Globalization;
using MiniStack.Optim;

namespace MiniStack.Tests;

/// <summary>What every row of the table does alike, beginning with the values it computes.</summary>
public abstract class TraceTests(Device device, ITestOutputHelper output)
{
    private const int Steps = 10;

    public static TheoryData<string> Rows => [.. OptimizerTable.All.Select(row => row.Name)];

    [Theory]
    [MemberData(nameof(Rows))]
    public void Step_TenTimes_FollowsTheGoldenTrace(string name) => Follow(name, DType.F64, 1e-12);

    [Theory]
    [MemberData(nameof(Rows))]
    public void Step_TenTimesInF32_FollowsTheGoldenTrace(string name) => Follow(name, DType.F32, OptimizerTable.ByName(name).Tolerance);

    [Theory]
    [MemberData(nameof(Rows))]
    public void LoadState_InTheMiddle_ContinuesBitByBit(string name)
    {
        OptimizerRow row = OptimizerTable.ByName(name);
        Regression straight = new(device), resumed = new(device);
        Optimizer first = row.Of(straight.Parameters), second = row.Of(resumed.Parameters);
        for (int step = 0; step < 5; step++) straight.Step(first);
        // The second has gone another way before: nothing of that may remain.
        for (int step = 0; step < 7; step++) resumed.Step(second);
        Dictionary<string, Tensor> saved = first.State.ToDictionary(pair => pair.Key, pair => pair.Value.Clone());
        for (int i = 0; i < Regression.Names.Length; i++) resumed.Parameters[i].Value.CopyFrom(straight.Parameters[i].Value);
        second.LoadState(saved, first.Steps);
        Assert.Equal(5, second.Steps);
        for (int step = 0; step < 5; step++)
        {
            straight.Step(first);
            resumed.Step(second);
            Assert.Equal(straight.Values, resumed.Values);
        }
        Assert.Equal(10, second.Steps);
    }

    [Theory]
    [MemberData(nameof(Rows))]
    public void State_ByParameter_IsNamedAfterIt(string name)
    {
        Optimizer optimizer = OptimizerTable.ByName(name).Of(new Regression(device).Parameters);
        string[] general = ["lbfgs", "scaler"];
        Assert.All(optimizer.State, pair => Assert.Contains(pair.Key.Split('.')[0], Regression.Names.Concat(general)));
        Assert.All(optimizer.State, pair => Assert.True(pair.Value.IsAlive));
        Assert.Distinct(optimizer.State.Select(pair => pair.Key));
    }

    [Theory]
    [MemberData(nameof(Rows))]
    public void Step_AFrozenParameter_StaysAndTheOthersMove(string name)
    {
        Regression problem = new(device);
        Optimizer optimizer = OptimizerTable.ByName(name).Of(problem.Parameters);
        problem.Step(optimizer);
        double[][] before = problem.Values;
        problem.Parameters[0].RequiresGrad = false;
        problem.Step(optimizer);
        Assert.Equal(before[0], problem.Values[0]);
        Assert.All([1, 2], i => Assert.DoesNotContain(before[i].Zip(problem.Values[i]), pair => pair.First == pair.Second));
    }

    [Theory]
    [MemberData(nameof(Rows))]
    public void Step_AParameterWithoutAGradient_Stays(string name)
    {
        Regression problem = new(device);
        Parameter unused = Make.Parameter(device, [2, 2], 1, 2, 3, 4);
        Optimizer optimizer = OptimizerTable.ByName(name).Of([.. problem.Parameters, unused]);
        for (int step = 0; step < 3; step++) problem.Step(optimizer);
        Make.Close([1, 2, 3, 4], unused.Value, 0);
    }

    [Theory]
    [MemberData(nameof(Rows))]
    public void Step_AParameterWithoutElements_IsNoTrouble(string name)
    {
        Regression problem = new(device), alone = new(device);
        Parameter empty = Make.Parameter(device, [0, 3]), emptyVector = Make.Parameter(device, [0]);
        OptimizerRow row = OptimizerTable.ByName(name);
        Optimizer optimizer = row.Of([.. problem.Parameters, empty, emptyVector]), other = row.Of(alone.Parameters);
        for (int step = 0; step < 3; step++)
        {
            Make.Gradient(empty);
            Make.Gradient(emptyVector);
            problem.Step(optimizer);
            alone.Step(other);
        }
        Assert.Equal(alone.Values, problem.Values);
    }

    private void Follow(string name, DType dtype, double tolerance)
    {
        OptimizerRow row = OptimizerTable.ByName(name);
        Regression problem = new(device, dtype);
        Optimizer optimizer = row.Of(problem.Parameters);
        double worst = 0;
        for (int step = 0; step < Steps; step++)
        {
            problem.Step(optimizer);
            foreach (Parameter parameter in problem.Parameters)
            {
                Tensor golden = Regression.Golden[$"{row.Golden}/{parameter.Name}"].Select(0, step);
                worst = Math.Max(worst, GoldenFile.Difference(golden, parameter.Value));
            }
        }
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{name}, {dtype}: worst difference {worst:E1}"));
        Assert.InRange(worst, 0, tolerance);
    }
}

public sealed class CpuTraceTests(ITestOutputHelper output) : TraceTests(Device.Cpu, output);

public sealed class ReferenceTraceTests(ITestOutputHelper output) : TraceTests(Device.Reference, output);
