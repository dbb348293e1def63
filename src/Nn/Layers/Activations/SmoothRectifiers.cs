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
    public override Variable Forward(Variable x) => new GeluTanhNode(x).Apply();

    // (1 + tanh z)/2 = σ(2z)  ⇒  y = x·σ(2z),  dx = dy·(σ(2z) + x·σ(2z)·σ(−2z)·2z′)
    private sealed class GeluTanhNode(Variable x) : ActivationNode(x)
    {
        private const double Cubic = 0.044715, Limit = 100; // beyond it, σ is 0 or 1 in every dtype

        private static readonly double Factor = 2 * Math.Sqrt(2 / Math.PI);

        protected override Tensor Value(Tensor x)
        {
            Tensor u = x.Clamp(-Limit, Limit);
            return x.Clamp(low: -Limit) * ((u + u * u * u * Cubic) * Factor).Sigmoid();
        }

        protected override Variable Slope(Variable x)
        {
            Variable u = x.Clamp(-Limit, Limit), square = u * u, z = (u + square * u * Cubic) * Factor, sigmoid = z.Sigmoid();
            return sigmoid + u * sigmoid * z.Negate().Sigmoid() * ((1 + square * (3 * Cubic)) * Factor);
        }
    }
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
    public override Variable Forward(Variable x) => new SoftplusNode(x, _beta).Apply();

    // ln(1 + e^(β·x))/β = max(x, 0) + ln(1 + e^−|β·x|)/β  ⇒  dx = dy·σ(β·x)
    private sealed class SoftplusNode(Variable x, double beta) : ActivationNode(x)
    {
        protected override Tensor Value(Tensor x) => x.Relu() + (x.Abs() * -beta).LogOnePlusExp() / beta;

        protected override Variable Slope(Variable x) => (x * beta).Sigmoid();
    }
}

/// <summary>x·tanh(ln(1 + eˣ)).</summary>
/// <remarks>Misra 2019, arXiv:1908.08681, eq. 1.</remarks>
public sealed class Mish : Layer
{
    /// <inheritdoc/>
    public override Variable Forward(Variable x) => new MishNode(x).Apply();

    // With t = tanh(ln(1 + eˣ)): y = x·t  ⇒  dx = dy·(t + x·(1 − t²)·σ(x))
    private sealed class MishNode(Variable x) : ActivationNode(x)
    {
        protected override Tensor Value(Tensor x) => x.Clamp(low: -ActivationMath.FarOut) * x.LogOnePlusExp().Tanh();

        protected override Variable Slope(Variable x)
        {
            Variable u = x.Clamp(-ActivationMath.FarOut, ActivationMath.FarOut), t = u.LogOnePlusExp().Tanh();
            return t + u * (1 - t * t) * u.Sigmoid();
        }
    }
}

/// <summary>x·min(max(x + 3, 0), 6)/6: <see cref="Silu"/> with a sigmoid of three pieces.</summary>
/// <remarks>Howard et al. 2019, arXiv:1905.02244, section 5.2.</remarks>
public sealed class Hardswish : Layer
{
    /// <inheritdoc/>
    public override Variable Forward(Variable x) => new HardswishNode(x).Apply();

    // dx = dy·(x/3 + ½) from −3 to 3, both included; below 0 and above dy
    private sealed class HardswishNode(Variable x) : ActivationNode(x)
    {
        protected override Tensor Value(Tensor x) => x.Clamp(low: -3) * ((x + 3).Clamp(0, 6) / 6);

        protected override Variable Slope(Variable x)
        {
            Tensor value = x.Value;
            Variable ramp = Variable.Where(value.LessOrEqual(value.ScalarLike(3)), x / 3 + 0.5, value.ScalarLike(1));
            return Variable.Where(value.Less(value.ScalarLike(-3)), value.ScalarLike(0), ramp);
        }
    }
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
        {
            throw new ShapeException(
                $"Glu: x is {x.Shape}; its axis {axis} must be there and have an even size: one half is the gate of the other.");
        }
        DType dtype = x.Value.DType;
        Variable[] halves = x.To(dtype.Wide()).Split([size / 2, size / 2], axis);
        return (halves[0] * halves[1].Sigmoid()).To(dtype);
    }
}
