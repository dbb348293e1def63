namespace MiniStack.Optim;

/// <summary>Stochastic gradient descent with momentum.</summary>
/// <remarks>Sutskever et al. 2013, "On the importance of initialization and momentum in deep learning", in PyTorch's form.</remarks>
public sealed class Sgd : Optimizer
{
    private readonly Tensor[] _velocity;
    private readonly double _momentum, _weightDecay;
    private readonly bool _nesterov;

    /// <param name="parameters">What to optimize.</param>
    /// <param name="learningRate">Step size.</param>
    /// <param name="momentum">Decay of the velocity, from 0 (none) to below 1.</param>
    /// <param name="nesterov">Look ahead along the velocity.</param>
    /// <param name="weightDecay">L2 penalty, added to the gradient.</param>
    /// <exception cref="ConfigException">A number makes no sense.</exception>
    public Sgd(
        IEnumerable<Parameter> parameters, double learningRate, double momentum = 0, bool nesterov = false, double weightDecay = 0)
        : base(parameters, learningRate)
    {
        if (!(momentum >= 0 && momentum < 1))
            throw new ConfigException(FormattableString.Invariant($"Sgd: the momentum must be at least 0 and below 1, not {momentum}."));
        if (nesterov && momentum == 0) throw new ConfigException("Sgd: Nesterov looks ahead along the momentum; give a momentum above 0.");
        (_momentum, _nesterov, _weightDecay) = (momentum, nesterov, CheckNotNegative(weightDecay, "weight decay"));
        _velocity = momentum > 0 ? ZerosLikeParameters() : [];
    }

    /// <inheritdoc/>
    public override IEnumerable<KeyValuePair<string, Tensor>> State => Named(_velocity, "velocity");

    /// <inheritdoc/>
    protected override void Update(int index, Tensor parameter, Tensor gradient, double learningRate, double gradientScale) =>
        Fused.Sgd(parameter, gradient, _velocity.Length > 0 ? _velocity[index] : null, new SgdStep(
            learningRate, _momentum, _nesterov, _weightDecay, gradientScale));
}
