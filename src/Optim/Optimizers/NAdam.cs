namespace MiniStack.Optim;

/// <summary>Adam that looks ahead along its momentum, as Nesterov does.</summary>
/// <remarks>
/// Dozat 2016, "Incorporating Nesterov momentum into Adam", algorithm 2, with its schedule of the momentum,
/// μₜ = β₁·(1 − ½·0.96^(t·ψ)). Form and defaults are PyTorch's. Weight decay is an L2 penalty on every parameter.
/// </remarks>
public sealed class NAdam : Optimizer
{
    private readonly Tensor[] _m, _v;
    private readonly double _beta1, _beta2, _epsilon, _momentumDecay;
    private readonly (double Product, long Steps)[] _products; // by parameter, μ₁·μ₂·…·μₜ for t steps: follows from them, so no state

    /// <param name="parameters">What to optimize.</param>
    /// <param name="learningRate">Step size.</param>
    /// <param name="beta1">Decay of the mean of gradients, from 0 to below 1.</param>
    /// <param name="beta2">Decay of the mean of squared gradients, from 0 to below 1.</param>
    /// <param name="epsilon">Added to the root.</param>
    /// <param name="weightDecay">L2 penalty, added to the gradient.</param>
    /// <param name="momentumDecay">ψ above.</param>
    /// <exception cref="ConfigException">A number makes no sense.</exception>
    public NAdam(
        IEnumerable<Parameter> parameters, double learningRate = 2e-3, double beta1 = 0.9, double beta2 = 0.999,
        double epsilon = 1e-8, double weightDecay = 0, double momentumDecay = 4e-3)
        : base(parameters, learningRate, weightDecay)
    {
        (_beta1, _beta2) = CheckBetas(beta1, beta2);
        (_epsilon, _momentumDecay) = (CheckNotNegative(epsilon, "epsilon"), CheckNotNegative(momentumDecay, "decay of the momentum"));
        _m = ZerosLikeParameters();
        _v = ZerosLikeParameters();
        _products = new (double, long)[Parameters.Count];
        Array.Fill(_products, (1, 0));
    }

    /// <inheritdoc/>
    public override IEnumerable<KeyValuePair<string, Tensor>> State => [.. Named(_m, "m"), .. Named(_v, "v"), .. StepCounts];

    /// <inheritdoc/>
    protected override void Update(int index, Tensor parameter, Tensor gradient, double learningRate, double gradientScale)
    {
        using MemoryScope scope = MemoryScope.Begin();
        Tensor g = Penalized(index, parameter, gradient, gradientScale), m = _m[index], v = _v[index];
        long steps = StepsOf(index);
        double mu = Momentum(steps), next = Momentum(steps + 1), product = Product(index, steps);
        // m ← β₁m + (1 − β₁)g;  v ← β₂v + (1 − β₂)g²
        Average(m, g, _beta1);
        Average(v, g * g, _beta2);
        // m̂ ← μₜ₊₁·m / (1 − Π_{i ≤ t+1} μᵢ) + (1 − μₜ)·g / (1 − Π_{i ≤ t} μᵢ);  p ← p − lr·m̂ / (√(v / (1 − β₂ᵗ)) + ε)
        Tensor mHat = m * (next / (1 - product * next)) + g * ((1 - mu) / (1 - product));
        parameter.AddInPlace(mHat / ((v / (1 - Math.Pow(_beta2, steps))).Sqrt() + _epsilon) * -learningRate);
    }

    private double Momentum(long step) => _beta1 * (1 - 0.5 * Math.Pow(0.96, step * _momentumDecay));

    private double Product(int index, long steps)
    {
        (double product, long done) = _products[index].Steps > steps ? (1, 0) : _products[index]; // an earlier state was loaded
        while (done < steps) product *= Momentum(++done);
        _products[index] = (product, done);
        return product;
    }
}
