using MiniStack.Nn;
using static MiniStack.Tests.LayerTable;

namespace MiniStack.Tests;

/// <summary>Attention, and what transformers are made of.</summary>
internal static class AttentionLayers
{
    private static readonly Shape X = [2, 3, 4], Y = [2, 5, 4], Z = [2, 5, 3], Wide = [2, 5, 8];
    private static readonly Tensor Seen = Tensor.CopyOf(new float[,] { { 1, 0, 1 }, { 0, 1, 1 }, { 1, 1, 0 } }).Greater(Tensor.Scalar(0));
    private static readonly Tensor Padded = Tensor.CopyOf(new float[,] { { 1, 1, 0 }, { 1, 1, 1 } }).Greater(Tensor.Scalar(0)).Reshape(2, 1, 1, 3);
    private static readonly AttentionOptions Causal = new(), Everything = new() { Causal = false };

    public static LayerRow[] Rows { get; } =
    [
        Row("self", rng => new MultiHeadAttention(4, 2, rng), [X], Self).Like("MultiheadAttention", "attention_self"),
        Row("without bias", rng => new MultiHeadAttention(4, 2, rng, bias: false), [X], Self).Like("MultiheadAttention", "attention_without_bias"),
        Row("causal", rng => new MultiHeadAttention(4, 2, rng, options: Causal), [X], Self).Like("MultiheadAttention", "attention_causal"),
        Row("mask", rng => new MultiHeadAttention(4, 2, rng), [X], (layer, x) => layer.Call(new(x[0], Mask: Seen))).Like("MultiheadAttention", "attention_mask"),
        Row("padding", rng => new MultiHeadAttention(4, 2, rng), [X], (layer, x) => layer.Call(new(x[0], Mask: Padded)))
            .Like("MultiheadAttention", "attention_padding") with { TakesEmptyBatch = false },
        Row("of another sequence", rng => new MultiHeadAttention(4, 2, rng), [X, Y], (layer, x) => layer.Call(new(x[0], x[1]))).Like("MultiheadAttention", "attention_cross"),
        Row("three sequences", rng => new MultiHeadAttention(4, 2, rng), [X, Y, Y], Three).Like("MultiheadAttention", "attention_three"),
        Row("other channels", rng => new MultiHeadAttention(4, 2, rng, keyChannels: 4, valueChannels: 3), [X, Y, Z], Three)
            .Like("MultiheadAttention", "attention_other_channels"),
        Row("grouped, rotary, of another sequence", rng => new MultiHeadAttention(8, 4, rng, keyHeads: 2, rotary: new(5, 2)), [[2, 3, 8], Wide],
            (layer, x) => layer.Call(new(x[0], x[1]))),
        Row("grouped, of itself", rng => new MultiHeadAttention(8, 4, rng, keyHeads: 1, options: Everything with { Scale = 0.3 }), [Wide], Self),
        Row("window and dropout", rng => new MultiHeadAttention(4, 2, rng, options: Everything with { Window = 2, Dropout = 0.5 }), [X], Self)
            with { IsRandom = true, DiffersInTraining = true },
        Row("without angles", rng => new GroupedQueryAttention(8, 4, 2, rng), [[2, 3, 8]], Grouped).Composed("grouped"),
        Row("rotary, with bias and larger heads", rng => new GroupedQueryAttention(8, 4, 2, rng, new(9, 4), 4, bias: true, projectionBias: false), [Wide], Grouped)
            .Composed("grouped_rotary"),
        Row("window", rng => new GroupedQueryAttention(8, 2, 1, rng, new(5, 4), options: Causal with { Window = 2 }), [Wide], Grouped).Composed("grouped_window"),
        Row("halves", _ => new RotaryEmbedding(4, 6), [2, 3, 6]).Composed("rotary"),
        Row("neighbours, some channels", _ => new RotaryEmbedding(4, 4, 100, interleaved: true), [2, 3, 6]),
        Row("any", rng => new SwiGlu(4, 5, rng), X).Composed("swiglu"),
        Row("with bias", rng => new SwiGlu(4, 5, rng, bias: true), X).Composed("swiglu_bias"),
        Row("norm after", rng => new TransformerEncoderLayer(4, 2, rng, 6, 0), [X], Encode).Like("TransformerEncoderLayer", "encoder"),
        Row("GELU", rng => new TransformerEncoderLayer(4, 2, rng, 6, 0, gelu: true), [X], Encode).Like("TransformerEncoderLayer", "encoder_gelu"),
        Row("norm first", rng => new TransformerEncoderLayer(4, 2, rng, 6, 0, gelu: true, epsilon: 0.1, normFirst: true), [X], Encode).Like("TransformerEncoderLayer", "encoder_norm_first"),
        Row("padding", rng => new TransformerEncoderLayer(4, 2, rng, 6, 0), [X], (layer, x) => layer.Call(new(x[0], Mask: Padded)))
            .Like("TransformerEncoderLayer", "encoder_padding") with { TakesEmptyBatch = false },
        Row("dropout", rng => new TransformerEncoderLayer(4, 2, rng, 6), [X], Encode) with { IsRandom = true, DiffersInTraining = true },
        Row("two of four", rng => new MixtureOfExperts(4, Experts(4, rng), rng), [Y], WithLoss).Composed("experts") with { TakesEmptyBatch = false },
        Row("one of three, not normalized", rng => new MixtureOfExperts(4, Experts(3, rng), rng, 1, normalize: false), [[7, 4]], WithLoss)
            .Composed("experts_switch") with { TakesEmptyBatch = false },
        Row("empty batches too", rng => new MixtureOfExperts(4, Experts(2, rng), rng, 1), X),
    ];

    private static Variable Self(MultiHeadAttention layer, Variable[] x) => layer.Call(x[0]);

    private static Variable Three(MultiHeadAttention layer, Variable[] x) => layer.Call(new(x[0], x[1], x[2]));

    private static Variable Grouped(GroupedQueryAttention layer, Variable[] x) => layer.Call(x[0]);

    private static Variable Encode(TransformerEncoderLayer layer, Variable[] x) => layer.Call(x[0]);

    private static Variable WithLoss(MixtureOfExperts layer, Variable[] x) => Flat(layer.Call(x[0]), layer.BalanceLoss);

    private static IEnumerable<Layer> Experts(int count, Rng rng) => Enumerable.Range(0, count).Select(_ => new SwiGlu(4, 5, rng)).ToArray();
}
