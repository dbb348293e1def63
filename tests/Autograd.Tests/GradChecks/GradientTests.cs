namespace MiniStack.Tests;

/// <summary>Every operator's gradient against differences of the operator itself.</summary>
public abstract class GradientTests(Device device)
{
    public static TheoryData<string, InputLayout> Cases()
    {
        TheoryData<string, InputLayout> data = [];
        foreach (string name in GradCases.ByName.Keys)
            foreach (InputLayout layout in Enum.GetValues<InputLayout>()) data.Add(name, layout);
        return data;
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Backward_AnyOperator_EqualsDifferences(string name, InputLayout layout)
    {
        GradCase gradCase = GradCases.ByName[name];
        GradCheck.Run(gradCase.Function, gradCase.Inputs(device, layout));
    }
}

public sealed class CpuGradientTests() : GradientTests(Device.Cpu);

public sealed class ReferenceGradientTests() : GradientTests(Device.Reference);

public class GradientCoverageTests
{
    [Fact]
    public void Cases_EveryOperatorOfVariable_IsCheckedOrExempt()
    {
        HashSet<string> covered = [.. GradCases.ByName.Values.Select(c => c.Method), .. OperatorMethods.Exempt.Keys];
        string[] forgotten = [.. OperatorMethods.All().Except(covered)];
        Assert.Empty(forgotten);
    }

    [Fact]
    public void Cases_EveryName_IsAnOperatorOfVariable()
    {
        string[] unknown = [.. GradCases.ByName.Values.Select(c => c.Method).Concat(OperatorMethods.Exempt.Keys).Except(OperatorMethods.All())];
        Assert.Empty(unknown);
    }

    [Fact]
    public void Exemptions_CheckedOperators_AreNone() =>
        Assert.Empty(GradCases.ByName.Values.Select(c => c.Method).Intersect(OperatorMethods.Exempt.Keys));
}
