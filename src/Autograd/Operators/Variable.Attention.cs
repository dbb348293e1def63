namespace MiniStack;

public partial class Variable
{
    /// <summary>
    /// Scaled dot-product attention, softmax(q·kᵀ/√d)·v; see <see cref="Tensor.Attention(Tensor, Tensor, Tensor, bool)"/>.
    /// </summary>
    /// <param name="query">[batch, heads, queries, d].</param>
    /// <param name="key">[batch, keyHeads, keys, d]; where keyHeads divides heads, each serves a group of neighbouring query heads.</param>
    /// <param name="value">[batch, keyHeads, keys, size].</param>
    /// <param name="causal">When true, query i sees keys 0..i + (keys − queries) only.</param>
    /// <returns>[batch, heads, queries, size].</returns>
    /// <exception cref="ShapeException">The shapes do not fit together, or a causal query would see no key.</exception>
    public static Variable Attention(Variable query, Variable key, Variable value, bool causal = true) =>
        Attention(query, key, value, causal, scale: null);

    private static Variable Attention(Variable query, Variable key, Variable value, bool causal, double? scale)
    {
        int group = GroupOf(query.Shape, key.Shape);
        if (group > 1)
        {
            // The kernel stretches keys and values by strides of 0; their gradients are summed over the group.
            int[] grouped = [.. query.Shape[..^3], query.Shape[^3] / group, group, .. query.Shape[^2..]];
            Variable each = Attention(query.Reshape(grouped), key.Unsqueeze(-3), value.Unsqueeze(-3), causal, scale);
            return each.Reshape([.. query.Shape[..^1], value.Shape[^1]]);
        }
        Tensor y = Tensor.Attention(query.Value, key.Value, value.Value, causal, out Tensor logSumExp, scale);
        return Record(y, new AttentionNode(query, key, value, causal, scale ?? DefaultScale(query.Shape[^1]), y, logSumExp));
    }

    /// <summary>How many query heads share a key head: 1 unless they are grouped, or do not fit (which Tensor.Attention tells).</summary>
    private static int GroupOf(Shape query, Shape key) =>
        query.Rank >= 3 && key.Rank >= 3 && key[^3] > 1 && query[^3] % key[^3] == 0 ? Math.Max(query[^3] / key[^3], 1) : 1;

    private static double DefaultScale(int d) => 1 / Math.Sqrt(Math.Max(d, 1));

    private sealed class AttentionNode : GradNode
    {
        private readonly Variable _query, _key, _value;
        private readonly bool _causal;
        private readonly double _scale;
        private readonly Tensor _y, _logSumExp;

        public AttentionNode(Variable query, Variable key, Variable value, bool causal, double scale, Tensor y, Tensor logSumExp)
            : base(query, key, value) =>
            (_query, _key, _value, _causal, _scale, _y, _logSumExp) =
            (query, key, value, causal, scale, Save(y, "the result"), Save(logSumExp, "the logSumExp"));

        // y = p·v, p = softmax(s), s = scale·q·kᵀ  ⇒  dv = pᵀ·dy,  dp = dy·vᵀ,  ds = p·(dp − Σ dy·y),  dq = scale·ds·k,  dk = scale·dsᵀ·q
        public override void Backward(Variable dy)
        {
            if (Tape.CreatesGraph)
            {
                (Variable dq, Variable dk, Variable dv) =
                    AttentionGradients(_query.Wide(), _key.Wide(), _value.Wide(), dy.Wide(), _causal, _scale);
                _query.AddWideGrad(dq);
                _key.AddWideGrad(dk);
                _value.AddWideGrad(dv);
                return;
            }
            (Tensor dquery, Tensor dkey, Tensor dvalue) =
                Fused.AttentionBackward(_query.Value, _key.Value, _value.Value, _y, _logSumExp, dy.Value, _causal, _scale);
            _query.AddGrad(dquery);
            _key.AddGrad(dkey);
            _value.AddGrad(dvalue);
        }
    }

    /// <summary>The same gradients from operators that differentiate again, with the scores of all queries and keys in memory.</summary>
    private static (Variable Dq, Variable Dk, Variable Dv) AttentionGradients(
        Variable q, Variable k, Variable v, Variable dy, bool causal, double scale)
    {
        AttentionOptions options = new() { Causal = causal };
        int queries = q.Shape[^2], keys = k.Shape[^2];
        Variable scores = (q * scale).MatMul(k.Transpose());
        if (options.Bias(queries, keys, 0, queries, 0, keys, q.Value.DType, q.Value.Device, out _) is { } bias) scores += bias;
        Variable p = scores.Softmax(), ds = ScoreGradients(p, dy.MatMul(v.Transpose())) * scale;
        return (ds.MatMul(k), ds.Transpose().MatMul(q), p.Transpose().MatMul(dy));
    }

    /// <summary>p = softmax(s)  ⇒  ds = p·(dp − Σ dp·p).</summary>
    private static Variable ScoreGradients(Variable p, Variable dp) =>
        Tape.CreatesGraph ? p * (dp - (dp * p).Sum([-1], keepDims: true)) : Fused.SoftmaxBackward(p.Value, dp.Value);

    /// <summary>Attention of a sequence with itself in several heads; see <see cref="Fused.SelfAttention"/>.</summary>
    /// <param name="qkv">[batch, time, 3·channels]: queries, keys and values, each of them [heads, channels / heads].</param>
    /// <param name="heads">Number of heads.</param>
    /// <param name="causal">When true, a position sees itself and those before it only.</param>
    /// <returns>[batch, time, channels].</returns>
    /// <exception cref="ShapeException">qkv has another number of axes, or its last does not consist of 3·heads equal parts.</exception>
    public static Variable SelfAttention(Variable qkv, int heads, bool causal = true)
    {
        Tensor y = Fused.SelfAttention(qkv.Value, heads, causal, out Tensor logSumExp);
        return Record(y, new SelfAttentionNode(qkv, heads, causal, y, logSumExp));
    }

    private sealed class SelfAttentionNode : GradNode
    {
        private readonly Variable _qkv;
        private readonly int _heads;
        private readonly bool _causal;
        private readonly Tensor _y, _logSumExp;

        public SelfAttentionNode(Variable qkv, int heads, bool causal, Tensor y, Tensor logSumExp)
            : base(qkv) =>
            (_qkv, _heads, _causal, _y, _logSumExp) = (qkv, heads, causal, Save(y, "the result"), Save(logSumExp, "the logSumExp"));

        // As of Attention; dq, dk and dv are written side by side.
        public override void Backward(Variable dy)
        {
            if (!Tape.CreatesGraph)
            {
                _qkv.AddGrad(Fused.SelfAttentionBackward(_qkv.Value, _heads, _causal, _y, _logSumExp, dy.Value));
                return;
            }
            int batch = _y.Shape[0], time = _y.Shape[1], d = _y.Shape[2] / _heads;
            // [3, batch, heads, time, d].
            Variable parts = _qkv.Wide().Reshape(batch, time, 3, _heads, d).Permute(2, 0, 3, 1, 4);
            Variable each = dy.Wide().Reshape(batch, time, _heads, d).Permute(0, 2, 1, 3);
            (Variable dq, Variable dk, Variable dv) = AttentionGradients(
                parts.Select(0, 0), parts.Select(0, 1), parts.Select(0, 2), each, _causal, DefaultScale(d));
            Variable beside = Concat([dq.Unsqueeze(0), dk.Unsqueeze(0), dv.Unsqueeze(0)]);
            _qkv.AddWideGrad(beside.Permute(1, 3, 0, 2, 4).Reshape(_qkv.Shape));
        }
    }
}
