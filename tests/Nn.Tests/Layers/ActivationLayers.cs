using MiniStack.Nn;
using static MiniStack.Tests.LayerTable;

namespace MiniStack.Tests;

/// <summary>Activations.</summary>
internal static class ActivationLayers
{
    private static readonly Shape X = [2, 5, 4];

    public static LayerRow[] Rows { get; } =
    [
        .. new[]
        {
            Row("any", _ => new Relu(), X).Like("ReLU", "relu"),
            Row("any", _ => new Relu6(), X).Like("ReLU6", "relu6"),
            Row("any", _ => new LeakyRelu(), X).Like("LeakyReLU", "leaky_relu"),
            Row("another slope", _ => new LeakyRelu(0.3), X).Like("LeakyReLU", "leaky_relu_slope"),
            Row("one share", _ => new PRelu(), X).Like("PReLU", "prelu"),
            Row("a share for each channel", _ => new PRelu(5), X).Like("PReLU", "prelu_channels"),
            Row("any", _ => new Elu(), X).Like("ELU", "elu"),
            Row("another alpha", _ => new Elu(0.7), X).Like("ELU", "elu_alpha"),
            Row("any", _ => new Celu(), X).Like("CELU", "celu"),
            Row("another alpha", _ => new Celu(0.5), X).Like("CELU", "celu_alpha"),
            Row("any", _ => new Selu(), X).Like("SELU", "selu"),
            Row("any", _ => new Sigmoid(), X).Like("Sigmoid", "sigmoid"),
            Row("any", _ => new LogSigmoid(), X).Like("LogSigmoid", "log_sigmoid"),
            Row("any", _ => new Tanh(), X).Like("Tanh", "tanh"),
            Row("any", _ => new Hardtanh(), X).Like("Hardtanh", "hardtanh"),
            Row("other limits", _ => new Hardtanh(-2, 0.5), X).Like("Hardtanh", "hardtanh_limits"),
            Row("any", _ => new Hardsigmoid(), X).Like("Hardsigmoid", "hardsigmoid"),
            Row("any", _ => new Softsign(), X).Like("Softsign", "softsign"),
            Row("any", _ => new Gelu(), X).Like("GELU", "gelu"),
            Row("any", _ => new GeluTanh(), X).Like("GELU", "gelu_tanh"),
            Row("any", _ => new Silu(), X).Like("SiLU", "silu"),
            Row("any", _ => new Softplus(), X).Like("Softplus", "softplus"),
            Row("another beta", _ => new Softplus(2.5), X).Like("Softplus", "softplus_beta"),
            Row("any", _ => new Mish(), X).Like("Mish", "mish"),
            Row("any", _ => new Hardswish(), X).Like("Hardswish", "hardswish"),
            Row("last axis", _ => new Glu(), X).Like("GLU", "glu"),
            Row("another axis", _ => new Glu(1), [3, 4, 2]).Like("GLU", "glu_axis"),
            Row("last axis", _ => new Softmax(), X).Like("Softmax", "softmax"),
            Row("another axis", _ => new Softmax(1), X).Like("Softmax", "softmax_axis"),
            Row("last axis", _ => new LogSoftmax(), X).Like("LogSoftmax", "log_softmax"),
            Row("another axis", _ => new LogSoftmax(0), X).Like("LogSoftmax", "log_softmax_axis"),
        }.Select(row => row with { Spread = 3 }),
    ];
}
