namespace MiniStack.Nn;

/// <summary>Each group of neighbouring channels of each example to mean 0 and variance 1, then scaled and shifted.</summary>
/// <remarks>Wu and He 2018, arXiv:1803.08494.</remarks>
public sealed class GroupNorm : Layer, IReplaceable
{
    private readonly int _groups;
    private readonly double _epsilon;

    /// <summary>A layer that starts with weight 1 and bias 0.</summary>
    /// <param name="groups">How many groups; divides the channels.</param>
    /// <param name="channels">Size of x's second axis.</param>
    /// <param name="epsilon">Added to the variance.</param>
    /// <param name="affine">Whether to scale and shift.</param>
    /// <exception cref="ConfigException">channels is below 1, or the groups do not divide them.</exception>
    public GroupNorm(int groups, int channels, double epsilon = 1e-5, bool affine = true)
    {
        Require.AtLeast(1, channels, nameof(GroupNorm), nameof(channels));
        Require.Divides(groups, channels, nameof(GroupNorm), nameof(groups), nameof(channels));
        (_groups, _epsilon) = (groups, epsilon);
        if (!affine) return;
        Weight = Register("weight", Tensor.Ones([channels]));
        Bias = Register("bias", Tensor.Zeros([channels]));
    }

    /// <summary>[channels], or null.</summary>
    public Parameter? Weight { get; }

    /// <summary>[channels], or null.</summary>
    public Parameter? Bias { get; }

    /// <param name="x">[batch, channels, …].</param>
    /// <returns>Shape of x.</returns>
    /// <exception cref="ShapeException">x has other channels, or one element a group.</exception>
    public override Variable Forward(Variable x) => x.GroupNorm(_groups, Acting(Weight), Acting(Bias), _epsilon);
}

/// <summary>Each channel of each example to mean 0 and variance 1, then perhaps scaled and shifted.</summary>
/// <remarks>Ulyanov et al. 2016, arXiv:1607.08022. PyTorch's InstanceNorm1d, 2d and 3d in one, without running statistics.</remarks>
public sealed class InstanceNorm : Layer, IReplaceable
{
    private readonly double _epsilon;

    /// <summary>A layer that starts with weight 1 and bias 0, if it has them.</summary>
    /// <param name="channels">Size of x's second axis.</param>
    /// <param name="epsilon">Added to the variance.</param>
    /// <param name="affine">Whether to scale and shift.</param>
    /// <exception cref="ConfigException">channels is below 1.</exception>
    public InstanceNorm(int channels, double epsilon = 1e-5, bool affine = false)
    {
        Require.AtLeast(1, channels, nameof(InstanceNorm), nameof(channels));
        (_epsilon, Channels) = (epsilon, channels);
        if (!affine) return;
        Weight = Register("weight", Tensor.Ones([channels]));
        Bias = Register("bias", Tensor.Zeros([channels]));
    }

    /// <summary>Size of x's second axis.</summary>
    public int Channels { get; }

    /// <summary>[channels], or null.</summary>
    public Parameter? Weight { get; }

    /// <summary>[channels], or null.</summary>
    public Parameter? Bias { get; }

    /// <param name="x">[batch, channels, …].</param>
    /// <returns>Shape of x.</returns>
    /// <exception cref="ShapeException">x has other channels, or one element a channel.</exception>
    public override Variable Forward(Variable x)
    {
        if (x.Rank < 2 || x.Shape[1] != Channels)
        {
            throw new ShapeException(
                $"InstanceNorm: x is {x.Shape}, but the layer has {Channels} channels: x must be [batch, {Channels}, …].");
        }
        return x.InstanceNorm(Acting(Weight), Acting(Bias), _epsilon);
    }
}
