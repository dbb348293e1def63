namespace MiniStack.Optim;

/// <summary>Stochastic gradient descent with momentum.</summary>
/// <remarks>
/// Sutskever et al. 2013, "On the importance of initialization and momentum in deep learning", in PyTorch's form:
/// v ← μ·v + (1 − dampening)·g, in the first step v ← g; p ← p − lr·v, with Nesterov p ← p − lr·(g + μ·v).
/// </remarks>
public sealed class Sgd : Optimizer
{
    private readonly Tensor[] _velocity;
    private readonly double _momentum, _dampening;
    private readonly bool _nesterov;

    /// <param name="parameters">What to optimize.</param>
    /// <param name="learningRate">Step size.</param>
    /// <param name="momentum">Decay of the velocity, from 0 (none) to below 1.</param>
    /// <param name="nesterov">Look ahead along the velocity.</param>
    /// <param name="weightDecay">L2 penalty, added to the gradient.</param>
    /// <param name="dampening">Share of the gradient kept out of the velocity after the first step, from 0 to below 1.</param>
    /// <exception cref="ConfigException">A number makes no sense.</exception>
    public Sgd(
        IEnumerable<Parameter> parameters, double learningRate, double momentum = 0, bool nesterov = false, double weightDecay = 0,
        double dampening = 0)
        : base(parameters, learningRate, weightDecay)
    {
        (_momentum, _dampening, _nesterov) = (CheckShare(momentum, "momentum"), CheckShare(dampening, "dampening"), nesterov);
        if (nesterov && momentum == 0) throw new ConfigException("Sgd: Nesterov looks ahead along the momentum; give a momentum above 0.");
        if (dampening > 0 && (nesterov || momentum == 0))
        {
            throw new ConfigException(
                "Sgd: dampening is for momentum without Nesterov. Give a momentum above 0 and no Nesterov, or leave it at 0.");
        }
        _velocity = momentum > 0 ? ZerosLikeParameters() : [];
    }

    /// <inheritdoc/>
    public override IEnumerable<KeyValuePair<string, Tensor>> State =>
        _velocity.Length == 0 ? [] : [.. Named(_velocity, "velocity"), .. StepCounts];

    /// <inheritdoc/>
    protected override void Update(int index, Tensor parameter, Tensor gradient, double learningRate, double gradientScale)
    {
        // (1 − dampening)·(scale·g + decay·p): the kernel knows no dampening, and needs none.
        double undamped = StepsOf(index) == 1 ? 1 : 1 - _dampening;
        Fused.Sgd(parameter, gradient, _velocity.Length > 0 ? _velocity[index] : null, new SgdStep(
            learningRate, _momentum, _nesterov, undamped * WeightDecayOf(index), undamped * gradientScale));
    }
}
