using MiniStack.Optim;

namespace MiniStack.Tests;

/// <summary>Parameters with gradients that a test chooses.</summary>
internal static class Make
{
    /// <summary>A parameter in F64, so that formulas can be compared closely.</summary>
    public static Parameter Parameter(Device device, Shape shape, params double[] values) =>
        new(Tensor.CopyOf(values, shape).To(device));

    /// <summary>Adds to the parameter's gradient.</summary>
    public static void Gradient(Parameter parameter, params double[] gradient)
    {
        using Tape tape = Tape.Begin();
        tape.Backward((parameter * Tensor.CopyOf(gradient, parameter.Shape).To(parameter.Value.Device).To(parameter.Value.DType)).Sum());
    }

    /// <summary>One step of each optimizer that there is, on each device that a test project has.</summary>
    public static Optimizer Optimizer(string kind, params Parameter[] parameters) => kind switch
    {
        "AdamW" => new AdamW(parameters, 0.1),
        "Sgd" => new Sgd(parameters, 0.1),
        _ => new Sgd(parameters, 0.1, momentum: 0.9),
    };

    public static void Close(double[] expected, Tensor actual, double tolerance = 1e-12)
    {
        double[] have = actual.To(DType.F64).ToArray<double>();
        Assert.Equal(expected.Length, have.Length);
        for (int i = 0; i < have.Length; i++) Assert.Equal(expected[i], have[i], tolerance);
    }
}
