namespace MiniStack.Optim;

/// <summary>Gradient descent whose steps shrink in each element with the gradients it has seen.</summary>
/// <remarks>
/// Duchi et al. 2011, "Adaptive subgradient methods for online learning and stochastic optimization". Form and defaults are PyTorch's.
/// </remarks>
public sealed class Adagrad : Optimizer
{
    private readonly Tensor[] _sum;
    private readonly double _rateDecay, _epsilon;

    /// <param name="parameters">What to optimize.</param>
    /// <param name="learningRate">Step size.</param>
    /// <param name="rateDecay">Step t has the learning rate divided by 1 + (t − 1)·rateDecay.</param>
    /// <param name="weightDecay">L2 penalty, added to the gradient.</param>
    /// <param name="initialSum">What the sums of squared gradients start from.</param>
    /// <param name="epsilon">Added to the root.</param>
    /// <exception cref="ConfigException">A number makes no sense.</exception>
    public Adagrad(
        IEnumerable<Parameter> parameters, double learningRate = 1e-2, double rateDecay = 0, double weightDecay = 0,
        double initialSum = 0, double epsilon = 1e-10)
        : base(parameters, learningRate, weightDecay)
    {
        _rateDecay = CheckNotNegative(rateDecay, "decay of the learning rate");
        _epsilon = CheckNotNegative(epsilon, "epsilon");
        _sum = ZerosLikeParameters();
        CheckNotNegative(initialSum, "initial sum");
        foreach (Tensor sum in _sum) sum.Fill(initialSum);
    }

    /// <inheritdoc/>
    public override IEnumerable<KeyValuePair<string, Tensor>> State => [.. Named(_sum, "sum"), .. StepCounts];

    /// <inheritdoc/>
    protected override void Update(int index, Tensor parameter, Tensor gradient, double learningRate, double gradientScale)
    {
        using MemoryScope scope = MemoryScope.Begin();
        // s ← s + g²;  p ← p − lr/(1 + (t − 1)·rateDecay)·g / (√s + ε)
        Tensor g = Penalized(index, parameter, gradient, gradientScale), sum = _sum[index].AddInPlace(g * g);
        double rate = learningRate / (1 + (StepsOf(index) - 1) * _rateDecay);
        parameter.AddInPlace(g / (sum.Sqrt() + _epsilon) * -rate);
    }
}
