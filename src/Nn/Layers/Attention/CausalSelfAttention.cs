namespace MiniStack.Nn;

/// <summary>Each position looks at itself and the positions before it, in several heads side by side.</summary>
/// <remarks>Vaswani et al. 2017, arXiv:1706.03762; names as in GPT-2.</remarks>
public sealed class CausalSelfAttention : Layer
{
    private readonly int _heads;

    /// <param name="channels">Size of x's last axis.</param>
    /// <param name="heads">Number of heads; divides channels.</param>
    /// <param name="rng">Source of the start values, and of the masks of dropout.</param>
    /// <param name="bias">Whether the projections have biases.</param>
    /// <param name="dropout">Probability on the result while training.</param>
    /// <param name="std">Deviation of the start values.</param>
    /// <param name="projectionStd">That of the last projection, which adds to the residual stream.</param>
    /// <exception cref="ConfigException">heads does not divide channels.</exception>
    public CausalSelfAttention(int channels, int heads, Rng rng, bool bias, double dropout, double std, double projectionStd)
    {
        if (heads < 1 || channels % heads != 0)
        {
            throw new ConfigException(
                $"Attention: {heads} heads do not divide {channels} channels evenly. Choose heads that divide the channels.");
        }
        _heads = heads;
        QueryKeyValue = Register("c_attn", new Linear(channels, 3 * channels, rng, bias, std));
        Projection = Register("c_proj", new Linear(channels, channels, rng, bias, projectionStd));
        Dropout = Register("resid_dropout", new Dropout(dropout, rng));
    }

    /// <summary>One product for queries, keys and values: [3·channels, channels].</summary>
    public Linear QueryKeyValue { get; }

    /// <summary>Mixes the heads: [channels, channels].</summary>
    public Linear Projection { get; }

    /// <summary>On the result.</summary>
    public Dropout Dropout { get; }

    /// <param name="x">[batch, time, channels].</param>
    /// <returns>[batch, time, channels].</returns>
    /// <exception cref="ShapeException">x has another number of axes, or other channels.</exception>
    public override Variable Forward(Variable x)
    {
        if (x.Rank != 3) throw new ShapeException($"Attention: x must be [batch, time, channels], not {x.Shape}. Add axes with Unsqueeze.");
        Variable y = Variable.SelfAttention(QueryKeyValue.Call(x), _heads, causal: true);
        return Dropout.Call(Projection.Call(y));
    }
}
