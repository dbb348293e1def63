namespace MiniStack.Nn;

/// <summary>The transformer's position-wise network: up to 4 × channels, GELU, and down again.</summary>
public sealed class Mlp : Layer
{
    private readonly Dropout _dropout;

    /// <param name="channels">Size of x's last axis.</param>
    /// <param name="rng">Source of the start values, and of the masks of dropout.</param>
    /// <param name="bias">Whether the products have biases.</param>
    /// <param name="dropout">Probability on the result while training.</param>
    /// <param name="std">Deviation of the start values.</param>
    /// <param name="projectionStd">That of the product that adds to the residual stream.</param>
    public Mlp(int channels, Rng rng, bool bias, double dropout, double std, double projectionStd)
    {
        Up = Register("c_fc", new Linear(channels, 4 * channels, rng, bias, std, gelu: true));
        Down = Register("c_proj", new Linear(4 * channels, channels, rng, bias, projectionStd));
        _dropout = Register("dropout", new Dropout(dropout, rng));
    }

    /// <summary>[4·channels, channels], and GELU.</summary>
    public Linear Up { get; }

    /// <summary>[channels, 4·channels].</summary>
    public Linear Down { get; }

    /// <inheritdoc/>
    public override Variable Forward(Variable x) => _dropout.Call(Down.Call(Up.Call(x)));
}
