namespace MiniStack.Nn;

/// <summary>Self-attention and a network, each added to what went in and normalized before or after; names as in PyTorch.</summary>
/// <remarks>
/// Vaswani et al. 2017, arXiv:1706.03762, section 3.1; the norm before as in Xiong et al. 2020, arXiv:2002.04745. A mask may go in with x,
/// as an <see cref="AttentionInput"/>; x alone converts to one.
/// </remarks>
public sealed class TransformerEncoderLayer : Layer<AttentionInput, Variable>
{
    private readonly bool _normFirst;
    private readonly Layer _activation;
    private readonly Dropout _dropout, _dropout1, _dropout2;

    /// <summary>A layer with PyTorch's start values.</summary>
    /// <param name="channels">Size of x's last axis.</param>
    /// <param name="heads">Number of heads; divides channels.</param>
    /// <param name="rng">Source of the start values, and of the masks of dropout.</param>
    /// <param name="hidden">Channels within the network.</param>
    /// <param name="dropout">Probability on attention, within the network, and on what either adds, while training.</param>
    /// <param name="gelu">GELU within the network instead of ReLU.</param>
    /// <param name="epsilon">Of the norms.</param>
    /// <param name="normFirst">Whether the norms come before attention and network instead of after the sums.</param>
    /// <param name="options">Causal or not, window, linear biases and scale; null for none of it.</param>
    /// <exception cref="ConfigException">heads do not divide channels, or a number is out of its range.</exception>
    public TransformerEncoderLayer(
        int channels, int heads, Rng rng, int hidden = 2048, double dropout = 0.1, bool gelu = false, double epsilon = 1e-5,
        bool normFirst = false, AttentionOptions? options = null)
    {
        Require.AtLeast(1, hidden, nameof(TransformerEncoderLayer), nameof(hidden));
        options = (options ?? new AttentionOptions { Causal = false }) with { Dropout = dropout };
        Attention = Register("self_attn", new MultiHeadAttention(channels, heads, rng, options: options));
        Linear1 = Register("linear1", new Linear(channels, hidden, rng));
        _dropout = Register("dropout", new Dropout(dropout, rng));
        Linear2 = Register("linear2", new Linear(hidden, channels, rng));
        Norm1 = Register("norm1", new LayerNorm(channels, epsilon: epsilon));
        Norm2 = Register("norm2", new LayerNorm(channels, epsilon: epsilon));
        _dropout1 = Register("dropout1", new Dropout(dropout, rng));
        _dropout2 = Register("dropout2", new Dropout(dropout, rng));
        _activation = Register<Layer>("activation", gelu ? new Gelu() : new Relu());
        _normFirst = normFirst;
    }

    /// <summary>Lets positions exchange information.</summary>
    public MultiHeadAttention Attention { get; }

    /// <summary>[hidden, channels].</summary>
    public Linear Linear1 { get; }

    /// <summary>[channels, hidden].</summary>
    public Linear Linear2 { get; }

    /// <summary>Of the attention.</summary>
    public LayerNorm Norm1 { get; }

    /// <summary>Of the network.</summary>
    public LayerNorm Norm2 { get; }

    /// <param name="input">[batch, time, channels], perhaps with a mask.</param>
    /// <returns>[batch, time, channels].</returns>
    /// <exception cref="ConfigException">There are keys or values: an encoder looks at its input only.</exception>
    /// <exception cref="ShapeException">The shapes do not fit.</exception>
    public override Variable Forward(AttentionInput input)
    {
        if (input.Key is not null || input.Value is not null)
        {
            throw new ConfigException(
                "TransformerEncoderLayer: it looks at its own input only. Leave out keys and values, or use MultiHeadAttention.");
        }
        Variable x = input.Query;
        if (_normFirst)
        {
            x = x + Exchange(Norm1.Call(x));
            return x + Think(Norm2.Call(x));
        }
        x = Norm1.Call(x + Exchange(x));
        return Norm2.Call(x + Think(x));

        Variable Exchange(Variable y) => _dropout1.Call(Attention.Call(input with { Query = y }));

        Variable Think(Variable y) => _dropout2.Call(Linear2.Call(_dropout.Call(_activation.Call(Linear1.Call(y)))));
    }
}
