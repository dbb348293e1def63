namespace MiniStack.Tests;

/// <summary>Values and gradients do not depend on what happens between: those of 16 bits are F32's, rounded once, and those of F32 are F64's.</summary>
public class RoundingTests
{
    /// <summary>Sums of products of two elements, which leave F32 one by one though the sum may not.</summary>
    private static readonly string[] Products =
    [
        "Attention", "SelfAttention", "InfoNce", "Einsum", "Outer", "Linear", "LinearGelu", "MatMul", "Conv1d", "Conv2d", "ConvTranspose1d", "ConvTranspose2d",
        "Conv2dInputGradient", "Conv2dWeightGradient",
    ];

    /// <summary>
    /// Gradients of these also depend on what the forward pass rounded: on y, as in every attention in tiles; on what goes into GELU; and, in samples
    /// of two operators, on what is between them.
    /// </summary>
    private static readonly string[] ValuesOnly = ["Attention", "SelfAttention", "LinearGelu", "CtcLoss"];

    public static TheoryData<string, string, DType> Halves()
    {
        TheoryData<string, string, DType> data = [];
        foreach (Operator op in OperatorTable.All)
            foreach (Sample sample in op.Samples.Where(sample => sample.Condition != "one channel")) // whose gradient is what epsilon leaves of 0
                foreach (DType dtype in (sample.DTypes ?? op.DTypes).Where(dtype => dtype.IsHalf())) data.Add(op.Name, sample.Condition, dtype);
        return data;
    }

    public static TheoryData<string, string> Floats()
    {
        TheoryData<string, string> data = [];
        foreach (Operator op in OperatorTable.All.Where(op => !Products.Contains(op.Name)))
            foreach (Sample sample in op.Samples.Where(sample => (sample.DTypes ?? op.DTypes).Contains(DType.F32) && sample.Condition != "one channel")) // whose result is what epsilon leaves of 0
                data.Add(op.Name, sample.Condition);
        return data;
    }

    [Theory]
    [MemberData(nameof(Halves))]
    public void Operator_OfHalves_IsThatOfTheSameNumbersRoundedOnce(string name, string condition, DType dtype)
    {
        foreach (double scale in (double[])[1, 300, 1 / 300.0])
        {
            Tensor[] halves = Inputs(name, condition, scale, dtype);
            // F64 rounds as good as never; what F32 would add is less than a spacing of 16 bits.
            (Tensor[] expected, _) = Run(name, condition, Array.ConvertAll(halves, half => half.To(DType.F64)), dtype);
            (Tensor[] actual, DType result) = Run(name, condition, halves, dtype);
            for (int i = 0; i < (ValuesOnly.Contains(name) ? 1 : expected.Length); i++)
            {
                DType rounded = i == 0 ? result : dtype;
                double noise = Math.Max(1e-7, 1e-6 * Largest(expected[i])); // of F32, where numbers cancel
                Compare(expected[i].To(rounded), actual[i], v => Math.Max(Spacing(v, rounded), noise), $"{name}, {condition}, scale {scale:G2}, {What(i)}");
            }
        }
    }

    [Theory]
    [MemberData(nameof(Floats))]
    public void Operator_OfHugeOrTinyF32_IsThatOfTheSameNumbersInF64(string name, string condition)
    {
        foreach (double scale in (double[])[1e20, 1e-20])
        {
            Tensor[] floats = Inputs(name, condition, scale, DType.F32);
            (Tensor[] expected, _) = Run(name, condition, Array.ConvertAll(floats, x => x.To(DType.F64)), DType.F32);
            (Tensor[] actual, _) = Run(name, condition, floats, DType.F32);
            for (int i = 0; i < expected.Length; i++)
            {
                double largest = Largest(expected[i]);
                Compare(expected[i], actual[i], v => !(Math.Abs(v) < 1e37) ? double.PositiveInfinity : Math.Max(1e-36, 1e-5 * largest), $"{name}, {condition}, scale {scale:G2}, {What(i)}");
            }
        }
    }

    private static Tensor[] Inputs(string name, string condition, double scale, DType dtype) => Array.ConvertAll(
        OperatorTable.SampleOf(name, condition).Inputs(Device.Cpu, InputLayout.Contiguous, DType.F64), x => (x * scale).To(dtype));

    /// <summary>The result and the gradients of all inputs.</summary>
    private static (Tensor[] Tensors, DType Result) Run(string name, string condition, Tensor[] inputs, DType of)
    {
        Sample sample = OperatorTable.SampleOf(name, condition);
        using Tape tape = Tape.Begin();
        Variable[] variables = Array.ConvertAll(inputs, Variable.Watch);
        Variable y = sample.Function(variables);
        DType result = y.Value.DType;
        if (OperatorTable.ByName[name].Gradient == Differentiable.No) return ([y.Value.Clone().Keep()], result);
        Tensor dy = Tensor.Normal(y.Shape, new Rng(43)).To(of).To(result);
        return ([y.Value.Clone().Keep(), .. tape.Grad([y], variables, [dy]).Select(gradient => gradient.Value.Clone().Keep())], result);
    }

    /// <summary>The largest magnitude that F32 can hold.</summary>
    private static double Largest(Tensor x) => x.To(DType.F64).ToArray<double>().Select(Math.Abs).Where(v => v < 1e37).Append(0).Max();

    private static void Compare(Tensor expected, Tensor actual, Func<double, double> tolerance, string what)
    {
        double[] want = expected.To(DType.F64).ToArray<double>(), have = actual.To(DType.F64).ToArray<double>();
        Assert.Equal(want.Length, have.Length);
        for (int i = 0; i < want.Length; i++)
            if (!(want[i].Equals(have[i]) || Math.Abs(want[i] - have[i]) <= tolerance(want[i]) || double.IsPositiveInfinity(tolerance(want[i]))))
                Assert.Fail(FormattableString.Invariant($"{what}: element {i} should be {want[i]:G6}, but is {have[i]:G6}."));
    }

    /// <summary>From a number to the next but one of its type: a sample may add two gradients.</summary>
    private static double Spacing(double value, DType dtype) => dtype switch
    {
        DType.F16 => Math.ScaleB(2, Math.Max(Exponent(value), -14) - 10),
        DType.BF16 => Math.Max(Math.ScaleB(2, Exponent(value) - 7), 1e-40),
        _ => 1e-5 * Math.Max(1, Math.Abs(value)),
    };

    private static int Exponent(double value) => value == 0 || !double.IsFinite(value) ? -1000 : Math.ILogB(value);

    private static string What(int i) => i == 0 ? "result" : $"gradient {i}";
}
