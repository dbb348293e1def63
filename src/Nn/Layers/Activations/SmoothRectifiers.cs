namespace MiniStack.Nn;

/// <summary>x·Φ(x), Φ the normal distribution function.</summary>
/// <remarks>Hendrycks and Gimpel 2016, arXiv:1606.08415, the exact form with erf.</remarks>
public sealed class Gelu : Layer
{
    /// <inheritdoc/>
    public override Variable Forward(Variable x) => x.Gelu();
}

/// <summary>x/2·(1 + tanh(√(2/π)·(x + 0.044715·x³))): the approximation of GELU that GPT-2 was trained with.</summary>
/// <remarks>Hendrycks and Gimpel 2016, arXiv:1606.08415, section 2. PyTorch's <c>GELU(approximate="tanh")</c>.</remarks>
public sealed class GeluTanh : Layer
{
    /// <inheritdoc/>
    public override Variable Forward(Variable x) => x * (((x + x * x * x * 0.044715) * Math.Sqrt(2 / Math.PI)).Tanh() + 1) * 0.5;
}

/// <summary>x·σ(x), σ the logistic function; also called swish.</summary>
/// <remarks>Elfwing et al. 2017, arXiv:1702.03118.</remarks>
public sealed class Silu : Layer
{
    /// <inheritdoc/>
    public override Variable Forward(Variable x) => x.Silu();
}

/// <summary>ln(1 + e^(β·x))/β, a smooth max(x, 0).</summary>
public sealed class Softplus : Layer
{
    private readonly double _beta;

    /// <param name="beta">How sharp the bend is; above 0.</param>
    /// <exception cref="ConfigException">beta is not above 0.</exception>
    public Softplus(double beta = 1)
    {
        Require.Positive(beta, nameof(Softplus), nameof(beta));
        _beta = beta;
    }

    /// <inheritdoc/>
    public override Variable Forward(Variable x) => Of(x * _beta) / _beta;

    /// <summary>ln(1 + eˣ) is the cross-entropy −ln(1 − σ(x)) of a logit whose target is 0, which neither overflows nor rounds 1 + eˣ to 1.</summary>
    internal static Variable Of(Variable x) =>
        x.BinaryCrossEntropyWithLogits(x.Value.ScalarLike(0).Expand(x.Shape), reduction: Reduction.None);
}

/// <summary>x·tanh(ln(1 + eˣ)).</summary>
/// <remarks>Misra 2019, arXiv:1908.08681, eq. 1.</remarks>
public sealed class Mish : Layer
{
    /// <inheritdoc/>
    public override Variable Forward(Variable x) => x * Softplus.Of(x).Tanh();
}

/// <summary>x·min(max(x + 3, 0), 6)/6: <see cref="Silu"/> with a sigmoid of three pieces.</summary>
/// <remarks>Howard et al. 2019, arXiv:1905.02244, section 5.2.</remarks>
public sealed class Hardswish : Layer
{
    /// <inheritdoc/>
    public override Variable Forward(Variable x) => x * (x + 3).Clamp(0, 6) / 6;
}

/// <summary>a·σ(b), where a and b are the halves of x along an axis.</summary>
/// <param name="axis">The axis; the last by default.</param>
/// <remarks>Dauphin et al. 2017, arXiv:1612.08083, eq. 1.</remarks>
public sealed class Glu(int axis = -1) : Layer
{
    /// <param name="x">[…, 2·channels, …].</param>
    /// <returns>[…, channels, …].</returns>
    /// <exception cref="ShapeException">The axis has an odd size, or there is none.</exception>
    public override Variable Forward(Variable x)
    {
        int size = axis >= -x.Rank && axis < x.Rank ? x.Shape[axis < 0 ? axis + x.Rank : axis] : 1;
        if (size % 2 != 0)
            throw new ShapeException($"Glu: x is {x.Shape}; its axis {axis} must be there and have an even size: one half is the gate of the other.");
        Variable[] halves = x.Split([size / 2, size / 2], axis);
        return halves[0] * halves[1].Sigmoid();
    }
}
