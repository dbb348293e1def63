using MiniStack.Nn;

namespace MiniStack.Tests;

/// <summary>Shapes of every layer, and the gradients of its input and of all its parameters against differences.</summary>
public abstract class LayerGradientTests(Device device)
{
    private static readonly Dictionary<string, Func<Rng, Layer>> Layers = new()
    {
        ["Linear"] = rng => new Linear(4, 3, rng),
        ["Linear with GELU"] = rng => new Linear(4, 3, rng, gelu: true),
        ["Linear without bias"] = rng => new Linear(4, 3, rng, bias: false),
        ["LayerNorm"] = _ => new LayerNorm(4),
        ["LayerNorm without bias"] = _ => new LayerNorm(4, bias: false),
        ["Gelu"] = _ => new Gelu(),
        ["RmsNorm"] = _ => new RmsNorm(4),
        ["Silu"] = _ => new Silu(),
        ["Sequential"] = rng => new Sequential(new Linear(4, 5, rng), new Gelu(), new Linear(5, 4, rng)),
        ["Dropout that is off"] = rng => new Dropout(0, rng),
        ["Mlp"] = rng => new Mlp(4, rng, bias: true, dropout: 0, std: 0.5, projectionStd: 0.3),
        ["CausalSelfAttention"] = rng => new CausalSelfAttention(4, 2, rng, bias: true, dropout: 0, std: 0.5, projectionStd: 0.3),
        ["CausalSelfAttention without bias"] = rng => new CausalSelfAttention(4, 1, rng, bias: false, dropout: 0, std: 0.5, projectionStd: 0.3),
        ["TransformerBlock"] = rng => new TransformerBlock(4, 2, rng, bias: true, dropout: 0, std: 0.5, projectionStd: 0.3),
        ["TransformerBlock without bias"] = rng => new TransformerBlock(4, 2, rng, bias: false, dropout: 0, std: 0.5, projectionStd: 0.3),
    };

    public static TheoryData<string, int, int> Cases()
    {
        TheoryData<string, int, int> data = [];
        foreach (string name in Layers.Keys)
        {
            data.Add(name, 2, 3);
            data.Add(name, 1, 1);
            data.Add(name, 0, 2);
        }
        return data;
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Backward_AnyLayer_EqualsDifferences(string name, int batch, int time)
    {
        Rng rng = new(5);
        Layer layer = Layers[name](rng);
        layer.MoveTo(device);
        layer.ConvertTo(DType.F64);
        // Away from the start values, where biases are 0 and norms 1 and mistakes could hide.
        foreach (Parameter parameter in layer.Parameters())
            parameter.Value.CopyFrom(Tensor.Uniform(parameter.Shape, rng, -1, 1, DType.F64));
        Parameter x = new(Tensor.Normal([batch, time, 4], rng, dtype: DType.F64).To(device));
        Assert.Equal([batch, time, name.StartsWith("Linear", StringComparison.Ordinal) ? 3 : 4], layer.Call(x).Shape.ToArray());
        GradCheck.Run(() => layer.Call(x), [x, .. layer.Parameters()]);
    }

    [Fact]
    public void Backward_Embedding_EqualsDifferences()
    {
        Embedding table = new(4, 3, new Rng(5));
        table.MoveTo(device);
        table.ConvertTo(DType.F64);
        Tensor indices = Tensor.CopyOf(new long[,] { { 1, 3, 1 } }).To(device);
        Assert.Equal([1, 3, 3], table.Call(indices).Shape.ToArray());
        GradCheck.Run(() => table.Call(indices), [table.Weight]);
    }

    [Fact]
    public void Cases_EveryLayerOfTheRoom_IsChecked()
    {
        IEnumerable<string> layers = typeof(Layer).Assembly.GetExportedTypes()
            .Where(type => type.IsSubclassOf(typeof(Layer)) && !type.IsAbstract).Select(type => type.Name);
        string[] forgotten = [.. layers.Where(layer => !Layers.Keys.Any(name => name.Split(' ')[0] == layer))];
        Assert.Empty(forgotten);
    }
}

public sealed class CpuLayerGradientTests() : LayerGradientTests(Device.Cpu);

public sealed class ReferenceLayerGradientTests() : LayerGradientTests(Device.Reference);
