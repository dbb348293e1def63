namespace MiniStack;

public static partial class Fused
{
    /// <summary>
    /// Gradients of <see cref="Tensor.Attention(Tensor, Tensor, Tensor, bool, out Tensor, double?)"/>, from its result and logSumExp; key
    /// heads broadcast, but are not grouped.
    /// </summary>
    /// <returns>Gradients with the leading axes of y: where an input was broadcast, sum over those.</returns>
    internal static (Tensor Dquery, Tensor Dkey, Tensor Dvalue) AttentionBackward(
        Tensor query, Tensor key, Tensor value, Tensor y, Tensor logSumExp, Tensor dy, bool causal, double? scale = null)
    {
        Shape batch = y.Shape[..^2];
        Tensor dquery = New(query), dkey = New(key), dvalue = New(value);
        y.Backend.AttentionBackward(
            query.Heads(batch), key.Heads(batch), value.Heads(batch), y.Heads(batch), logSumExp, dy.Heads(batch), causal,
            scale ?? Tensor.AttentionScale(query.Shape[^1]), dquery.Heads(batch), dkey.Heads(batch), dvalue.Heads(batch));
        return (dquery, dkey, dvalue);

        Tensor New(Tensor like) => Tensor.Empty(batch.Append(like.Shape[^2], like.Shape[^1]), like.DType, like.Device);
    }

    /// <summary>
    /// Attention of a sequence with itself, all heads side by side, without a copy: queries, keys and values are parts of one block.
    /// </summary>
    /// <param name="qkv">[batch, time, 3·channels]: queries, keys and values, each of them [heads, channels / heads].</param>
    /// <param name="heads">Number of heads.</param>
    /// <param name="causal">When true, a position sees itself and those before it only.</param>
    /// <param name="logSumExp">[batch, heads, time], for the gradient; F32 for F16 and BF16.</param>
    /// <returns>[batch, time, channels].</returns>
    /// <exception cref="ShapeException">qkv has another number of axes, or its last does not consist of 3·heads equal parts.</exception>
    internal static Tensor SelfAttention(Tensor qkv, int heads, bool causal, out Tensor logSumExp)
    {
        qkv.CheckFloat(nameof(SelfAttention));
        if (qkv.Rank != 3 || heads < 1 || qkv.Shape[2] % (3L * heads) != 0)
        {
            throw new ShapeException(
                $"SelfAttention: qkv is {qkv.Shape}; " +
                $"it must be [batch, time, 3·channels], where {heads} heads divide the channels evenly.");
        }
        int batch = qkv.Shape[0], time = qkv.Shape[1], channels = qkv.Shape[2] / 3;
        Tensor y = Tensor.Empty([batch, time, channels], qkv.DType, qkv.Device);
        logSumExp = Tensor.Empty([batch, heads, time], qkv.DType.Wide(), qkv.Device);
        (Tensor q, Tensor k, Tensor v) = (Part(qkv, 0, heads), Part(qkv, 1, heads), Part(qkv, 2, heads));
        qkv.Backend.Attention(q, k, v, causal, Tensor.AttentionScale(channels / heads), Split(y, heads), logSumExp);
        return y;
    }

    /// <summary>Gradient of <see cref="SelfAttention"/> with respect to qkv, from its result and logSumExp.</summary>
    internal static Tensor SelfAttentionBackward(Tensor qkv, int heads, bool causal, Tensor y, Tensor logSumExp, Tensor dy)
    {
        Tensor dqkv = qkv.EmptyLike();
        (Tensor q, Tensor k, Tensor v) = (Part(qkv, 0, heads), Part(qkv, 1, heads), Part(qkv, 2, heads));
        qkv.Backend.AttentionBackward(
            q, k, v, Split(y, heads), logSumExp, Split(dy, heads), causal, Tensor.AttentionScale(y.Shape[2] / heads),
            Part(dqkv, 0, heads), Part(dqkv, 1, heads), Part(dqkv, 2, heads));
        return dqkv;
    }

    /// <summary>Queries (0), keys (1) or values (2) of [batch, time, 3·channels], each seen as [batch, heads, time, d].</summary>
    private static Tensor Part(Tensor qkv, int part, int heads) => qkv.View(qkv.Layout.Heads(part, qkv.Shape[2] / 3, heads));

    /// <summary>[batch, time, channels] seen as [batch, heads, time, d].</summary>
    private static Tensor Split(Tensor x, int heads) => x.View(x.Layout.Heads(0, x.Shape[2], heads));
}
