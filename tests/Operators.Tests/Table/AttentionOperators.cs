using static MiniStack.Tests.Make;

namespace MiniStack.Tests;

/// <summary>Attention with all its options.</summary>
internal static class AttentionOperators
{
    private const string Family = "Attention";

    public static Operator[] All { get; } =
    [
        new("Attention", Family, "softmax(q·kᵀ/√d)·v, masked, grouped, windowed, biased by distance, with dropout", Types.Floats,
            Three("causal", [2, 2, 3, 4], [2, 2, 3, 4], [2, 2, 3, 5], (q, k, v) => Variable.Attention(q, k, v), "attention_causal"),
            Three("not causal", [1, 2, 3, 4], [1, 2, 5, 4], [1, 2, 5, 4], (q, k, v) => Variable.Attention(q, k, v, causal: false), "attention_all"),
            Three("earlier keys", [2, 2, 4], [2, 5, 4], [2, 5, 3], (q, k, v) => Variable.Attention(q, k, v)),
            Three("broadcast heads", [2, 3, 2, 4], [1, 3, 4], [1, 3, 4], (q, k, v) => Variable.Attention(q, k, v)),
            Three("grouped", [2, 4, 3, 4], [2, 2, 3, 4], [2, 2, 3, 5], (q, k, v) => Variable.Attention(q, k, v), "attention_grouped"),
            Plus("scale", new() { Scale = 0.3 }, "attention_scale"),
            Three("Bool mask", [2, 2, 3, 4], [2, 2, 3, 4], [2, 2, 3, 5], (q, k, v) => Variable.Attention(q, k, v, new AttentionOptions { Causal = false, Mask = Seen(q) }),
                "attention_mask"),
            Three("float mask, causal", [2, 2, 3, 4], [2, 2, 3, 4], [2, 2, 3, 5], (q, k, v) => Variable.Attention(q, k, v, new AttentionOptions { Mask = Added(q) }),
                "attention_bias"),
            Three("a query sees nothing", [1, 1, 3, 4], [1, 1, 3, 4], [1, 1, 3, 2], (q, k, v) => Variable.Attention(q, k, v, new AttentionOptions { Causal = false, Mask = Blind(q) })),
            Three("more queries than keys", [1, 4, 3], [1, 2, 3], [1, 2, 3], (q, k, v) => Variable.Attention(q, k, v, new AttentionOptions())),
            Plus("window", new() { Window = 2 }, "attention_window"),
            Plus("window to both sides", new() { Window = 2, Causal = false }),
            Three("ALiBi", [2, 2, 3, 4], [2, 2, 3, 4], [2, 2, 3, 5], (q, k, v) => Variable.Attention(q, k, v, new AttentionOptions { AlibiSlopes = AttentionOptions.Alibi(2).To(q.Value.Device) }),
                "attention_alibi"),
            Three("dropout", [1, 2, 3, 4], [1, 2, 3, 4], [1, 2, 3, 5], (q, k, v) => Variable.Attention(q, k, v, new AttentionOptions { Dropout = 0.4, Rng = new Rng(3) })),
            Three("grouped with everything", [1, 4, 3, 2], [1, 2, 3, 2], [1, 2, 3, 2], (q, k, v) => Variable.Attention(q, k, v, new AttentionOptions
            {
                Dropout = 0.2, Rng = new Rng(3), Window = 2, AlibiSlopes = AttentionOptions.Alibi(4).To(q.Value.Device), Scale = 0.8, Mask = Added(q).Reshape(1, 1, 3, 3),
            })),
            Three("window in blocks", [1, 400, 2], [1, 410, 2], [1, 410, 2], (q, k, v) => Variable.Attention(q, k, v, new AttentionOptions { Window = 40 }))
                with
            { HasDifferences = false, Terms = 64 },
            Three("no keys", [1, 2, 3], [1, 0, 3], [1, 0, 3], (q, k, v) => Variable.Attention(q, k, v, new AttentionOptions())),
            Three("matrices", [2, 3], [4, 3], [4, 2], (q, k, v) => Variable.Attention(q, k, v, causal: false)),
            Three("longer than a tile", [1, 1, 14, 2], [1, 1, 14, 2], [1, 1, 14, 2], (q, k, v) => Variable.Attention(q, k, v)),
            Three("one element", [1, 1, 1, 1], [1, 1, 1, 1], [1, 1, 1, 1], (q, k, v) => Variable.Attention(q, k, v)),
            Three("no batches", [0, 1, 2, 2], [0, 1, 2, 2], [0, 1, 2, 2], (q, k, v) => Variable.Attention(q, k, v)),
            Three("no queries", [1, 0, 3], [1, 2, 3], [1, 2, 3], (q, k, v) => Variable.Attention(q, k, v, new AttentionOptions { Window = 1 })))
        {
            PyTorch = "torch.nn.functional.scaled_dot_product_attention (from 2.0 on)",
            Source = "Vaswani et al. 2017, arXiv:1706.03762; grouped arXiv:2305.13245; windows arXiv:2004.05150; ALiBi arXiv:2108.12409",
            Mistakes =
            [
                Wrong<ShapeException>("sizes", () => Variable.Attention(Zeros(2, 3), Zeros(2, 4), Zeros(2, 4)),
                    "Attention: query (2, 3), key (2, 4) and value (2, 4) do not fit: query and key need the same last axis, key and value the same keys."),
                Wrong<ShapeException>("too few keys", () => Variable.Attention(Zeros(3, 2), Zeros(2, 2), Zeros(2, 2)),
                    "Attention: 3 queries and only 2 keys: causal, the first 1 queries would see nothing. Give every query its own key, or pass causal: false."),
                Wrong<ShapeException>("key heads", () => Variable.Attention(Zeros(1, 4, 2, 2), Zeros(1, 3, 2, 2), Zeros(1, 3, 2, 2)),
                    "Attention: query (1, 4, 2, 2) has 4 heads and key (1, 3, 2, 2) 3: grouped queries need a number of key heads that divides that of the query heads."),
                With("window", new() { Window = 0 }, "Attention: the window must be at least 1, not 0: a query sees its own key."),
                With("dropout", new() { Dropout = 0.1 }, "Attention: dropout needs random numbers. Set AttentionOptions.Rng."),
                With("scale", new() { Scale = 0 }, "Attention: the scale must be a positive number, not 0."),
                With<ShapeException>("slopes", new() { AlibiSlopes = Tensor.Zeros([3]) },
                    "Attention: ALiBi slopes are (3), the scores (2, 3, 3): give one slope for each head, [heads]. AttentionOptions.Alibi makes them."),
                With<ShapeException>("mask", new() { Mask = Tensor.Zeros([2, 3], DType.Bool) },
                    "Attention: the mask is (2, 3); it must broadcast to the scores, (2, 3, 3), with axes for queries and keys."),
                With<DTypeException>("mask of integers", new() { Mask = Tensor.Zeros([3, 3], DType.I64) },
                    "Attention: the mask must be Bool (true: may see) or floats (added to the scores), not I64."),
            ],
        },
        new("SelfAttention", Family, "attention of a sequence with itself: q, k and v side by side", Types.Floats,
            One("causal", [2, 3, 12], x => Variable.SelfAttention(x, 2), "self_attention"),
            One("not causal", [1, 3, 6], x => Variable.SelfAttention(x, 1, causal: false)),
            One("long", [1, 101, 24], x => Variable.SelfAttention(x, 2)) with { HasDifferences = false, Terms = 101 },
            One("no time", [2, 0, 6], x => Variable.SelfAttention(x, 2)))
        {
            Source = "Vaswani et al. 2017, arXiv:1706.03762",
            Mistakes =
            [
                Wrong<ShapeException>("channels", () => Variable.SelfAttention(Zeros(1, 2, 8), 2),
                    "SelfAttention: qkv is (1, 2, 8); it must be [batch, time, 3·channels], where 2 heads divide the channels evenly."),
            ],
        },
    ];

    private static Sample Plus(string condition, AttentionOptions options, string? golden = null) =>
        Three(condition, [2, 2, 3, 4], [2, 2, 3, 4], [2, 2, 3, 5], (q, k, v) => Variable.Attention(q, k, v, options), golden);

    private static Mistake With(string condition, AttentionOptions options, string message) => With<ConfigException>(condition, options, message);

    private static Mistake With<TError>(string condition, AttentionOptions options, string message) where TError : Exception =>
        Wrong<TError>(condition, () => Variable.Attention(Zeros(2, 3, 4), Zeros(2, 3, 4), Zeros(2, 3, 4), options), message);

    private static Tensor Seen(Variable like) => Make.Mask(like, true, false, true, false, true, true, true, true, true).Reshape(3, 3);

    private static Tensor Blind(Variable like) => Make.Mask(like, true, false, true, false, false, false, true, true, true).Reshape(3, 3);

    private static Tensor Added(Variable like) => Tensor.CopyOf([0.5, -1, 0, 2, 0.1, double.NegativeInfinity, -0.5, double.NegativeInfinity, 1], [3, 3])
        .To(like.Value.DType).To(like.Value.Device);
}
