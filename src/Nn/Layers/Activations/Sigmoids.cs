namespace MiniStack.Nn;

/// <summary>σ(x) = 1/(1 + e⁻ˣ), between 0 and 1.</summary>
public sealed class Sigmoid : Layer
{
    /// <inheritdoc/>
    public override Variable Forward(Variable x) => x.Sigmoid();
}

/// <summary>ln σ(x), exact also where σ(x) is 0 in few bits.</summary>
public sealed class LogSigmoid : Layer
{
    /// <inheritdoc/>
    public override Variable Forward(Variable x) => new LogSigmoidNode(x).Apply();

    // ln σ(x) = −ln(1 + e^−x)
    private sealed class LogSigmoidNode(Variable x) : ActivationNode(x)
    {
        protected override Tensor Value(Tensor x) => x.Negate().LogOnePlusExp().Negate();

        protected override Variable Slope(Variable x) => x.Negate().Sigmoid();
    }
}

/// <summary>The hyperbolic tangent, between −1 and 1.</summary>
public sealed class Tanh : Layer
{
    /// <inheritdoc/>
    public override Variable Forward(Variable x) => x.Tanh();
}

/// <summary>min(max(x, low), high).</summary>
public sealed class Hardtanh : Layer
{
    private readonly double _low, _high;

    /// <param name="low">Smallest output.</param>
    /// <param name="high">Largest output, above the smallest.</param>
    /// <exception cref="ConfigException">low is not below high.</exception>
    public Hardtanh(double low = -1, double high = 1)
    {
        if (!(low < high))
            throw new ConfigException(FormattableString.Invariant($"Hardtanh: low must be below high, but they are {low} and {high}."));
        (_low, _high) = (low, high);
    }

    /// <inheritdoc/>
    public override Variable Forward(Variable x) => new HardtanhNode(x, _low, _high).Apply();

    /// <summary>Flat at its corners too, as PyTorch's, where <see cref="Variable.Clamp"/> is not.</summary>
    internal sealed class HardtanhNode(Variable x, double low, double high) : ActivationNode(x)
    {
        protected override Tensor Value(Tensor x) => x.Clamp(low, high);

        protected override Variable Slope(Variable x) => Inside(x.Value, low, high);
    }
}

/// <summary>min(max(x + 3, 0), 6)/6: a sigmoid of three pieces.</summary>
public sealed class Hardsigmoid : Layer
{
    /// <inheritdoc/>
    public override Variable Forward(Variable x) => new HardsigmoidNode(x).Apply();

    private sealed class HardsigmoidNode(Variable x) : ActivationNode(x)
    {
        protected override Tensor Value(Tensor x) => (x + 3).Clamp(0, 6) / 6;

        protected override Variable Slope(Variable x) => Inside(x.Value, -3, 3) / 6;
    }
}

/// <summary>x/(1 + |x|), between −1 and 1.</summary>
public sealed class Softsign : Layer
{
    /// <inheritdoc/>
    public override Variable Forward(Variable x) => new SoftsignNode(x).Apply();

    // y = x/(1 + |x|)  ⇒  dx = dy/(1 + |x|)²
    private sealed class SoftsignNode(Variable x) : ActivationNode(x)
    {
        private const double RoundsToOne = 1e30;

        protected override Tensor Value(Tensor x)
        {
            Tensor finite = x.Clamp(-RoundsToOne, RoundsToOne);
            return finite / (finite.Abs() + 1);
        }

        protected override Variable Slope(Variable x)
        {
            Variable inverse = 1 / (x.Abs() + 1);
            return inverse * inverse;
        }
    }
}
