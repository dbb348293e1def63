namespace MiniStack.Nn;

/// <summary>Each row to root mean square 1, then scaled: x / √(average of x² + ε) · weight.</summary>
/// <remarks>Zhang and Sennrich 2019, arXiv:1910.07467.</remarks>
public sealed class RmsNorm : Layer, IReplaceable
{
    private readonly double _epsilon;

    /// <summary>A layer that starts with weight 1.</summary>
    /// <param name="channels">Size of x's last axis.</param>
    /// <param name="epsilon">Added to the average of x².</param>
    public RmsNorm(int channels, double epsilon = 1e-6)
    {
        Weight = Register("weight", Tensor.Ones([channels]));
        _epsilon = epsilon;
    }

    /// <summary>[channels].</summary>
    public Parameter Weight { get; }

    /// <param name="x">[…, channels].</param>
    /// <returns>Shape of x.</returns>
    public override Variable Forward(Variable x) => x.RmsNorm(Acting(Weight), _epsilon);
}
