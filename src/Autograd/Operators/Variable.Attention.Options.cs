namespace MiniStack;

public partial class Variable
{
    /// <summary>Attention with masks, windows, linear biases, dropout or another scale; see <see cref="Tensor.Attention(Tensor, Tensor, Tensor, AttentionOptions)"/>.</summary>
    /// <remarks>What is not plain computes its probabilities again for the gradient, instead of keeping them.</remarks>
    /// <param name="query">[…, heads, queries, d].</param>
    /// <param name="key">[…, keyHeads, keys, d]; where keyHeads divides heads, each serves a group of neighbouring query heads.</param>
    /// <param name="value">[…, keyHeads, keys, size].</param>
    /// <param name="options">What to do beyond softmax(q·kᵀ/√d)·v.</param>
    /// <returns>[…, heads, queries, size]; zeros for queries that see no key.</returns>
    /// <exception cref="ShapeException">The shapes do not fit together.</exception>
    /// <exception cref="ConfigException">The options contradict themselves.</exception>
    public static Variable Attention(Variable query, Variable key, Variable value, AttentionOptions options)
    {
        if (options.IsPlain && query.Rank >= 2 && key.Rank >= 2 && !(options.Causal && query.Shape[^2] > key.Shape[^2]))
            return Attention(query, key, value, options.Causal, options.Scale);
        RngState? before = options.Rng?.State;
        Tensor y = Tensor.Attention(query.Value, key.Value, value.Value, options);
        int group = GroupOf(query.Shape, key.Shape);
        if (group > 1) (key, value) = (Repeat(key, group), Repeat(value, group));
        return Record(y, new OptionsAttentionNode(query, key, value, options, before));
    }

    /// <summary>[…, keyHeads, keys, d] with each head as often as there are query heads for it.</summary>
    private static Variable Repeat(Variable heads, int group)
    {
        Shape one = heads.Shape;
        return heads.Unsqueeze(-3).Expand([.. one[..^2], group, .. one[^2..]]).Reshape([.. one[..^3], one[^3] * group, .. one[^2..]]);
    }

    private sealed class OptionsAttentionNode : GradNode
    {
        private readonly Variable _query, _key, _value;
        private readonly AttentionOptions _options;
        private readonly RngState? _random;

        public OptionsAttentionNode(Variable query, Variable key, Variable value, AttentionOptions options, RngState? random)
            : base(query, key, value)
        {
            (_query, _key, _value, _options, _random) = (query, key, value, options, random);
            if (options.Mask is { } mask) Save(mask, "the mask");
            if (options.AlibiSlopes is { } slopes) Save(slopes, "the slopes");
        }

        // y = drop(p)·v, p = softmax(scale·q·kᵀ + bias)  ⇒  as of Attention, with dp = drop(dy·vᵀ)
        public override void Backward(Variable dy)
        {
            int queries = _query.Shape[^2], keys = _key.Shape[^2];
            double scale = _options.Scale ?? DefaultScale(_query.Shape[^1]);
            // The stream from where it stood drops the same probabilities again.
            Rng? random = _random is { } state ? new Rng(state) : null;
            List<Variable> dqueries = [];
            Variable? dkey = null, dvalue = null;
            foreach ((int firstQuery, int queryCount, int firstKey, int keyCount) in _options.Blocks(queries, keys))
            {
                Variable q = _query.Slice(-2, firstQuery, queryCount) * scale, dyPart = dy.Slice(-2, firstQuery, queryCount);
                Variable k = _key.Slice(-2, firstKey, keyCount), v = _value.Slice(-2, firstKey, keyCount), scores = q.MatMul(k.Transpose());
                Tensor like = scores.Value;
                Tensor? bias = _options.Bias(queries, keys, firstQuery, queryCount, firstKey, keyCount, like.DType, like.Device, out Tensor? blind);
                if (bias is not null && Tape.CreatesGraph) scores += bias;
                else if (bias is not null) like.AddInPlace(bias);
                if (blind is not null) dyPart = Where(blind, dy.ScalarLike(0), dyPart);
                Variable p = scores.Softmax(), dropped = p, dp = dyPart.MatMul(v.Transpose());
                if (_options.Dropout != 0)
                {
                    ulong block = random!.Reserve(like.Count);
                    (dropped, dp) = (p.Dropout(_options.Dropout, random.Key, block), dp.Dropout(_options.Dropout, random.Key, block));
                }
                Variable ds = ScoreGradients(p, dp);
                dqueries.Add(ds.MatMul(k) * scale);
                Add(ref dkey, ds.Transpose().MatMul(q), firstKey);
                Add(ref dvalue, dropped.Transpose().MatMul(dyPart), firstKey);
            }
            _query.AddGrad(dqueries.Count == 1 ? dqueries[0] : Concat(dqueries.ToArray(), axis: -2));
            _key.AddGrad(dkey!);
            _value.AddGrad(dvalue!);

            void Add(ref Variable? sum, Variable part, int firstKey)
            {
                if (part.Shape[^2] != keys) part = part.Unslice([.. part.Shape[..^2], keys, part.Shape[^1]], -2, firstKey);
                sum = sum is null ? part : sum + part;
            }
        }
    }
}
