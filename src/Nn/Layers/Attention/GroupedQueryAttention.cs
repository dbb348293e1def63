namespace MiniStack.Nn;

/// <summary>
/// Attention in which several heads share keys and values, with positions as angles; names as in Hugging Face's LlamaAttention.
/// </summary>
/// <remarks>Ainslie et al. 2023, arXiv:2305.13245; Touvron et al. 2023, arXiv:2307.09288, section 2.2.</remarks>
public sealed class GroupedQueryAttention : HeadedAttention
{
    /// <param name="channels">Channels of x and of the result.</param>
    /// <param name="heads">Heads that look.</param>
    /// <param name="keyHeads">Heads that are looked at; divides heads.</param>
    /// <param name="rng">Source of the start values, and of the masks of dropout.</param>
    /// <param name="rotary">Turns queries and keys by their positions; null for not. Layers may share one.</param>
    /// <param name="headSize">Channels of a head; null for channels / heads.</param>
    /// <param name="bias">Whether queries, keys and values have biases.</param>
    /// <param name="projectionBias">Whether the last product has; null for as <paramref name="bias"/>.</param>
    /// <param name="std">Deviation of the start values; null for PyTorch's.</param>
    /// <param name="options">Causal or not, window, linear biases, scale and dropout; null for causal only.</param>
    /// <exception cref="ConfigException">Heads do not divide, or a number is out of its range.</exception>
    public GroupedQueryAttention(
        int channels, int heads, int keyHeads, Rng rng, RotaryEmbedding? rotary = null, int? headSize = null, bool bias = false,
        bool? projectionBias = null, double? std = null, AttentionOptions? options = null)
        : base(channels, heads, keyHeads, headSize, rotary, options ?? new AttentionOptions(), rng)
    {
        Query = Register("q_proj", new Linear(channels, Heads * HeadSize, rng, bias, std));
        Key = Register("k_proj", new Linear(channels, KeyHeads * HeadSize, rng, bias, std));
        Value = Register("v_proj", new Linear(channels, KeyHeads * HeadSize, rng, bias, std));
        Projection = Register("o_proj", new Linear(Heads * HeadSize, channels, rng, projectionBias ?? bias, std));
    }

    /// <summary>[Heads·HeadSize, channels].</summary>
    public Linear Query { get; }

    /// <summary>[KeyHeads·HeadSize, channels].</summary>
    public Linear Key { get; }

    /// <summary>[KeyHeads·HeadSize, channels].</summary>
    public Linear Value { get; }

    /// <summary>Mixes the heads: [channels, Heads·HeadSize].</summary>
    public Linear Projection { get; }

    /// <param name="input">Queries, keys, values, and a mask.</param>
    /// <returns>[batch, queries, channels].</returns>
    /// <exception cref="ShapeException">The shapes do not fit together, or there are more positions than angles.</exception>
    public override Variable Forward(AttentionInput input)
    {
        (Variable query, Variable key, Variable value) = Complete(input);
        return Projection.Call(Attend(Query.Call(query), Key.Call(key), Value.Call(value), input.Mask));
    }
}
