using System.Runtime.InteropServices;

namespace MiniStack.Optim;

/// <summary>Updates parameters in place from their gradients.</summary>
/// <remarks>
/// <see cref="Step"/> consumes the gradients: the next Backward starts from zero. Gradients of several Backward calls
/// before one step add up; see <see cref="AverageGradients"/>. State is allocated when the optimizer is made, so the first
/// step costs no more than others.
/// </remarks>
public abstract partial class Optimizer
{
    private readonly List<int> _due = []; // filled and emptied by Step

    /// <summary>An optimizer of these parameters.</summary>
    /// <param name="parameters">What to optimize.</param>
    /// <param name="learningRate">Step size for steps that are given none.</param>
    /// <param name="weightDecay">Weight decay, in whatever way the optimizer applies it.</param>
    /// <param name="decays">Which parameters decay; null for all.</param>
    /// <exception cref="ConfigException">
    /// There are no parameters, one is given twice, or the learning rate or the weight decay is negative or not a number.
    /// </exception>
    protected Optimizer(IEnumerable<Parameter> parameters, double learningRate, double weightDecay = 0, Func<Parameter, bool>? decays = null)
    {
        Parameters = [.. parameters];
        if (Parameters.Count == 0) throw new ConfigException($"{GetType().Name}: there are no parameters to optimize.");
        if (Parameters.Distinct().Count() != Parameters.Count)
            throw new ConfigException($"{GetType().Name}: a parameter is given twice and would be updated twice a step. Pass each once, for example with Distinct().");
        LearningRate = CheckNotNegative(learningRate, "learning rate");
        CheckNotNegative(weightDecay, "weight decay");
        _ownDecay = [.. Parameters.Select(p => decays is null || decays(p) ? weightDecay : 0)];
        Arrange([]);
    }

    /// <summary>What is optimized.</summary>
    public IReadOnlyList<Parameter> Parameters { get; }

    /// <summary>Step size for steps that are given none.</summary>
    public double LearningRate { get; set; }

    /// <summary>How many steps were made.</summary>
    public long Steps { get; internal set; }

    /// <summary>Updates every parameter that has a gradient and is not frozen, and clears all gradients.</summary>
    /// <param name="learningRate">Step size of this step, before the factors of <see cref="Groups"/>; null for <see cref="LearningRate"/>.</param>
    public void Step(double? learningRate = null)
    {
        _due.Clear();
        // A parameter without elements has nothing to update, and means over it would be no numbers.
        for (int i = 0; i < Parameters.Count; i++)
            if (Parameters[i] is { RequiresGrad: true, Grad: not null, Value.Count: > 0 }) _due.Add(i);
        if (Accepts())
        {
            Steps++;
            UpdateAll(CollectionsMarshal.AsSpan(_due), learningRate ?? LearningRate, GradientScale);
        }
        ClearGradients();
    }

    /// <summary>A step on gradients that wait for this factor.</summary>
    internal void StepScaled(double learningRate, double gradientScale)
    {
        _pendingScale = gradientScale;
        Step(learningRate);
    }

    /// <summary>Forgets all gradients and what was to happen to them.</summary>
    private protected void ClearGradients()
    {
        for (int i = 0; i < Parameters.Count; i++) Parameters[i].ClearGrad();
        _pendingScale = 1;
    }

    /// <summary>Whether the gradients are good for a step; one that is refused leaves everything as it was.</summary>
    private protected virtual bool Accepts() => true;

    /// <summary>The formula for one parameter.</summary>
    /// <param name="index">Its place in <see cref="Parameters"/>.</param>
    /// <param name="parameter">Changed in place.</param>
    /// <param name="gradient">Its gradient.</param>
    /// <param name="learningRate">Step size of this parameter.</param>
    /// <param name="gradientScale">Factor on the gradient.</param>
    protected abstract void Update(int index, Tensor parameter, Tensor gradient, double learningRate, double gradientScale);

    /// <summary>The formula for every parameter that is due: one by one, unless an optimizer has a kernel for all together.</summary>
    /// <param name="indices">Their places in <see cref="Parameters"/>; each has a gradient.</param>
    /// <param name="learningRate">Step size, before <see cref="LearningRateFactorOf"/>.</param>
    /// <param name="gradientScale">Factor on the gradients.</param>
    protected virtual void UpdateAll(ReadOnlySpan<int> indices, double learningRate, double gradientScale)
    {
        foreach (int i in indices)
            Update(i, Parameters[i].Value, Parameters[i].Grad!, learningRate * LearningRateFactorOf(i), gradientScale);
    }

    /// <summary>The gradient of the loss with an L2 penalty, scale·gradient + decay·parameter, with this parameter's weight decay.</summary>
    private protected Tensor Penalized(int index, Tensor parameter, Tensor gradient, double gradientScale)
    {
        double decay = WeightDecayOf(index);
        Tensor scaled = Scaled(gradient, gradientScale);
        return decay == 0 ? scaled : scaled + parameter * decay;
    }

    /// <summary>scale·gradient: the gradient itself where that is the same.</summary>
    private protected static Tensor Scaled(Tensor gradient, double gradientScale) => gradientScale == 1 ? gradient : gradient * gradientScale;

    /// <summary>p ← p·(1 − share), in place: decoupled weight decay, with share = learning rate · weight decay.</summary>
    private protected static Tensor Shrink(Tensor parameter, double share) => share == 0 ? parameter : parameter.ScaleInPlace(1 - share);

    /// <summary>average ← decay·average + (1 − decay)·value, in place.</summary>
    internal static void Average(Tensor average, Tensor value, double decay) =>
        average.ScaleInPlace(decay).AddInPlace(value * (1 - decay));

    /// <summary>Passes a setting on if it makes sense.</summary>
    /// <exception cref="ConfigException">It is negative or not a number.</exception>
    protected double CheckNotNegative(double value, string what) => Check.NotNegative(GetType().Name, value, what);

    /// <summary>Passes on what an average keeps of its past.</summary>
    /// <exception cref="ConfigException">It is not from 0 to below 1.</exception>
    protected double CheckShare(double value, string what) => Check.Share(GetType().Name, value, what);

    /// <summary>Passes the two decays of Adam and its kin on.</summary>
    private protected (double Beta1, double Beta2) CheckBetas(double beta1, double beta2) =>
        beta1 >= 0 && beta1 < 1 && beta2 >= 0 && beta2 < 1
            ? (beta1, beta2)
            : throw new ConfigException(FormattableString.Invariant(
                $"{GetType().Name}: the betas must be at least 0 and below 1, not {beta1} and {beta2}."));
}
