namespace MiniStack.Tests;

/// <summary>Every operator's gradient against differences of the operator, and the gradient's gradient against differences of the gradient.</summary>
public class GradientTests
{
    public static TheoryData<string, string, InputLayout> Once() => Cases(Differentiable.Once);

    public static TheoryData<string, string, InputLayout> Twice() => Cases(Differentiable.Twice);

    [Theory]
    [MemberData(nameof(Once))]
    public void Backward_EqualsDifferences(string name, string condition, InputLayout layout)
    {
        Sample sample = OperatorTable.SampleOf(name, condition);
        GradCheck.Run(sample.Function, sample.Inputs(Device.Cpu, layout, DType.F64));
    }

    [Theory]
    [MemberData(nameof(Twice))]
    public void BackwardOfBackward_EqualsDifferences(string name, string condition, InputLayout layout)
    {
        Sample sample = OperatorTable.SampleOf(name, condition);
        GradCheck.RunTwice(sample.Function, sample.Inputs(Device.Cpu, layout, DType.F64));
    }

    [Fact]
    public void Exceptions_OfSecondOrder_AreAtMostFiveAndThrow()
    {
        Operator[] once = [.. OperatorTable.All.Where(op => op.Gradient == Differentiable.Once)];
        Assert.InRange(once.Length, 0, 5);
        foreach (Operator op in once)
        {
            Sample sample = op.Samples[0];
            Tensor[] inputs = sample.Inputs(Device.Cpu, InputLayout.Contiguous, DType.F64);
            TapeException error = Assert.Throws<TapeException>(() => GradCheck.RunTwice(sample.Function, inputs));
            Assert.StartsWith($"{op.Name}: ", error.Message);
        }
    }

    private static TheoryData<string, string, InputLayout> Cases(Differentiable atLeast)
    {
        TheoryData<string, string, InputLayout> data = [];
        foreach (Operator op in OperatorTable.All.Where(op => op.Gradient >= atLeast))
            foreach (Sample sample in op.Samples.Where(sample => sample.HasDifferences))
                foreach (InputLayout layout in Enum.GetValues<InputLayout>()) data.Add(op.Name, sample.Condition, layout);
        return data;
    }
}
