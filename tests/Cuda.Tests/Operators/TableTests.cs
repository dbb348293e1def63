using System.Text.RegularExpressions;
using MiniStack.Architecture.Tests;
using MiniStack.Tests;

namespace MiniStack.Cuda.Tests;

/// <summary>The table of operators on the device: values equal the reference's, gradients the CPU's. What has no kernel yet is in the list of exemptions.</summary>
public class TableTests(ITestOutputHelper output)
{
    /// <summary>Operators of the backend without a kernel.</summary>
    private static readonly HashSet<string> Lacking =
        [.. OperatorExemptions.All.Where(exemption => exemption.Floor == Floor.Cuda).SelectMany(exemption => exemption.Operators)];

    public static TheoryData<string> Names => [.. OperatorTable.All.Select(op => op.Name)];

    [Theory]
    [MemberData(nameof(Names))]
    public void Operator_OnTheDevice_EqualsTheReference(string name)
    {
        Operator op = OperatorTable.ByName[name];
        HashSet<string> lacking = [];
        int compared = 0;
        foreach (Sample sample in op.Samples)
        {
            foreach (DType dtype in sample.DTypes ?? op.DTypes)
            {
                foreach (InputLayout layout in new[] { InputLayout.Contiguous, InputLayout.Sliced })
                {
                    try
                    {
                        Compare(op, sample, layout, dtype);
                        compared++;
                    }
                    catch (DeviceException error) when (KernelOf(error) is { } kernel && Lacking.Contains(kernel))
                    {
                        lacking.Add(kernel);
                    }
                }
            }
        }
        output.WriteLine($"{name}: {compared} comparisons{(lacking.Count > 0 ? $"; no kernel yet for {string.Join(", ", lacking.Order())}" : "")}");
        Assert.True(compared > 0 || lacking.Count > 0);
    }

    private static void Compare(Operator op, Sample sample, InputLayout layout, DType dtype)
    {
        string what = $"{op.Name}, {sample.Condition}, {dtype}, {layout}";
        Tensor expected = Run(sample, Device.Reference, layout, dtype), actual = Run(sample, DeviceUnderTest.Device, layout, dtype);
        double tolerance = Math.Max(Tolerance.OfSum(actual.DType, sample.Terms), DeviceUnderTest.LeastTolerance(actual.DType));
        TensorAssert.Close(expected, actual, tolerance, what);
        if (op.Gradient == Differentiable.No || !dtype.IsFloat() || !sample.HasDifferences) return;
        Tensor[] wanted = Gradients(sample, Device.Cpu, layout, dtype), found = Gradients(sample, DeviceUnderTest.Device, layout, dtype);
        // A layer norm of one channel divides by √ε and so multiplies roundings by 316: 9e-6 in F32 where the true gradient is 0.
        for (int i = 0; i < wanted.Length; i++) TensorAssert.Close(wanted[i], found[i], 16 * tolerance, $"gradient {i} of {what}");
    }

    private static Tensor Run(Sample sample, Device device, InputLayout layout, DType dtype) =>
        sample.Function(Array.ConvertAll(sample.Inputs(device, layout, dtype), input => new Variable(input))).Value.To(Device.Cpu);

    private static Tensor[] Gradients(Sample sample, Device device, InputLayout layout, DType dtype)
    {
        Variable[] inputs = Array.ConvertAll(sample.Inputs(device, layout, dtype), Variable.Watch);
        using Tape tape = Tape.Begin();
        Variable y = sample.Function(inputs);
        Variable weights = Tensor.Normal(y.Shape, new Rng(3), dtype: DType.F64).To(y.Value.DType).To(device);
        return [.. tape.Grad([y], inputs, [weights]).Select(gradient => gradient.Value.To(Device.Cpu).Clone().Persist())];
    }

    /// <summary>The operator that a strict device refused.</summary>
    private static string? KernelOf(DeviceException error)
    {
        Match match = Regex.Match(error.Message, @"^(\w+): .* has no kernel for these dtypes and shapes");
        return match.Success ? match.Groups[1].Value : null;
    }
}
