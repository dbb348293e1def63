namespace MiniStack.Nn;

/// <summary>Each row to mean 0 and variance 1, then scaled and shifted: (x − mean) / √(variance + ε) · weight + bias.</summary>
/// <remarks>Ba et al. 2016, arXiv:1607.06450.</remarks>
public sealed class LayerNorm : Layer, IReplaceable
{
    private readonly double _epsilon;

    /// <summary>A layer that starts with weight 1 and bias 0.</summary>
    /// <param name="channels">Size of x's last axis.</param>
    /// <param name="bias">Whether to shift.</param>
    /// <param name="epsilon">Added to the variance.</param>
    public LayerNorm(int channels, bool bias = true, double epsilon = 1e-5)
    {
        Weight = Register("weight", Tensor.Ones([channels]));
        if (bias) Bias = Register("bias", Tensor.Zeros([channels]));
        _epsilon = epsilon;
    }

    /// <summary>[channels].</summary>
    public Parameter Weight { get; }

    /// <summary>[channels], or null.</summary>
    public Parameter? Bias { get; }

    /// <param name="x">[…, channels].</param>
    /// <returns>Shape of x.</returns>
    public override Variable Forward(Variable x) => x.LayerNorm(Acting(Weight), Acting(Bias), _epsilon);
}
