using System.Globalization;

namespace MiniStack;

public sealed partial class Tensor
{
    /// <summary>Scaled dot-product attention, softmax(q·kᵀ/√d)·v.</summary>
    /// <param name="query">[…, heads, queries, d].</param>
    /// <param name="key">[…, keyHeads, keys, d]; where keyHeads divides heads, each serves a group of neighbouring query heads.</param>
    /// <param name="value">[…, keyHeads, keys, size].</param>
    /// <param name="causal">When true, query i sees keys 0..i + (keys − queries) only.</param>
    /// <returns>[…, heads, queries, size]; the leading axes, usually [batch, heads], broadcast.</returns>
    /// <exception cref="ShapeException">The shapes do not fit together, or a causal query would see no key.</exception>
    /// <remarks>Vaswani et al. 2017, arXiv:1706.03762, eq. 1; computed in tiles as in Dao et al. 2022, arXiv:2205.14135:
    /// memory grows with queries + keys, not with queries·keys. Grouped queries: Ainslie et al. 2023, arXiv:2305.13245.</remarks>
    public static Tensor Attention(Tensor query, Tensor key, Tensor value, bool causal = true) =>
        Attention(query, key, value, causal, out _);

    /// <summary>
    /// As <see cref="Attention(Tensor, Tensor, Tensor, bool)"/>, with what its gradient needs: each query's ln Σ e^(scale·q·kᵀ).
    /// </summary>
    /// <param name="query">[…, heads, queries, d].</param>
    /// <param name="key">[…, keyHeads, keys, d].</param>
    /// <param name="value">[…, keyHeads, keys, size].</param>
    /// <param name="causal">When true, query i sees keys 0..i + (keys − queries) only.</param>
    /// <param name="logSumExp">[…, heads, queries]; F32 for F16 and BF16.</param>
    /// <param name="scale">What products are multiplied with, above 0; null for 1/√d.</param>
    public static Tensor Attention(Tensor query, Tensor key, Tensor value, bool causal, out Tensor logSumExp, double? scale = null)
    {
        int group = CheckAttention(query, key, value);
        int queries = query.Shape[^2], keys = key.Shape[^2];
        if (causal && queries > keys)
        {
            throw new ShapeException(
                $"Attention: {queries} queries and only {keys} keys: causal, the first {queries - keys} queries would see nothing. " +
                "Give every query its own key, or pass causal: false.");
        }
        if (scale is { } given && !(given > 0 && double.IsFinite(given)))
        {
            throw new ConfigException(
                string.Create(CultureInfo.InvariantCulture, $"Attention: the scale must be a positive number, not {given}."));
        }
        if (group > 1)
        {
            Tensor grouped = Attention(
                query.Reshape(GroupedShape(query.Shape, group)), key.Unsqueeze(-3), value.Unsqueeze(-3), causal, out logSumExp, scale);
            logSumExp = logSumExp.Reshape(query.Shape[..^1]);
            return grouped.Reshape(query.Shape.With(query.Rank - 1, value.Shape[^1]));
        }
        Shape batch = Shape.Broadcast(query.Shape[..^2], key.Shape[..^2], nameof(Attention));
        Tensor y = Empty(batch.Append(queries, value.Shape[^1]), query.DType, query.Device);
        logSumExp = Empty(batch.Append(queries), query.DType.Wide(), query.Device);
        query.Backend.Attention(
            query.Heads(batch), key.Heads(batch), value.Heads(batch), causal, scale ?? AttentionScale(query.Shape[^1]), y.Heads(batch),
            logSumExp);
        return y;
    }

    /// <summary>How many query heads share a key head: 1 unless they are grouped.</summary>
    private static int CheckAttention(Tensor query, Tensor key, Tensor value)
    {
        query.CheckFloat(nameof(Attention));
        CheckSame(query, key, nameof(Attention));
        CheckSame(query, value, nameof(Attention));
        if (query.Rank < 2 || key.Rank < 2 || value.Rank < 2 || query.Shape[^1] != key.Shape[^1] || key.Shape[..^1] != value.Shape[..^1])
        {
            throw new ShapeException(
                $"Attention: query {query.Shape}, key {key.Shape} and value {value.Shape} do not fit: " +
                "query and key need the same last axis, " +
                "key and value the same keys.");
        }
        if (query.Rank < 3 || key.Rank < 3) return 1;
        int heads = query.Shape[^3], keyHeads = key.Shape[^3];
        if (heads == keyHeads || heads == 1 || keyHeads <= 1) return 1;
        if (heads % keyHeads == 0) return heads / keyHeads;
        throw new ShapeException(
            $"Attention: query {query.Shape} has {heads} heads and key {key.Shape} {keyHeads}: " +
            "grouped queries need a number of key heads that divides that of the query heads.");
    }

    /// <summary>[…, heads, queries, d] as […, heads / group, group, queries, d].</summary>
    private static Shape GroupedShape(Shape query, int group) => Shape.Own([.. query[..^3], query[^3] / group, group, .. query[^2..]]);

    /// <summary>
    /// A product of d independent numbers of variance 1 each has variance d: the root brings scores back to 1, where softmax is neither
    /// flat nor saturated.
    /// </summary>
    internal static double AttentionScale(int d) => 1 / Math.Sqrt(Math.Max(d, 1));

    /// <summary>Matrices stretched to some leading axes, and those made two, [batch, heads, time, d]: as the backends want them.</summary>
    internal Tensor Heads(Shape batch)
    {
        int time = Shape[^2], d = Shape[^1];
        Tensor stretched = Expand(batch.Append(time, d));
        if (batch.Rank == 2) return stretched;
        int heads = batch.Rank == 0 ? 1 : batch[^1];
        Shape four = Shape.Own([(int)(heads == 0 ? 1 : batch.Count / heads), heads, time, d]);
        // Where strides cannot say it, a copy before the stretch is smaller than after it.
        return stretched._layout.Reshape(four) is { } layout ? View(layout) : Contiguous().Expand(stretched.Shape).Reshape(four);
    }
}
