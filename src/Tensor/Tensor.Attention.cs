namespace MiniStack;

public sealed partial class Tensor
{
    /// <summary>Scaled dot-product attention, softmax(q·kᵀ/√d)·v.</summary>
    /// <param name="query">[…, queries, d].</param>
    /// <param name="key">[…, keys, d].</param>
    /// <param name="value">[…, keys, size].</param>
    /// <param name="causal">When true, query i sees keys 0..i + (keys − queries) only.</param>
    /// <returns>[…, queries, size]; the leading axes, usually [batch, heads], broadcast.</returns>
    /// <exception cref="ShapeException">The shapes do not fit together, or a causal query would see no key.</exception>
    /// <remarks>Vaswani et al. 2017, arXiv:1706.03762, eq. 1; computed in tiles as in Dao et al. 2022, arXiv:2205.14135:
    /// memory grows with queries + keys, not with queries·keys.</remarks>
    public static Tensor Attention(Tensor query, Tensor key, Tensor value, bool causal = true) =>
        Attention(query, key, value, causal, out _);

    /// <summary>As <see cref="Attention(Tensor, Tensor, Tensor, bool)"/>, with what its gradient needs: each query's ln Σ e^(q·kᵀ/√d).</summary>
    public static Tensor Attention(Tensor query, Tensor key, Tensor value, bool causal, out Tensor logSumExp)
    {
        query.CheckFloat(nameof(Attention));
        CheckSame(query, key, nameof(Attention));
        CheckSame(query, value, nameof(Attention));
        if (query.Rank < 2 || key.Rank < 2 || query.Shape[^1] != key.Shape[^1] || key.Shape[..^1] != value.Shape[..^1])
        {
            throw new ShapeException(
                $"Attention: query {query.Shape}, key {key.Shape} and value {value.Shape} do not fit: query and key need the same last axis, " +
                "key and value the same keys.");
        }
        int queries = query.Shape[^2], keys = key.Shape[^2];
        if (causal && queries > keys)
        {
            throw new ShapeException(
                $"Attention: {queries} queries and only {keys} keys: causal, the first {queries - keys} queries would see nothing. " +
                "Give every query its own key, or pass causal: false.");
        }
        Shape batch = Shape.Broadcast(query.Shape[..^2], key.Shape[..^2], nameof(Attention));
        Tensor y = Empty(batch.Append(queries, value.Shape[^1]), query.DType, query.Device);
        logSumExp = Empty(batch.Append(queries), query.DType, query.Device);
        query.Backend.Attention(
            query.Heads(batch), key.Heads(batch), value.Heads(batch), causal, AttentionScale(query.Shape[^1]), y.Heads(batch), logSumExp);
        return y;
    }

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
        return stretched.Reshape((int)(heads == 0 ? 1 : batch.Count / heads), heads, time, d);
    }
}
