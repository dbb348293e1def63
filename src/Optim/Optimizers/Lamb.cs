namespace MiniStack.Optim;

/// <summary>AdamW whose step in each parameter has the length of the parameter times the learning rate: for very large batches.</summary>
/// <remarks>
/// You et al. 2020, arXiv:1904.00962, algorithm 2, with φ(x) = x. Weight decay is for every parameter; groups without decay are the
/// usual choice for biases and norms. Each update waits for two norms, on a GPU too.
/// </remarks>
public sealed class Lamb : Optimizer
{
    private readonly Tensor[] _m, _v;
    private readonly double _beta1, _beta2, _epsilon;

    /// <param name="parameters">What to optimize.</param>
    /// <param name="learningRate">Step size, in lengths of the parameter.</param>
    /// <param name="beta1">Decay of the mean of gradients, from 0 to below 1.</param>
    /// <param name="beta2">Decay of the mean of squared gradients, from 0 to below 1.</param>
    /// <param name="epsilon">Added to the root.</param>
    /// <param name="weightDecay">Share of the parameter in the step's direction.</param>
    /// <exception cref="ConfigException">A number makes no sense.</exception>
    public Lamb(
        IEnumerable<Parameter> parameters, double learningRate = 1e-3, double beta1 = 0.9, double beta2 = 0.999,
        double epsilon = 1e-6, double weightDecay = 0.01)
        : base(parameters, learningRate, weightDecay)
    {
        (_beta1, _beta2) = CheckBetas(beta1, beta2);
        _epsilon = CheckNotNegative(epsilon, "epsilon");
        _m = ZerosLikeParameters();
        _v = ZerosLikeParameters();
    }

    /// <inheritdoc/>
    public override IEnumerable<KeyValuePair<string, Tensor>> State => [.. Named(_m, "m"), .. Named(_v, "v"), .. StepCounts];

    /// <inheritdoc/>
    protected override void Update(int index, Tensor parameter, Tensor gradient, double learningRate, double gradientScale)
    {
        using MemoryScope scope = MemoryScope.Begin();
        Tensor g = Scaled(gradient, gradientScale), m = _m[index], v = _v[index];
        // m ← β₁m + (1 − β₁)g;  v ← β₂v + (1 − β₂)g²;  m̂ = m / (1 − β₁ᵗ);  v̂ = v / (1 − β₂ᵗ)
        Average(m, g, _beta1);
        Average(v, g * g, _beta2);
        Tensor mHat = m / (1 - Math.Pow(_beta1, StepsOf(index))), vHat = v / (1 - Math.Pow(_beta2, StepsOf(index)));
        // u = m̂ / (√v̂ + ε) + λp;  p ← p − lr·‖p‖/‖u‖·u
        Tensor u = mHat / (vHat.Sqrt() + _epsilon) + parameter * WeightDecayOf(index);
        double length = Math.Sqrt(Fused.SumOfSquares(parameter)), step = Math.Sqrt(Fused.SumOfSquares(u));
        // Zeros, with which many biases start, would never move by their own length.
        double trust = length > 0 && step > 0 ? length / step : 1;
        parameter.AddInPlace(u * (-learningRate * trust));
    }
}
