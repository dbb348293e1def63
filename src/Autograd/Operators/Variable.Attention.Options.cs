namespace MiniStack;

public partial class Variable
{
    /// <summary>
    /// Attention with masks, windows, linear biases, dropout or another scale; see
    /// <see cref="Tensor.Attention(Tensor, Tensor, Tensor, AttentionOptions)"/>.
    /// </summary>
    /// <remarks>
    /// What is not plain computes its probabilities again for the gradient, instead of keeping them; while it computes, it needs room for
    /// them.
    /// </remarks>
    /// <param name="query">[…, heads, queries, d].</param>
    /// <param name="key">[…, keyHeads, keys, d]; where keyHeads divides heads, each serves a group of neighbouring query heads.</param>
    /// <param name="value">[…, keyHeads, keys, size].</param>
    /// <param name="options">What to do beyond softmax(q·kᵀ/√d)·v.</param>
    /// <param name="bias">Added to the scores, broadcast to [batch, heads, queries, keys], as <see cref="AttentionOptions.Mask"/>, but with
    /// a gradient: learned biases of relative positions. Null for none.</param>
    /// <returns>[…, heads, queries, size]; zeros for queries that see no key.</returns>
    /// <exception cref="ShapeException">The shapes do not fit together.</exception>
    /// <exception cref="ConfigException">The options contradict themselves.</exception>
    public static Variable Attention(Variable query, Variable key, Variable value, AttentionOptions options, Variable? bias = null)
    {
        if (bias is not null) options = options with { Mask = Biased(options.Mask, bias.Value) };
        if (options.IsPlain && query.Rank >= 2 && key.Rank >= 2 && !(options.Causal && query.Shape[^2] > key.Shape[^2]))
            return Attention(query, key, value, options.Causal, options.Scale);
        RngState? before = options.Rng?.State;
        Tensor y = Tensor.Attention(query.Value, key.Value, value.Value, options);
        int group = GroupOf(query.Shape, key.Shape);
        if (group > 1) (key, value) = (Repeat(key, group), Repeat(value, group));
        return Record(y, new OptionsAttentionNode(query, key, value, bias, options, before));
    }

    /// <summary>A mask and a bias as one mask of floats.</summary>
    private static Tensor Biased(Tensor? mask, Tensor bias) => mask is null ? bias
        : mask.DType == DType.Bool ? Tensor.Where(mask, bias, bias.ScalarLike(double.NegativeInfinity))
        : mask.To(bias.DType.Wide()) + bias.To(bias.DType.Wide());

    /// <summary>[…, keyHeads, keys, d] with each head as often as there are query heads for it.</summary>
    private static Variable Repeat(Variable heads, int group)
    {
        Shape one = heads.Shape;
        return heads.Unsqueeze(-3).Expand([.. one[..^2], group, .. one[^2..]]).Reshape([.. one[..^3], one[^3] * group, .. one[^2..]]);
    }

    private sealed class OptionsAttentionNode : GradNode
    {
        private readonly Variable _query, _key, _value;
        private readonly Variable? _bias;
        private readonly AttentionOptions _options;
        private readonly RngState? _random;

        public OptionsAttentionNode(
            Variable query, Variable key, Variable value, Variable? bias, AttentionOptions options, RngState? random)
            : base(bias is null ? [query, key, value] : [query, key, value, bias])
        {
            (_query, _key, _value, _bias, _options, _random) = (query, key, value, bias, options, random);
            if (options.Mask is { } mask) Save(mask, "the mask");
            if (options.AlibiSlopes is { } slopes) Save(slopes, "the slopes");
        }

        // y = drop(p)·v, p = softmax(scale·q·kᵀ + bias)  ⇒  as of Attention, with dp = drop(dy·vᵀ);  dbias = ds
        public override void Backward(Variable dy)
        {
            int queries = _query.Shape[^2], keys = _key.Shape[^2];
            double scale = _options.Scale ?? DefaultScale(_query.Shape[^1]);
            // The stream from where it stood drops the same probabilities again.
            Rng? random = _random is { } state ? new Rng(state) : null;
            List<Variable> dqueries = [], dbiases = [];
            Variable? dkey = null, dvalue = null;
            Variable query = _query.Wide(), key = _key.Wide(), value = _value.Wide();
            dy = dy.Wide();
            foreach ((int firstQuery, int queryCount, int firstKey, int keyCount) in _options.Blocks(queries, keys))
            {
                Variable q = query.Slice(-2, firstQuery, queryCount) * scale, dyPart = dy.Slice(-2, firstQuery, queryCount);
                Variable k = key.Slice(-2, firstKey, keyCount), v = value.Slice(-2, firstKey, keyCount), scores = q.MatMul(k.Transpose());
                Tensor like = scores.Value;
                Tensor? bias = _options.Bias(
                    queries, keys, firstQuery, queryCount, firstKey, keyCount, like.DType, like.Device, out Tensor? blind);
                if (bias is not null && Tape.CreatesGraph) scores += bias;
                else if (bias is not null) like.AddInPlace(bias);
                if (_bias is not null && Tape.CreatesGraph)
                    scores += Change(Part(Part(_bias.Wide(), -2, firstQuery, queryCount), -1, firstKey, keyCount));
                if (blind is not null) dyPart = Where(blind, dy.ScalarLike(0), dyPart);
                Variable p = scores.Softmax(), dropped = p, dp = dyPart.MatMul(v.Transpose());
                if (_options.Dropout != 0)
                {
                    ulong block = random!.Reserve(like.Count);
                    (dropped, dp) = (p.Dropout(_options.Dropout, random.Key, block), dp.Dropout(_options.Dropout, random.Key, block));
                }
                Variable ds = ScoreGradients(p, dp);
                dqueries.Add(ds.MatMul(k) * scale);
                if (_bias is { NeedsGrad: true }) dbiases.Add(keyCount == keys ? ds : ds.Unslice([.. ds.Shape[..^1], keys], -1, firstKey));
                Add(ref dkey, ds.Transpose().MatMul(q), firstKey);
                Add(ref dvalue, dropped.Transpose().MatMul(dyPart), firstKey);
            }
            _query.AddWideGrad(dqueries.Count == 1 ? dqueries[0] : Concat(dqueries.ToArray(), axis: -2));
            if (dbiases.Count > 0) _bias!.AddWideGrad(dbiases.Count == 1 ? dbiases[0] : Concat(dbiases.ToArray(), axis: -2));
            _key.AddWideGrad(dkey!);
            _value.AddWideGrad(dvalue!);

            // The bias is in the scores already, as a number: this is 0, but changes with it.
            static Variable Change(Variable part)
            {
                Variable finite = Where(part.Value.Equal(part.Value.ScalarLike(double.NegativeInfinity)), part.ScalarLike(0), part);
                return finite - finite.Detach();
            }

            static Variable Part(Variable whole, int axis, int start, int count) =>
                whole.Shape[^-axis] == 1 ? whole : whole.Slice(axis, start, count);

            void Add(ref Variable? sum, Variable part, int firstKey)
            {
                if (part.Shape[^2] != keys) part = part.Unslice([.. part.Shape[..^2], keys, part.Shape[^1]], -2, firstKey);
                sum = sum is null ? part : sum + part;
            }
        }
    }
}
