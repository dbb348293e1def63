using System.Globalization;

namespace MiniStack.Tests;

/// <summary>Values and gradients of operators equal PyTorch's.</summary>
public class GoldenOperatorTests(ITestOutputHelper output)
{
    private static readonly GoldenFile Golden = GoldenFile.Open("operators_golden.safetensors");

    private static readonly Dictionary<string, Func<Variable[], Variable>> Operators = new()
    {
        ["softmax"] = x => x[0].Softmax(),
        ["softmax_axis0"] = x => x[0].Softmax(0),
        ["log_softmax"] = x => x[0].LogSoftmax(),
        ["layer_norm"] = x => x[0].LayerNorm(x[1], x[2]),
        ["gelu"] = x => x[0].Gelu(),
        ["silu"] = x => x[0].Silu(),
        ["rms_norm"] = x => x[0].RmsNorm(x[1]),
        ["cross_entropy"] = x => x[0].CrossEntropy(Indices(x[0])),
        ["embedding"] = x => x[0].Embedding(Indices(x[0])),
        ["attention"] = x => Variable.Attention(x[0], x[1], x[2]),
        ["attention_earlier_keys"] = x => Variable.Attention(x[0], x[1], x[2]),
        ["linear"] = x => x[0].Linear(x[1], x[2]),
    };

    public static TheoryData<string, string, DType> Cases()
    {
        TheoryData<string, string, DType> data = [];
        foreach (string name in Operators.Keys)
        {
            data.Add(name, "cpu", DType.F32);
            data.Add(name, "cpu", DType.F64);
            data.Add(name, "reference", DType.F32);
            data.Add(name, "reference", DType.F64);
        }
        return data;
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Operator_ValueAndGradients_EqualPyTorch(string name, string deviceName, DType dtype)
    {
        Device device = deviceName == "cpu" ? Device.Cpu : Device.Reference;
        Parameter[] inputs = [.. Golden.Under($"{name}.x").OrderBy(pair => pair.Key).Select(pair => new Parameter(Mine(pair.Value)))];
        using Tape tape = Tape.Begin();
        Variable y = Operators[name](inputs);
        tape.Backward((y * Mine(Golden[$"{name}.r"])).Sum());
        double worst = GoldenFile.Difference(Golden[$"{name}.y"], y.Value);
        for (int i = 0; i < inputs.Length; i++) worst = Math.Max(worst, GoldenFile.Difference(Golden[$"{name}.dx{i}"], inputs[i].Grad!));
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{name}, {deviceName}, {dtype}: worst difference {worst:E1}"));
        Assert.InRange(worst, 0, dtype == DType.F64 ? 1e-13 : 1e-5);

        Tensor Mine(Tensor golden) => golden.To(dtype).To(device).Clone();
    }

    [Fact]
    public void Cases_EveryOperatorOfTheFile_IsCompared() => Assert.Equal(
        Golden.Tensors.Keys.Where(key => key.EndsWith(".y", StringComparison.Ordinal)).Select(key => key[..^2]).Order(), Operators.Keys.Order());

    private static Tensor Indices(Variable x) => Golden["indices"].To(x.Value.Device);
}
