namespace MiniStack;

public sealed partial class Tensor
{
    /// <summary>Scaled dot-product attention with masks, windows, linear biases, dropout or another scale.</summary>
    /// <remarks>
    /// A query that sees no key at all gives zeros, not NaN, as PyTorch's safe softmax. Plain options run in tiles, as
    /// <see cref="Attention(Tensor, Tensor, Tensor, bool)"/>; the others compute the scores of all queries and keys that can meet.
    /// </remarks>
    /// <param name="query">[…, heads, queries, d].</param>
    /// <param name="key">[…, keyHeads, keys, d]; where keyHeads divides heads, each serves a group of neighbouring query heads.</param>
    /// <param name="value">[…, keyHeads, keys, size].</param>
    /// <param name="options">What to do beyond softmax(q·kᵀ/√d)·v.</param>
    /// <returns>[…, heads, queries, size].</returns>
    /// <exception cref="ShapeException">The shapes do not fit together.</exception>
    /// <exception cref="ConfigException">The options contradict themselves.</exception>
    public static Tensor Attention(Tensor query, Tensor key, Tensor value, AttentionOptions options)
    {
        int group = CheckAttention(query, key, value), queries = query.Shape[^2], keys = key.Shape[^2];
        if (options.IsPlain && !(options.Causal && queries > keys))
            return Attention(query, key, value, options.Causal, out _, options.Scale);
        if (query.DType.IsHalf()) return Attention(query.To(DType.F32), key.To(DType.F32), value.To(DType.F32), options).To(query.DType);
        if (group > 1) (key, value) = (Repeat(key, group), Repeat(value, group));
        options.Check(Shape.Broadcast(query.Shape[..^2], key.Shape[..^2], nameof(Attention)).Append(queries, keys));
        // Scores and probabilities go back to the pool at once, whatever scope is open around.
        using MemoryScope scope = MemoryScope.Begin();
        List<Tensor> parts = [];
        foreach ((int firstQuery, int queryCount, int firstKey, int keyCount) in options.Blocks(queries, keys))
        {
            Tensor q = query.Slice(-2, firstQuery, queryCount), k = key.Slice(-2, firstKey, keyCount),
                v = value.Slice(-2, firstKey, keyCount);
            Tensor scores = (q * (options.Scale ?? AttentionScale(q.Shape[^1]))).MatMul(k.Transpose());
            if (options.Bias(queries, keys, firstQuery, queryCount, firstKey, keyCount, q.DType, q.Device, out Tensor? blind) is { } bias)
                scores.AddInPlace(bias);
            Tensor probabilities = scores.Softmax();
            if (options.Dropout != 0)
                probabilities = probabilities.Dropout(options.Dropout, options.Rng!.Key, options.Rng.Reserve(probabilities.Count));
            Tensor y = probabilities.MatMul(v);
            parts.Add(blind is null ? y : Where(blind, y.ScalarLike(0), y));
        }
        return (parts.Count == 1 ? parts[0] : Concat(parts.ToArray(), axis: -2)).Keep();
    }

    /// <summary>[…, keyHeads, keys, d] with each head as often as there are query heads for it.</summary>
    private static Tensor Repeat(Tensor heads, int group)
    {
        Shape one = heads.Shape;
        return heads.Unsqueeze(-3).Expand(
            Shape.Own([.. one[..^2], group, .. one[^2..]])).Reshape([.. one[..^3], one[^3] * group, .. one[^2..]]);
    }
}
