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

    /// <summary>F32, F16 and BF16, whose kernels are not those of F64.</summary>
    public static TheoryData<string, string, DType> Narrow()
    {
        TheoryData<string, string, DType> data = [];
        foreach (Operator op in OperatorTable.All.Where(op => op.Gradient >= Differentiable.Once))
            foreach (Sample sample in op.Samples)
                foreach (DType dtype in (sample.DTypes ?? op.DTypes).Where(dtype => dtype.IsFloat() && dtype != DType.F64)) data.Add(op.Name, sample.Condition, dtype);
        return data;
    }

    [Theory]
    [MemberData(nameof(Narrow))]
    public void Backward_InNarrowFloats_EqualsReference(string name, string condition, DType dtype)
    {
        Sample sample = OperatorTable.SampleOf(name, condition);
        Tensor[] expected = Gradients(sample, Device.Reference, dtype, out long results), actual = Gradients(sample, Device.Cpu, dtype, out _);
        // An input that reaches every result has a gradient of as many terms.
        double tolerance = Tolerance.OfSum(dtype, Math.Max(sample.Terms, results));
        for (int i = 0; i < expected.Length; i++)
        {
            Assert.Equal(dtype, actual[i].DType);
            TensorAssert.Close(expected[i], actual[i], tolerance, $"{name}, {condition}, {dtype}, gradient {i + 1}");
        }
    }

    private static Tensor[] Gradients(Sample sample, Device device, DType dtype, out long results)
    {
        using Tape tape = Tape.Begin();
        Variable[] inputs = Array.ConvertAll(sample.Inputs(device, InputLayout.Contiguous, dtype), Variable.Watch);
        Variable y = sample.Function(inputs);
        results = y.Value.Count;
        Variable dy = new(Tensor.Normal(y.Shape, new Rng(43)).To(y.Value.DType).To(device));
        return Array.ConvertAll(tape.Grad([y], inputs, [dy]), gradient => gradient.Value.Keep());
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
