using System.Globalization;
using MiniStack.Nn;

namespace MiniStack.Tests;

/// <summary>Where a function has two slopes, or several elements tie, the choice is PyTorch's, in every dtype.</summary>
public class KinkGoldenTests
{
    private static readonly GoldenFile Golden = GoldenFile.Open("kinks.safetensors");

    private static readonly Dictionary<string, Func<Variable[], Variable>> Functions = new()
    {
        ["relu"] = x => x[0].Relu(),
        ["relu6"] = x => new Relu6().Call(x[0]),
        ["hardtanh"] = x => new Hardtanh().Call(x[0]),
        ["hardsigmoid"] = x => new Hardsigmoid().Call(x[0]),
        ["hardswish"] = x => new Hardswish().Call(x[0]),
        ["leaky_relu"] = x => new LeakyRelu(0.25).Call(x[0]),
        ["prelu"] = x => Variable.Where(x[0].Value.Greater(x[0].Value.ScalarLike(0)), x[0], x[0] * x[1]),
        ["elu"] = x => new Elu(0.5).Call(x[0]),
        ["celu"] = x => new Celu(0.5).Call(x[0]),
        ["selu"] = x => new Selu().Call(x[0]),
        ["softsign"] = x => new Softsign().Call(x[0]),
        ["abs"] = x => x[0].Abs(),
        ["clamp"] = x => x[0].Clamp(-1, 1),
        ["clamp_low"] = x => x[0].Clamp(low: 0),
        ["maximum"] = x => x[0].Maximum(x[1]),
        ["minimum"] = x => x[0].Minimum(x[1]),
        ["maximum_broadcast"] = x => x[0].Maximum(x[1]),
        ["amax"] = x => x[0].Max([1]),
        ["amin"] = x => x[0].Min([1]),
        ["max_all"] = x => x[0].Max(),
        ["max_chosen"] = x => x[0].TopK(1, 1).Values.Squeeze(1),
        ["sort"] = x => x[0].Sort(1).Values,
        ["sort_descending"] = x => x[0].Sort(1, descending: true).Values,
        ["norm_1"] = x => x[0].Norm(1),
        ["norm_2"] = x => x[0].Norm(2),
        ["norm_3"] = x => x[0].Norm(3),
        ["norm_3_some"] = x => x[0].Norm(3),
        ["norm_infinity"] = x => x[0].Norm(double.PositiveInfinity),
        ["norm_infinity_zero"] = x => x[0].Norm(double.PositiveInfinity),
        ["standard_deviation"] = x => x[0].StandardDeviation(),
        ["pow_2"] = x => x[0].Pow(x[0].Value.ScalarLike(2)),
        ["pow_0"] = x => x[0].Pow(x[0].Value.ScalarLike(0)),
        ["pow_of_0"] = x => new Variable(x[0].Value.ScalarLike(0)).Pow(x[0]),
        ["l1_loss"] = x => x[0].L1Loss(x[0].Value * 0, Reduction.None),
        ["smooth_l1_loss"] = x => x[0].SmoothL1Loss(x[0].Value * 0, 0.5, Reduction.None),
        ["smooth_l1_loss_0"] = x => x[0].SmoothL1Loss(x[0].Value * 0, 0, Reduction.None),
        ["hinge_embedding_loss"] = x => x[0].HingeEmbeddingLoss(Tensor.CopyOf([-1f, -1, 1, 1]), 1, Reduction.None),
        ["hinge_loss"] = x => x[0].HingeLoss(x[0].Value * 0 + 1, 1, Reduction.None),
        ["max_pool1d"] = x => x[0].MaxPool1d(2),
        ["max_pool2d"] = x => x[0].MaxPool2d(2),
        ["max_pool2d_overlapping"] = x => x[0].MaxPool2d(3, 1),
        ["adaptive_max_pool1d"] = x => x[0].AdaptiveMaxPool1d(2),
        ["adaptive_max_pool2d"] = x => x[0].AdaptiveMaxPool2d(2),
        ["embedding_bag_max"] = x => x[0].EmbeddingBag(Tensor.CopyOf([0L, 1, 2, 1]), Tensor.CopyOf([0L, 2]), EmbeddingBagMode.Max),
    };

    public static TheoryData<string, DType> Cases()
    {
        TheoryData<string, DType> data = [];
        foreach (string name in Functions.Keys)
            foreach (DType dtype in (DType[])[DType.F64, DType.F32, DType.F16, DType.BF16]) data.Add(name, dtype);
        return data;
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Gradient_AtAKink_IsPyTorchs(string name, DType dtype)
    {
        Parameter[] inputs = [.. Golden.Under($"{name}.x").OrderBy(pair => int.Parse(pair.Key, CultureInfo.InvariantCulture)).Select(pair => new Parameter(pair.Value.To(dtype).Clone()))];
        double tolerance = dtype switch { DType.F64 => 1e-6, DType.F32 => 2e-6, DType.F16 => 4e-3, _ => 3e-2 }; // PyTorch's hardsigmoid multiplies with 1/6 in F32
        using Tape tape = Tape.Begin();
        Variable y = Functions[name](inputs);
        tape.Backward(y, Golden[$"{name}.r"].To(dtype));
        Assert.InRange(GoldenFile.Difference(Golden[$"{name}.y"], y.Value), 0, tolerance);
        for (int i = 0; i < inputs.Length; i++)
            Assert.InRange(GoldenFile.Difference(Golden[$"{name}.dx{i}"], inputs[i].Grad ?? Tensor.Zeros(inputs[i].Shape)), 0, tolerance);
    }

    [Fact]
    public void Cases_OfTheFile_AreAllCompared() =>
        Assert.Equal(Golden.Tensors.Keys.Where(key => key.EndsWith(".y", StringComparison.Ordinal)).Select(key => key[..^2]).Order(), Functions.Keys.Order());
}
