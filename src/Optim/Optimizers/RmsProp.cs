namespace MiniStack.Optim;

/// <summary>Gradient descent divided by a running root mean square of each element's gradients.</summary>
/// <remarks>
/// Tieleman and Hinton 2012, lecture 6.5 of "Neural networks for machine learning"; centred as in Graves 2013, arXiv:1308.0850, with ε
/// outside the root. Form and defaults are PyTorch's.
/// </remarks>
public sealed class RmsProp : Optimizer
{
    private readonly Tensor[] _square, _mean, _velocity;
    private readonly double _alpha, _epsilon, _momentum;

    /// <param name="parameters">What to optimize.</param>
    /// <param name="learningRate">Step size.</param>
    /// <param name="alpha">Decay of the means, from 0 to below 1.</param>
    /// <param name="epsilon">Added to the root.</param>
    /// <param name="weightDecay">L2 penalty, added to the gradient.</param>
    /// <param name="momentum">Decay of the velocity, from 0 (none) to below 1.</param>
    /// <param name="centered">Divide by the standard deviation instead of the root mean square.</param>
    /// <exception cref="ConfigException">A number makes no sense.</exception>
    public RmsProp(
        IEnumerable<Parameter> parameters, double learningRate = 1e-2, double alpha = 0.99, double epsilon = 1e-8,
        double weightDecay = 0, double momentum = 0, bool centered = false)
        : base(parameters, learningRate, weightDecay)
    {
        (_alpha, _epsilon, _momentum) =
            (CheckShare(alpha, "alpha"), CheckNotNegative(epsilon, "epsilon"), CheckShare(momentum, "momentum"));
        _square = ZerosLikeParameters();
        _mean = centered ? ZerosLikeParameters() : [];
        _velocity = momentum > 0 ? ZerosLikeParameters() : [];
    }

    /// <inheritdoc/>
    public override IEnumerable<KeyValuePair<string, Tensor>> State =>
        [.. Named(_square, "square"), .. Named(_mean, "mean"), .. Named(_velocity, "velocity")];

    /// <inheritdoc/>
    protected override void Update(int index, Tensor parameter, Tensor gradient, double learningRate, double gradientScale)
    {
        using MemoryScope scope = MemoryScope.Begin();
        // s ← α·s + (1 − α)·g²;  centred: m ← α·m + (1 − α)·g, and s − m² in place of s
        Tensor g = Penalized(index, parameter, gradient, gradientScale), variance = _square[index];
        Average(_square[index], g * g, _alpha);
        if (_mean.Length > 0)
        {
            Average(_mean[index], g, _alpha);
            variance = _square[index] - _mean[index] * _mean[index];
        }
        // v ← μ·v + g / (√s + ε);  p ← p − lr·v
        Tensor move = g / (variance.Sqrt() + _epsilon);
        if (_velocity.Length > 0) move = _velocity[index].ScaleInPlace(_momentum).AddInPlace(move);
        parameter.AddInPlace(move * -learningRate);
    }
}
