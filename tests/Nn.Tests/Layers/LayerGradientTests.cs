using MiniStack.Nn;

namespace MiniStack.Tests;

/// <summary>The gradients of every layer's inputs and of all its parameters against differences.</summary>
public abstract class LayerGradientTests(Device device)
{
    public static TheoryData<string> Layers => LayerTable.Names();

    public static TheoryData<string> LayersOfBatches => LayerTable.Names(row => row.TakesEmptyBatch && row.Shapes.Length > 0);

    [Theory]
    [MemberData(nameof(Layers))]
    public void Backward_AnyLayer_EqualsDifferences(string name)
    {
        LayerRow row = LayerTable.ByName[name];
        Module layer = row.Build(DType.F64, device);
        if (row.IsRandom) layer.Eval();
        Parameter[] inputs = row.Inputs(DType.F64, device);
        GradCheck.Run(() => row.Run(layer, inputs), [.. inputs, .. layer.Parameters()]);
    }

    [Theory]
    [MemberData(nameof(LayersOfBatches))]
    public void Backward_EmptyBatch_GivesZeros(string name)
    {
        LayerRow row = LayerTable.ByName[name];
        Module layer = row.Build(DType.F64, device);
        Parameter[] inputs = row.Inputs(DType.F64, device, batch: 0);
        using Tape tape = Tape.Begin();
        Variable y = row.Run(layer, inputs);
        Assert.Equal(0, y.Value.Count);
        tape.Backward(y.Sum());
        Assert.All(layer.Parameters(), parameter => Assert.All(parameter.Grad?.ToArray<double>() ?? [], gradient => Assert.Equal(0, gradient)));
    }
}

public sealed class CpuLayerGradientTests() : LayerGradientTests(Device.Cpu);

public sealed class ReferenceLayerGradientTests() : LayerGradientTests(Device.Reference);
