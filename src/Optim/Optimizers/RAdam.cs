namespace MiniStack.Optim;

/// <summary>Adam that starts as momentum, until its second moment has seen enough gradients to be trusted.</summary>
/// <remarks>
/// Liu et al. 2020, arXiv:1908.03265, algorithm 2. Form and defaults are PyTorch's. Weight decay is an L2 penalty on every parameter.
/// </remarks>
public sealed class RAdam : Optimizer
{
    private readonly Tensor[] _m, _v;
    private readonly double _beta1, _beta2, _epsilon;

    /// <param name="parameters">What to optimize.</param>
    /// <param name="learningRate">Step size.</param>
    /// <param name="beta1">Decay of the mean of gradients, from 0 to below 1.</param>
    /// <param name="beta2">Decay of the mean of squared gradients, from 0 to below 1.</param>
    /// <param name="epsilon">Added to the root.</param>
    /// <param name="weightDecay">L2 penalty, added to the gradient.</param>
    /// <exception cref="ConfigException">A number makes no sense.</exception>
    public RAdam(
        IEnumerable<Parameter> parameters, double learningRate = 1e-3, double beta1 = 0.9, double beta2 = 0.999,
        double epsilon = 1e-8, double weightDecay = 0)
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
        Tensor g = Penalized(index, parameter, gradient, gradientScale), m = _m[index], v = _v[index];
        // m ← β₁m + (1 − β₁)g;  v ← β₂v + (1 − β₂)g²;  m̂ = m / (1 − β₁ᵗ)
        Average(m, g, _beta1);
        Average(v, g * g, _beta2);
        long steps = StepsOf(index);
        Tensor mHat = m / (1 - Math.Pow(_beta1, steps));
        // ρ∞ = 2/(1 − β₂) − 1;  ρₜ = ρ∞ − 2t·β₂ᵗ/(1 − β₂ᵗ): how many gradients the second moment averages over
        double power = Math.Pow(_beta2, steps), rhoMax = 2 / (1 - _beta2) - 1, rho = rhoMax - 2 * steps * power / (1 - power);
        if (rho <= 5) // the paper's bound is 4; 5, as in the authors' program and PyTorch, keeps clear of the pole
        {
            parameter.AddInPlace(mHat * -learningRate);
            return;
        }
        // r = √((ρₜ − 4)(ρₜ − 2)ρ∞ / ((ρ∞ − 4)(ρ∞ − 2)ρₜ));  p ← p − lr·r·m̂·√(1 − β₂ᵗ) / (√v + ε)
        double rectified = Math.Sqrt((rho - 4) * (rho - 2) * rhoMax / ((rhoMax - 4) * (rhoMax - 2) * rho));
        parameter.AddInPlace(mHat / (v.Sqrt() + _epsilon) * (-learningRate * rectified * Math.Sqrt(1 - power)));
    }
}
