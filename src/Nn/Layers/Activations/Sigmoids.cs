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
    public override Variable Forward(Variable x) => Softplus.Of(-x).Negate();
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
        if (!(low < high)) throw new ConfigException(FormattableString.Invariant($"Hardtanh: low must be below high, but they are {low} and {high}."));
        (_low, _high) = (low, high);
    }

    /// <inheritdoc/>
    public override Variable Forward(Variable x) => x.Clamp(_low, _high);
}

/// <summary>min(max(x + 3, 0), 6)/6: a sigmoid of three pieces.</summary>
public sealed class Hardsigmoid : Layer
{
    /// <inheritdoc/>
    public override Variable Forward(Variable x) => (x + 3).Clamp(0, 6) / 6;
}

/// <summary>x/(1 + |x|), between −1 and 1.</summary>
public sealed class Softsign : Layer
{
    /// <inheritdoc/>
    public override Variable Forward(Variable x) => x / (x.Abs() + 1);
}
