namespace MiniStack;

public partial class Variable
{
    /// <summary>Scaled dot-product attention, softmax(q·kᵀ/√d)·v.</summary>
    /// <param name="query">[batch, heads, queries, d].</param>
    /// <param name="key">[batch, heads, keys, d].</param>
    /// <param name="value">[batch, heads, keys, d].</param>
    /// <param name="causal">When true, query i sees keys 0..i + (keys − queries) only.</param>
    /// <returns>[batch, heads, queries, d].</returns>
    /// <exception cref="ShapeException">The shapes do not fit together.</exception>
    /// <remarks>
    /// Vaswani et al. 2017, arXiv:1706.03762, eq. 1. A sum of d products of independent numbers of variance 1 has variance
    /// d: the root brings the scores back to 1, where softmax is neither flat nor saturated.
    /// </remarks>
    public static Variable Attention(Variable query, Variable key, Variable value, bool causal = true)
    {
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
        // Scaling the queries instead of the scores costs d instead of keys multiplications a query.
        Variable scores = (query * (1 / Math.Sqrt(query.Shape[^1]))).MatMul(key.Transpose());
        if (causal) scores = Where(CausalMask(queries, keys, query.Value.Device), scores, scores.ScalarLike(double.NegativeInfinity));
        return scores.Softmax().MatMul(value);
    }

    /// <summary>[queries, keys], true where the query may look: at its own position and before.</summary>
    private static Tensor CausalMask(int queries, int keys, Device device)
    {
        Tensor row = Tensor.Arange(queries, DType.I64).Unsqueeze(1) + Tensor.Scalar(keys - queries, DType.I64);
        return Tensor.Arange(keys, DType.I64).LessOrEqual(row).To(device);
    }
}
