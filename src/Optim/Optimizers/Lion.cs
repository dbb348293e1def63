namespace MiniStack.Optim;

/// <summary>The sign of an interpolated momentum: every element moves by the learning rate, and the state is half of Adam's.</summary>
/// <remarks>
/// Chen et al. 2023, arXiv:2302.06675, algorithm 2, with decoupled weight decay on every parameter. The paper wants a learning rate 3 to 10
/// times smaller than AdamW's, and a weight decay as many times larger.
/// </remarks>
public sealed class Lion : Optimizer
{
    private readonly Tensor[] _m;
    private readonly double _beta1, _beta2;

    /// <param name="parameters">What to optimize.</param>
    /// <param name="learningRate">Step size.</param>
    /// <param name="beta1">Share of the momentum in the step's direction, from 0 to below 1.</param>
    /// <param name="beta2">Decay of the momentum, from 0 to below 1.</param>
    /// <param name="weightDecay">Share of a parameter taken away per unit of learning rate.</param>
    /// <exception cref="ConfigException">A number makes no sense.</exception>
    public Lion(
        IEnumerable<Parameter> parameters, double learningRate = 1e-4, double beta1 = 0.9, double beta2 = 0.99, double weightDecay = 0)
        : base(parameters, learningRate, weightDecay)
    {
        (_beta1, _beta2) = CheckBetas(beta1, beta2);
        _m = ZerosLikeParameters();
    }

    /// <inheritdoc/>
    public override IEnumerable<KeyValuePair<string, Tensor>> State => Named(_m, "m");

    /// <inheritdoc/>
    protected override void Update(int index, Tensor parameter, Tensor gradient, double learningRate, double gradientScale)
    {
        using MemoryScope scope = MemoryScope.Begin();
        // c = β₁m + (1 − β₁)g;  p ← p − lr·(sign(c) + λp);  m ← β₂m + (1 − β₂)g
        Tensor g = Scaled(gradient, gradientScale), m = _m[index], c = m * _beta1 + g * (1 - _beta1);
        Shrink(parameter, learningRate * WeightDecayOf(index)).AddInPlace(c.Sign() * -learningRate);
        Average(m, g, _beta2);
    }
}
