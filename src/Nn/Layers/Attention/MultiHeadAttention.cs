namespace MiniStack.Nn;

/// <summary>Attention in several heads, of a sequence with itself or with another one; names as in PyTorch's MultiheadAttention.</summary>
/// <remarks>Vaswani et al. 2017, arXiv:1706.03762, section 3.2.2; with fewer key heads Ainslie et al. 2023, arXiv:2305.13245.</remarks>
public sealed class MultiHeadAttention : HeadedAttention
{
    /// <summary>A layer with PyTorch's start values.</summary>
    /// <param name="channels">Channels of queries and of the result.</param>
    /// <param name="heads">Number of heads; divides channels.</param>
    /// <param name="rng">Source of the start values, and of the masks of dropout.</param>
    /// <param name="bias">Whether the products have biases.</param>
    /// <param name="keyHeads">Heads of keys and values; divides heads; null for as many.</param>
    /// <param name="keyChannels">Channels of keys; null for those of queries.</param>
    /// <param name="valueChannels">Channels of values; null for those of queries.</param>
    /// <param name="rotary">Turns queries and keys by their positions; null for not.</param>
    /// <param name="options">Causal or not, window, linear biases, scale and dropout; null for none of it: every query sees every
    /// key.</param>
    /// <exception cref="ConfigException">Heads do not divide, or a number is out of its range.</exception>
    public MultiHeadAttention(
        int channels, int heads, Rng rng, bool bias = true, int? keyHeads = null, int? keyChannels = null, int? valueChannels = null,
        RotaryEmbedding? rotary = null, AttentionOptions? options = null)
        : base(channels, heads, keyHeads ?? heads, null, rotary, options ?? new AttentionOptions { Causal = false }, rng)
    {
        Require.AtLeast(1, keyChannels ?? 1, nameof(MultiHeadAttention), nameof(keyChannels));
        Require.AtLeast(1, valueChannels ?? 1, nameof(MultiHeadAttention), nameof(valueChannels));
        int keys = KeyHeads * HeadSize;
        if ((keyChannels ?? channels) == channels && (valueChannels ?? channels) == channels)
        {
            Weight = Register("in_proj_weight", Init.XavierUniform([channels + 2 * keys, channels], rng));
        }
        else
        {
            QueryWeight = Register("q_proj_weight", Init.XavierUniform([channels, channels], rng));
            KeyWeight = Register("k_proj_weight", Init.XavierUniform([keys, keyChannels ?? channels], rng));
            ValueWeight = Register("v_proj_weight", Init.XavierUniform([keys, valueChannels ?? channels], rng));
        }
        if (bias) Bias = Register("in_proj_bias", Tensor.Zeros([channels + 2 * keys]));
        Projection = Register("out_proj", new Linear(channels, channels, rng, bias));
        Projection.Bias?.Value.Fill(0);
    }

    /// <summary>[channels + 2·KeyHeads·HeadSize, channels], of queries, keys and values; null where they have different channels.</summary>
    public Parameter? Weight { get; }

    /// <summary>[channels, channels]; null where <see cref="Weight"/> is not.</summary>
    public Parameter? QueryWeight { get; }

    /// <summary>[KeyHeads·HeadSize, key channels]; null where <see cref="Weight"/> is not.</summary>
    public Parameter? KeyWeight { get; }

    /// <summary>[KeyHeads·HeadSize, value channels]; null where <see cref="Weight"/> is not.</summary>
    public Parameter? ValueWeight { get; }

    /// <summary>[channels + 2·KeyHeads·HeadSize], of queries, keys and values, or null.</summary>
    public Parameter? Bias { get; }

    /// <summary>Mixes the heads: [channels, channels].</summary>
    public Linear Projection { get; }

    /// <param name="input">Queries, keys, values, and a mask.</param>
    /// <returns>[batch, queries, channels]; of a query that sees no key, what zeros become.</returns>
    /// <exception cref="ShapeException">The shapes do not fit together.</exception>
    public override Variable Forward(AttentionInput input)
    {
        (Variable query, Variable key, Variable value) = Complete(input);
        if (Weight is not null && ReferenceEquals(query, key) && ReferenceEquals(key, value))
            return Projection.Call(Attend(query.Linear(Weight, Bias), input.Mask));
        int[] sizes = [Heads * HeadSize, KeyHeads * HeadSize, KeyHeads * HeadSize];
        Variable[] weights = Weight is null ? [QueryWeight!, KeyWeight!, ValueWeight!] : Weight.Split(sizes);
        Variable?[] biases = Bias is null ? new Variable?[3] : Bias.Split(sizes);
        return Projection.Call(Attend(
            query.Linear(weights[0], biases[0]), key.Linear(weights[1], biases[1]), value.Linear(weights[2], biases[2]), input.Mask));
    }
}
