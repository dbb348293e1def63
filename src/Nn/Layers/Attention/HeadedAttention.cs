namespace MiniStack.Nn;

/// <summary>Attention in several heads side by side; how queries, keys and values come about is for classes derived from it.</summary>
public abstract class HeadedAttention : Layer<AttentionInput, Variable>
{
    private readonly AttentionOptions _options;

    /// <summary>Heads, angles and options; the products are registered by the derived class.</summary>
    /// <param name="channels">Channels of queries and of the result.</param>
    /// <param name="heads">Heads that look.</param>
    /// <param name="keyHeads">Heads that are looked at; divides heads.</param>
    /// <param name="headSize">Channels of a head; null for channels / heads.</param>
    /// <param name="rotary">Turns queries and keys by their positions; null for not.</param>
    /// <param name="options">Causal or not, window, linear biases, scale and dropout.</param>
    /// <param name="rng">Source of the masks of dropout, unless the options have one.</param>
    /// <exception cref="ConfigException">Heads do not divide, or a number is out of its range.</exception>
    protected HeadedAttention(
        int channels, int heads, int keyHeads, int? headSize, RotaryEmbedding? rotary, AttentionOptions options, Rng rng)
    {
        string name = GetType().Name;
        Require.AtLeast(1, channels, name, nameof(channels));
        if (headSize is { } given) Require.AtLeast(1, given, name, nameof(headSize));
        else Require.Divides(heads, channels, name, nameof(heads), nameof(channels));
        Require.AtLeast(1, heads, name, nameof(heads));
        if (keyHeads < 1 || heads % keyHeads != 0)
        {
            throw new ConfigException(
                $"{name}: {keyHeads} key heads do not divide {heads} heads evenly. Choose key heads that divide the heads.");
        }
        if (options.Mask is not null)
            throw new ConfigException($"{name}: a mask belongs to a call, not to the layer. Pass it with AttentionInput.");
        if (!(options.Dropout >= 0 && options.Dropout < 1))
        {
            throw new ConfigException(FormattableString.Invariant(
                $"{name}: the probability of dropout must be at least 0 and below 1, not {options.Dropout}."));
        }
        if (options.Window is < 1)
            throw new ConfigException($"{name}: the window must be at least 1, not {options.Window}: a query sees its own key.");
        (Heads, KeyHeads, HeadSize) = (heads, keyHeads, headSize ?? channels / heads);
        if (rotary is not null && rotary.Channels > HeadSize)
        {
            throw new ConfigException(
                $"{name}: the rotary embedding turns {rotary.Channels} channels, but a head has {HeadSize}. Make it for at most those.");
        }
        _options = options with { Rng = options.Rng ?? rng };
        Rotary = rotary;
        // Layers may share the angles: the first that gets them keeps them, unless a module around the layers does.
        if (rotary is { Path: "" }) Register("rotary_emb", rotary);
    }

    /// <summary>How many heads look.</summary>
    public int Heads { get; }

    /// <summary>How many heads are looked at; each serves Heads / KeyHeads neighbouring heads.</summary>
    public int KeyHeads { get; }

    /// <summary>Channels of a head.</summary>
    public int HeadSize { get; }

    /// <summary>Turns queries and keys by their positions; null when nothing does.</summary>
    public RotaryEmbedding? Rotary { get; }

    /// <summary>Attention between products that have been made already.</summary>
    /// <param name="query">[batch, queries, Heads·HeadSize].</param>
    /// <param name="key">[batch, keys, KeyHeads·HeadSize].</param>
    /// <param name="value">[batch, keys, KeyHeads·HeadSize].</param>
    /// <param name="mask">As <see cref="AttentionInput.Mask"/>.</param>
    /// <returns>[batch, queries, Heads·HeadSize].</returns>
    protected Variable Attend(Variable query, Variable key, Variable value, Tensor? mask)
    {
        int queries = query.Shape[1], keys = key.Shape[1];
        Variable q = ByHead(query, Heads), k = ByHead(key, KeyHeads), v = ByHead(value, KeyHeads);
        // The last query stands where the last key does.
        if (Rotary is not null) (q, k) = (Rotary.Turn(q, Math.Max(keys - queries, 0)), Rotary.Turn(k));
        Variable y = Variable.Attention(q, k, v, _options with { Mask = mask, Dropout = IsTraining ? _options.Dropout : 0 });
        return y.Permute(0, 2, 1, 3).Reshape(query.Shape);
    }

    /// <summary>Attention of a sequence with itself.</summary>
    /// <param name="all">[batch, time, (Heads + 2·KeyHeads)·HeadSize]: queries, keys and values side by side.</param>
    /// <param name="mask">As <see cref="AttentionInput.Mask"/>.</param>
    /// <returns>[batch, time, Heads·HeadSize].</returns>
    protected Variable Attend(Variable all, Tensor? mask)
    {
        // Of plain attention, queries, keys and values need not be taken apart.
        bool drops = IsTraining && _options.Dropout != 0;
        if (mask is null && Rotary is null && KeyHeads == Heads && _options.Scale is null
            && (_options with { Dropout = 0 }).IsPlain && !drops)
        {
            return Variable.SelfAttention(all, Heads, _options.Causal);
        }
        Variable[] parts = all.Split([Heads * HeadSize, KeyHeads * HeadSize, KeyHeads * HeadSize], axis: -1);
        return Attend(parts[0], parts[1], parts[2], mask);
    }

    /// <summary>Checks what goes in, and fills in what is left out.</summary>
    /// <exception cref="ShapeException">It is not three sequences of one batch.</exception>
    protected (Variable Query, Variable Key, Variable Value) Complete(AttentionInput input)
    {
        (Variable query, Variable key) = (input.Query, input.Key ?? input.Query);
        Variable value = input.Value ?? key;
        if (query.Rank != 3 || key.Rank != 3 || value.Rank != 3
            || query.Shape[0] != key.Shape[0] || key.Shape[0] != value.Shape[0] || key.Shape[1] != value.Shape[1])
        {
            throw new ShapeException(
                $"{GetType().Name}: queries are {query.Shape}, keys {key.Shape} and values {value.Shape}: " +
                "each must be [batch, time, channels], of one batch, and keys and values of one time. Add axes with Unsqueeze.");
        }
        return (query, key, value);
    }

    /// <summary>[batch, time, heads·d] as [batch, heads, time, d].</summary>
    private Variable ByHead(Variable x, int heads) => x.Reshape(x.Shape[0], x.Shape[1], heads, HeadSize).Permute(0, 2, 1, 3);
}
