namespace MiniStack.Nn;

/// <summary>x + attention(norm(x)), then x + mlp(norm(x)): the pre-norm block of GPT-2.</summary>
/// <remarks>Radford et al. 2019, "Language Models are Unsupervised Multitask Learners".</remarks>
public sealed class TransformerBlock : Layer
{
    /// <param name="channels">Size of x's last axis.</param>
    /// <param name="heads">Number of heads; divides channels.</param>
    /// <param name="rng">Source of the start values, and of the masks of dropout.</param>
    /// <param name="bias">Whether products and norms have biases.</param>
    /// <param name="dropout">Probability on the branches while training.</param>
    /// <param name="std">Deviation of the start values.</param>
    /// <param name="projectionStd">That of the two products that add to the residual stream.</param>
    public TransformerBlock(int channels, int heads, Rng rng, bool bias, double dropout, double std, double projectionStd)
    {
        Norm1 = Register("ln_1", new LayerNorm(channels, bias));
        Attention = Register("attn", new CausalSelfAttention(channels, heads, rng, bias, dropout, std, projectionStd));
        Norm2 = Register("ln_2", new LayerNorm(channels, bias));
        Mlp = Register("mlp", new Mlp(channels, rng, bias, dropout, std, projectionStd));
    }

    /// <summary>Before the attention.</summary>
    public LayerNorm Norm1 { get; }

    /// <summary>Lets positions exchange information.</summary>
    public CausalSelfAttention Attention { get; }

    /// <summary>Before the network.</summary>
    public LayerNorm Norm2 { get; }

    /// <summary>Works on each position alone.</summary>
    public Mlp Mlp { get; }

    /// <param name="x">[batch, time, channels].</param>
    /// <returns>[batch, time, channels].</returns>
    public override Variable Forward(Variable x)
    {
        x = x + Attention.Call(Norm1.Call(x));
        return x + Mlp.Call(Norm2.Call(x));
    }
}
