namespace MiniStack.Nn;

/// <summary>max(x, 0).</summary>
public sealed class Relu : Layer
{
    /// <inheritdoc/>
    public override Variable Forward(Variable x) => x.Relu();
}

/// <summary>min(max(x, 0), 6): a rectifier that few bits can hold.</summary>
public sealed class Relu6 : Layer
{
    /// <inheritdoc/>
    public override Variable Forward(Variable x) => new Hardtanh.HardtanhNode(x, 0, 6).Apply();
}

/// <summary>x where it is above 0, and a small share of it elsewhere: no unit ever stops learning.</summary>
/// <param name="slope">The share.</param>
public sealed class LeakyRelu(double slope = 0.01) : Layer
{
    /// <inheritdoc/>
    public override Variable Forward(Variable x) => new LeakyReluNode(x, slope).Apply();

    private sealed class LeakyReluNode(Variable x, double slope) : ActivationNode(x)
    {
        protected override Tensor Value(Tensor x) => Tensor.Where(x.Greater(x.ScalarLike(0)), x, x * slope);

        protected override Variable Slope(Variable x)
        {
            Tensor value = x.Value;
            return Tensor.Where(value.Greater(value.ScalarLike(0)), value.ScalarLike(1), value.ScalarLike(slope));
        }
    }
}

/// <summary>x where it is above 0, and a learned share of it elsewhere.</summary>
/// <remarks>He et al. 2015, arXiv:1502.01852, eq. 1.</remarks>
public sealed class PRelu : Layer
{
    /// <param name="channels">Shares to learn: one for all of x, or one for each channel of [batch, channels, …].</param>
    /// <param name="start">Their start value.</param>
    /// <exception cref="ConfigException">There are no channels.</exception>
    public PRelu(int channels = 1, double start = 0.25)
    {
        Require.AtLeast(1, channels, nameof(PRelu), nameof(channels));
        Weight = Register("weight", Tensor.Full([channels], start));
    }

    /// <summary>[channels].</summary>
    public Parameter Weight { get; }

    /// <param name="x">Any shape; [batch, channels, …] where there is more than one channel.</param>
    /// <returns>Shape of x.</returns>
    /// <exception cref="ShapeException">x has another number of channels.</exception>
    public override Variable Forward(Variable x)
    {
        Variable weight = Weight;
        int channels = Weight.Shape[0];
        if (channels > 1)
        {
            if (x.Rank < 2 || x.Shape[1] != channels)
            {
                throw new ShapeException(
                    $"PRelu: x is {x.Shape}, but there are shares for {channels} channels: x must be [batch, {channels}, …].");
            }
            weight = Weight.Reshape([channels, .. Enumerable.Repeat(1, x.Rank - 2)]);
        }
        return Variable.Where(x.Value.Greater(x.Value.ScalarLike(0)), x, x * weight);
    }
}

/// <summary>x where it is above 0, elsewhere α·(eˣ − 1).</summary>
/// <param name="alpha">How far below 0 it goes.</param>
/// <remarks>Clevert et al. 2016, arXiv:1511.07289, eq. 15.</remarks>
public sealed class Elu(double alpha = 1) : Layer
{
    /// <inheritdoc/>
    public override Variable Forward(Variable x) => new ExponentialUnitNode(x, alpha, beta: 1, scale: 1).Apply();
}

/// <summary>x where it is above 0, elsewhere α·(e^(x/α) − 1): as <see cref="Elu"/>, with slope 1 at 0 for every α.</summary>
/// <remarks>Barron 2017, arXiv:1704.07483.</remarks>
public sealed class Celu : Layer
{
    private readonly double _alpha;

    /// <param name="alpha">How far below 0 it goes; above 0.</param>
    /// <exception cref="ConfigException">alpha is not above 0.</exception>
    public Celu(double alpha = 1)
    {
        Require.Positive(alpha, nameof(Celu), nameof(alpha));
        _alpha = alpha;
    }

    /// <inheritdoc/>
    public override Variable Forward(Variable x) => new ExponentialUnitNode(x, _alpha, beta: 1 / _alpha, scale: 1).Apply();
}

/// <summary>s·x where x is above 0, elsewhere s·α·(eˣ − 1), with s and α such that mean 0 and variance 1 stay.</summary>
/// <remarks>Klambauer et al. 2017, arXiv:1706.02515, eq. 2 and 14.</remarks>
public sealed class Selu : Layer
{
    private const double Alpha = 1.6732632423543772848170429916717, Scale = 1.0507009873554804934193349852946;

    /// <inheritdoc/>
    public override Variable Forward(Variable x) => new ExponentialUnitNode(x, Alpha, beta: 1, Scale).Apply();
}
