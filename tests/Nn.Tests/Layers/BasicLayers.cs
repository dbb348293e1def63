using MiniStack.Nn;
using static MiniStack.Tests.LayerTable;

namespace MiniStack.Tests;

/// <summary>Products, norms of rows, tables, dropout, containers, and the parts of GPT-2.</summary>
internal static class BasicLayers
{
    private static readonly Shape X = [2, 3, 4];
    private static readonly Tensor Indices = Tensor.CopyOf(new long[,] { { 1, 3, 1 }, { 0, 2, 3 } });

    public static LayerRow[] Rows { get; } =
    [
        Row("any", rng => new Linear(4, 3, rng), X).Like("Linear", "linear"),
        Row("without bias", rng => new Linear(4, 3, rng, bias: false), X).Like("Linear", "linear_without_bias"),
        Row("with GELU", rng => new Linear(4, 3, rng, gelu: true), X),
        Row("one position", rng => new Linear(4, 3, rng), [1, 1, 4]),
        Row("any", _ => new LayerNorm(4), X).Like("LayerNorm", "layer_norm"),
        Row("another epsilon", _ => new LayerNorm(4, epsilon: 0.3), X).Like("LayerNorm", "layer_norm_epsilon"),
        Row("without bias", _ => new LayerNorm(4, bias: false), X),
        Row("any", _ => new RmsNorm(4), X).Composed("rms_norm"),
        Row("another epsilon", _ => new RmsNorm(4, 0.3), X).Composed("rms_norm_epsilon"),
        Row("any", rng => new Embedding(4, 3, rng), [], (table, _) => table.Call(Indices.To(table.Weight.Value.Device))).Like("Embedding", "embedding"),
        Row("evaluating", rng => new Dropout(0.5, rng), [2, 3]).Like("Dropout", "dropout_evaluating") with { Evaluating = true, IsRandom = true, DiffersInTraining = true },
        Row("never", rng => new Dropout(0, rng), X),
        Row("three layers", rng => new Sequential(new Linear(4, 5, rng), new Gelu(), new Linear(5, 4, rng)), X).Like("Sequential", "sequential"),
        Row("two layers", rng => new ModuleList<Layer>(new Linear(4, 4, rng), new Tanh()), [X], (list, x) => list.Aggregate(x[0], (y, layer) => layer.Call(y))),
        Row("two layers", Named, [X], (layers, x) => layers["tanh"].Call(layers["linear"].Call(x[0]))),
        Row("any", rng => new Mlp(4, rng, bias: true, dropout: 0, std: 0.5, projectionStd: 0.3), X),
        Row("dropout", rng => new Mlp(4, rng, bias: false, dropout: 0.5, std: 0.5, projectionStd: 0.3), X) with { IsRandom = true, DiffersInTraining = true },
        Row("any", rng => new CausalSelfAttention(4, 2, rng, bias: true, dropout: 0, std: 0.5, projectionStd: 0.3), X),
        Row("without bias", rng => new CausalSelfAttention(4, 1, rng, bias: false, dropout: 0, std: 0.5, projectionStd: 0.3), X),
        Row("one position", rng => new CausalSelfAttention(4, 2, rng, bias: true, dropout: 0, std: 0.5, projectionStd: 0.3), [1, 1, 4]),
        Row("any", rng => new TransformerBlock(4, 2, rng, bias: true, dropout: 0, std: 0.5, projectionStd: 0.3), X),
        Row("without bias", rng => new TransformerBlock(4, 2, rng, bias: false, dropout: 0, std: 0.5, projectionStd: 0.3), X),
        Row("dropout", rng => new TransformerBlock(4, 2, rng, bias: false, dropout: 0.5, std: 0.5, projectionStd: 0.3), X) with { IsRandom = true, DiffersInTraining = true },
    ];

    private static ModuleDict<Layer> Named(Rng rng)
    {
        ModuleDict<Layer> layers = new();
        layers.Add("linear", new Linear(4, 4, rng));
        layers.Add("tanh", new Tanh());
        return layers;
    }
}
