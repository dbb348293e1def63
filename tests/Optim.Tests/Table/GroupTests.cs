using MiniStack.Optim;

namespace MiniStack.Tests;

/// <summary>Groups of every row of the table, and their errors.</summary>
public abstract class GroupTests(Device device)
{
    public static TheoryData<string> Rows =>
        [.. OptimizerTable.All.Where(row => !row.Name.StartsWith("lbfgs", StringComparison.Ordinal)).Select(row => row.Name)];

    [Theory]
    [MemberData(nameof(Rows))]
    public void Groups_WithFactorHalf_LearnAsWithHalfTheRate(string name)
    {
        Regression grouped = new(device), plain = new(device);
        Optimizer optimizer = OptimizerTable.ByName(name).Of(grouped.Parameters), other = OptimizerTable.ByName(name).Of(plain.Parameters);
        optimizer.Treat([new ParameterGroup(grouped.Parameters) { LearningRateFactor = 0.5 }]);
        other.LearningRate /= 2;
        Walk(grouped, optimizer, plain, other);
        Assert.Equal(plain.Values, grouped.Values);
    }

    [Theory]
    [MemberData(nameof(Rows))]
    public void Groups_WithWeightDecay_DecayAsAnOptimizerWithIt(string name)
    {
        OptimizerRow row = OptimizerTable.ByName(name);
        Regression grouped = new(device), plain = new(device), without = new(device);
        Optimizer optimizer = row.Make(grouped.Parameters, 0);
        // Muon decays matrices only, whatever it is told; a group may tell it more.
        IEnumerable<Parameter> decaying = optimizer is Muon ? grouped.Parameters.Where(p => p.Rank == 2) : grouped.Parameters;
        optimizer.Treat([new ParameterGroup(decaying) { WeightDecay = 0.2 }]);
        Walk(grouped, optimizer, plain, row.Make(plain.Parameters, 0.2));
        Walk(without, row.Make(without.Parameters, 0), without, null);
        Assert.Equal(plain.Values, grouped.Values);
        Assert.NotEqual(without.Values, grouped.Values);
    }

    [Theory]
    [MemberData(nameof(Rows))]
    public void Groups_WithFactorZero_StayWhileOthersLearnAsEver(string name)
    {
        Regression grouped = new(device), plain = new(device);
        Optimizer optimizer = OptimizerTable.ByName(name).Of(grouped.Parameters), other = OptimizerTable.ByName(name).Of(plain.Parameters);
        double[] before = grouped.Values[1];
        optimizer.Treat([new ParameterGroup([grouped.Parameters[1]]) { LearningRateFactor = 0 }]);
        grouped.Step(optimizer);
        plain.Step(other);
        Assert.Equal(before, grouped.Values[1]);
        Assert.Equal(plain.Values[0], grouped.Values[0]);
        Assert.Equal(plain.Values[2], grouped.Values[2]);
    }

    [Fact]
    public void Groups_InAnInitializer_MeetTheScheduleByTheirFactor()
    {
        Parameter body = Make.Parameter(device, [1], 1), head = Make.Parameter(device, [1], 1);
        Sgd optimizer = new([body, head], 1) { Groups = [new ParameterGroup([head]) { LearningRateFactor = 10 }] };
        Assert.Equal([head], optimizer.Groups.Single().Parameters);
        Make.Gradient(body, 1);
        Make.Gradient(head, 1);
        optimizer.Step(0.01);
        Make.Close([0.99], body.Value);
        Make.Close([0.9], head.Value);
    }

    [Fact]
    public void Groups_AParameterInTwo_Throws()
    {
        Parameter p = Make.Parameter(device, [1], 1);
        p.Name = "head.bias";
        ConfigException error = Assert.Throws<ConfigException>(() => new Adam([p]) { Groups = [new([p]), new([p])] });
        Assert.Equal("Adam: the parameter 'head.bias' is in two groups. Leave it in one.", error.Message);
    }

    [Fact]
    public void Groups_AParameterOfAnotherModel_Throws()
    {
        Parameter p = Make.Parameter(device, [1], 1), other = Make.Parameter(device, [1], 1);
        other.Name = "head.bias";
        ConfigException error = Assert.Throws<ConfigException>(() => new AdamW([p]) { Groups = [new([other])] });
        Assert.Equal("AdamW: a group names the parameter 'head.bias', which the optimizer was not given. Pass it with the others.", error.Message);
    }

    [Fact]
    public void Groups_OfLbfgs_Throw()
    {
        Parameter p = Make.Parameter(device, [1], 1);
        ConfigException error = Assert.Throws<ConfigException>(() => new Lbfgs([p]) { Groups = [new([p])] });
        Assert.Equal(
            "Lbfgs: all parameters are one vector, so there are no groups with a learning rate or weight decay of their own. Leave Groups out.",
            error.Message);
    }

    [Theory]
    [InlineData(-1, 0, "ParameterGroup: the learning-rate factor must be a number of at least 0, not -1.")]
    [InlineData(1, double.NaN, "ParameterGroup: the weight decay must be a number of at least 0, not NaN.")]
    public void Constructor_NumberWithoutSense_Throws(double factor, double decay, string message)
    {
        ConfigException error = Assert.Throws<ConfigException>(() => new ParameterGroup([]) { LearningRateFactor = factor, WeightDecay = decay });
        Assert.Equal(message, error.Message);
    }

    private static void Walk(Regression a, Optimizer first, Regression b, Optimizer? second)
    {
        for (int step = 0; step < 3; step++)
        {
            a.Step(first);
            if (second is not null) b.Step(second);
        }
    }
}

public sealed class CpuGroupTests() : GroupTests(Device.Cpu);

public sealed class ReferenceGroupTests() : GroupTests(Device.Reference);
