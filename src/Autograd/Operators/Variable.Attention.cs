namespace MiniStack;

public partial class Variable
{
    /// <summary>Scaled dot-product attention, softmax(q·kᵀ/√d)·v; see <see cref="Tensor.Attention(Tensor, Tensor, Tensor, bool)"/>.</summary>
    /// <param name="query">[batch, heads, queries, d].</param>
    /// <param name="key">[batch, heads, keys, d].</param>
    /// <param name="value">[batch, heads, keys, size].</param>
    /// <param name="causal">When true, query i sees keys 0..i + (keys − queries) only.</param>
    /// <returns>[batch, heads, queries, size].</returns>
    /// <exception cref="ShapeException">The shapes do not fit together, or a causal query would see no key.</exception>
    public static Variable Attention(Variable query, Variable key, Variable value, bool causal = true)
    {
        Tensor y = Tensor.Attention(query.Value, key.Value, value.Value, causal, out Tensor logSumExp);
        return Record(y, new AttentionNode(query, key, value, causal, y, logSumExp));
    }

    private sealed class AttentionNode : GradNode
    {
        private readonly Variable _query, _key, _value;
        private readonly bool _causal;
        private readonly Tensor _y, _logSumExp;

        public AttentionNode(Variable query, Variable key, Variable value, bool causal, Tensor y, Tensor logSumExp)
            : base(query, key, value) =>
            (_query, _key, _value, _causal, _y, _logSumExp) =
            (query, key, value, causal, Save(y, "the result"), Save(logSumExp, "the logSumExp"));

        // y = p·v, p = softmax(s), s = q·kᵀ/√d  ⇒  dv = pᵀ·dy,  dp = dy·vᵀ,  ds = p·(dp − Σ dy·y),  dq = ds·k/√d,  dk = dsᵀ·q/√d
        public override void Backward(Variable dy)
        {
            (Tensor dquery, Tensor dkey, Tensor dvalue) =
                Fused.AttentionBackward(_query.Value, _key.Value, _value.Value, _y, _logSumExp, dy.Value, _causal);
            _query.AddGrad(dquery);
            _key.AddGrad(dkey);
            _value.AddGrad(dvalue);
        }
    }

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
        public override void Backward(Variable dy) =>
            _qkv.AddGrad(Fused.SelfAttentionBackward(_qkv.Value, _heads, _causal, _y, _logSumExp, dy.Value));
    }
}
