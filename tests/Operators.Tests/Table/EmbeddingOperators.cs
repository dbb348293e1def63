using static MiniStack.Tests.Make;

namespace MiniStack.Tests;

/// <summary>Bags of table rows, and positions as rotations.</summary>
internal static class EmbeddingOperators
{
    private const string Family = "Bags and positions";

    public static Operator[] All { get; } = [Bag(), Rotary(), Tables()];

    private static Operator Bag() => new("EmbeddingBag", Family, "rows of a table summed, averaged or maximised bag by bag", Types.Floats,
        One("mean", [5, 3], x => Bags(x, EmbeddingBagMode.Mean), "bag_mean"),
        One("sum", [5, 3], x => Bags(x, EmbeddingBagMode.Sum), "bag_sum"),
        One("largest", [5, 3], x => Bags(x, EmbeddingBagMode.Max), "bag_max") with { Numbers = Draw.Distinct },
        Two("weights", [5, 3], [6], (x, w) => Bags(x, EmbeddingBagMode.Sum, w), "bag_weights"),
        One("many channels", [7, 67], x => Bags(x, EmbeddingBagMode.Mean)) with { HasDifferences = false },
        One("no bags", [2, 3], x => x.EmbeddingBag(Indices(x, [0]), Indices(x, [0]))),
        One("empty bags only", [2, 3], x => x.EmbeddingBag(Indices(x, [0]), Indices(x, [2], 0, 0), EmbeddingBagMode.Max)))
    {
        PyTorch = "torch.nn.functional.embedding_bag",
        Mistakes =
        [
            Wrong<ShapeException>("ranks", () => Zeros(2, 3).EmbeddingBag(Tensor.Arange(2).Unsqueeze(0), Tensor.Arange(1)),
                "EmbeddingBag: table (2, 3), indices (1, 2) and offsets (1) must be [rows, channels], [count] and [bags]."),
            Wrong<ConfigException>("weights of a mean", () => Zeros(2, 3).EmbeddingBag(Tensor.Arange(2), Tensor.Arange(1), EmbeddingBagMode.Mean, Zeros(2)),
                "EmbeddingBag: weights go with the sum, not with Mean. Pass EmbeddingBagMode.Sum."),
            Wrong<ShapeException>("too few weights", () => Zeros(2, 3).EmbeddingBag(Tensor.Arange(2), Tensor.Arange(1), EmbeddingBagMode.Sum, Zeros(1)),
                "EmbeddingBag: weights are (1) and indices (2): give one weight for each index."),
            Wrong<IndexException>("first offset", () => Zeros(2, 3).EmbeddingBag(Tensor.Arange(2), Tensor.Arange(2) + 1),
                "EmbeddingBag: offset 0 is 1, and the next bag starts at 2: offsets must start with 0 and never fall, up to the number of indices."),
            Wrong<IndexException>("last offset", () => Zeros(2, 3).EmbeddingBag(Tensor.Arange(2), Tensor.Arange(4)),
                "EmbeddingBag: offset 3 is 3, and the next bag starts at 2: offsets must start with 0 and never fall, up to the number of indices."),
            Wrong<IndexException>("no bag", () => Zeros(2, 3).EmbeddingBag(Tensor.Arange(2), Tensor.Arange(0)),
                "EmbeddingBag: there is no bag for 2 indices. The first offset is 0."),
            Wrong<IndexException>("no row", () => Zeros(2, 3).EmbeddingBag(Tensor.Arange(3), Tensor.Arange(1)),
                "Embedding: index 2 is outside 0 to 1; there are 2 rows."),
        ],
    };

    private static Variable Bags(Variable table, EmbeddingBagMode mode, Variable? weights = null) =>
        table.EmbeddingBag(Indices(table, [6], 1, 4, 1, 0, 3, 2), Indices(table, [4], 0, 2, 2, 5), mode, weights);

    private static Operator Rotary() => new("RotaryEmbedding", Family, "channel pairs turned by angles that grow with the position", Types.Floats,
        One("halves", [2, 3, 8], x => Turn(x)) with { Golden = "rotary_halves" },
        One("interleaved", [2, 3, 8], x => Turn(x, interleaved: true), "rotary_interleaved"),
        One("later positions", [3, 6], x => Turn(x, first: 2), "rotary_later"),
        One("back", [3, 6], x => Turn(x, back: true)),
        One("some channels", [3, 7], x => Turn(x, channels: 4)),
        One("some channels, interleaved", [3, 7], x => Turn(x, interleaved: true, channels: 4)),
        One("theta", [4, 4], x => Turn(x, theta: 100)),
        One("long halves", [2, 5, 134], x => Turn(x)) with { HasDifferences = false },
        One("long interleaved", [2, 5, 134], x => Turn(x, interleaved: true)) with { HasDifferences = false },
        One("no rows", [2, 0, 4], x => Turn(x)),
        One("one position", [1, 2], x => Turn(x)))
    {
        Source = "Su et al. 2021, arXiv:2104.09864, eq. 34",
        Mistakes =
        [
            Wrong<ShapeException>("too many pairs", () => Zeros(2, 4).RotaryEmbedding(Tensor.Zeros([2, 3]), Tensor.Zeros([2, 3])),
                "RotaryEmbedding: x is (2, 4), cos (2, 3) and sin (2, 3): x must be [..., time, d], the tables [positions, pairs] with 2·pairs at most d. RotaryTables makes them."),
            Wrong<ShapeException>("too few positions", () => Zeros(3, 4).RotaryEmbedding(Tensor.Zeros([4, 2]), Tensor.Zeros([4, 2]), firstPosition: 2),
                "RotaryEmbedding: positions 2 to 4 are needed, but the tables have 4. Make longer tables with RotaryTables."),
            Wrong<DTypeException>("dtypes", () => Zeros(2, 4).RotaryEmbedding(Tensor.Zeros([2, 2], DType.F64), Tensor.Zeros([2, 2], DType.F64)),
                "RotaryEmbedding: a is F32 and b is F64. Convert one of them, for example a.To(DType.F64)."),
        ],
    };

    private static Variable Turn(Variable x, bool interleaved = false, int first = 0, bool back = false, int? channels = null, double theta = 10_000)
    {
        (Tensor cos, Tensor sin) = Tensor.RotaryTables(first + x.Shape[^2], channels ?? x.Shape[^1], theta, x.Value.DType.Wide(), x.Value.Device);
        return x.RotaryEmbedding(cos, sin, interleaved, first, back);
    }

    private static Operator Tables() => new("RotaryTables", Family, "cos and sin of position·θ^(−2i/d)", Types.Floats,
        One("cos", [1], x => Tensor.RotaryTables(5, 6, 50, x.Value.DType, x.Value.Device).Cos),
        One("sin", [1], x => Tensor.RotaryTables(5, 6, 50, x.Value.DType, x.Value.Device).Sin))
    {
        Gradient = Differentiable.No,
        Reason = "its result is constant",
        Source = "Su et al. 2021, arXiv:2104.09864, eq. 15",
        Mistakes =
        [
            Wrong<ConfigException>("odd", () => Tensor.RotaryTables(5, 3),
                "RotaryTables: 5 positions, d 3 and theta 10000: channels turn in pairs, so d must be even and at least 2, and theta positive."),
        ],
    };
}
