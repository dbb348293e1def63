namespace MiniStack.Tests;

/// <summary>Every operator, in every dtype it works on, against the reference loops, which accumulate in F64.</summary>
public class ReferenceTests
{
    public static TheoryData<string, string, DType> Cases()
    {
        TheoryData<string, string, DType> data = [];
        foreach (Operator op in OperatorTable.All)
            foreach (Sample sample in op.Samples)
                foreach (DType dtype in sample.DTypes ?? op.DTypes) data.Add(op.Name, sample.Condition, dtype);
        return data;
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Operator_AnyLayout_EqualsReference(string name, string condition, DType dtype)
    {
        Sample sample = OperatorTable.SampleOf(name, condition);
        foreach (InputLayout layout in Enum.GetValues<InputLayout>())
        {
            Tensor expected = Run(sample, Device.Reference, layout, dtype), actual = Run(sample, Device.Cpu, layout, dtype);
            TensorAssert.Close(expected, actual, Tolerance.OfSum(actual.DType, sample.Terms), $"{name}, {condition}, {dtype}, {layout}");
        }
    }

    private static Tensor Run(Sample sample, Device device, InputLayout layout, DType dtype) =>
        sample.Function(Array.ConvertAll(sample.Inputs(device, layout, dtype), input => new Variable(input))).Value;
}
