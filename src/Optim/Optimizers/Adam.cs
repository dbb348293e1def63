namespace MiniStack.Optim;

/// <summary>Adam: steps of about the learning rate in every element, whatever the size of its gradients.</summary>
/// <remarks>
/// Kingma and Ba 2015, arXiv:1412.6980, algorithm 1; with AMSGrad, Reddi et al. 2018, arXiv:1904.09237, whose second moment never
/// shrinks. Defaults are PyTorch's. Weight decay is an L2 penalty on every parameter; for decoupled decay take <see cref="AdamW"/>.
/// </remarks>
public sealed class Adam : Optimizer
{
    private readonly Tensor[] _m, _v, _vMax;
    private readonly double _beta1, _beta2, _epsilon;

    /// <param name="parameters">What to optimize.</param>
    /// <param name="learningRate">Step size.</param>
    /// <param name="beta1">Decay of the mean of gradients, from 0 to below 1.</param>
    /// <param name="beta2">Decay of the mean of squared gradients, from 0 to below 1.</param>
    /// <param name="epsilon">Added to the root.</param>
    /// <param name="weightDecay">L2 penalty, added to the gradient.</param>
    /// <param name="amsGrad">Divide by the largest second moment so far.</param>
    /// <exception cref="ConfigException">A number makes no sense.</exception>
    public Adam(
        IEnumerable<Parameter> parameters, double learningRate = 1e-3, double beta1 = 0.9, double beta2 = 0.999,
        double epsilon = 1e-8, double weightDecay = 0, bool amsGrad = false)
        : base(parameters, learningRate, weightDecay)
    {
        (_beta1, _beta2) = CheckBetas(beta1, beta2);
        _epsilon = CheckNotNegative(epsilon, "epsilon");
        _m = ZerosLikeParameters();
        _v = ZerosLikeParameters();
        _vMax = amsGrad ? ZerosLikeParameters() : [];
    }

    /// <inheritdoc/>
    public override IEnumerable<KeyValuePair<string, Tensor>> State => 
        [.. Named(_m, "m"), .. Named(_v, "v"), .. Named(_vMax, "vMax"), .. StepCounts];

    /// <inheritdoc/>
    protected override void Update(int index, Tensor parameter, Tensor gradient, double learningRate, double gradientScale)
    {
        using MemoryScope scope = MemoryScope.Begin();
        Tensor g = Penalized(index, parameter, gradient, gradientScale), m = _m[index], v = _v[index];
        if (_vMax.Length == 0)
        {
            // With the penalty inside the gradient, AdamW without decay is Adam.
            Fused.AdamW(
                parameter, g, m, v,
                new AdamWStep(learningRate, _beta1, _beta2, _epsilon, WeightDecay: 0, GradientScale: 1, StepsOf(index)));
            return;
        }
        // m ← β₁m + (1 − β₁)g;  v ← β₂v + (1 − β₂)g²;  v̂ ← max(v̂, v);  p ← p − lr·(m / (1 − β₁ᵗ)) / (√(v̂ / (1 − β₂ᵗ)) + ε)
        Average(m, g, _beta1);
        Average(v, g * g, _beta2);
        Tensor vMax = _vMax[index].CopyFrom(_vMax[index].Maximum(v));
        Tensor mHat = m / (1 - Math.Pow(_beta1, StepsOf(index))), vHat = vMax / (1 - Math.Pow(_beta2, StepsOf(index)));
        parameter.AddInPlace(mHat / (vHat.Sqrt() + _epsilon) * -learningRate);
    }
}
