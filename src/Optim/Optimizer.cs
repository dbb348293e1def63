using System.Runtime.InteropServices;

namespace MiniStack.Optim;

/// <summary>Updates parameters in place from their gradients.</summary>
/// <remarks>
/// <see cref="Step"/> consumes the gradients: the next Backward starts from zero. Gradients of several Backward calls
/// before one step add up; see <see cref="AverageGradients"/>. State is allocated when the optimizer is made, so the first
/// step costs no more than others; parameters must then stay what they were: a model is converted and moved before. Each parameter counts
/// its own steps, as in PyTorch: the count of one that is frozen, or has no gradient, stands still (<see cref="StepsOf"/>).
/// </remarks>
public abstract partial class Optimizer
{
    private readonly List<int> _due = []; // filled and emptied by Step
    private readonly Tensor _counts; // I64 [parameters]: the steps of each
    private readonly Tensor[] _countOf; // by parameter, [1], views of the counts

    /// <summary>An optimizer of these parameters.</summary>
    /// <param name="parameters">What to optimize.</param>
    /// <param name="learningRate">Step size for steps that are given none.</param>
    /// <param name="weightDecay">Weight decay, in whatever way the optimizer applies it.</param>
    /// <param name="decays">Which parameters decay; null for all.</param>
    /// <exception cref="ConfigException">
    /// There are no parameters, one is given twice, or the learning rate or the weight decay is negative or not a number.
    /// </exception>
    /// <exception cref="ShapeException">A parameter's elements do not lie row by row.</exception>
    protected Optimizer(
        IEnumerable<Parameter> parameters, double learningRate, double weightDecay = 0, Func<Parameter, bool>? decays = null)
    {
        Parameters = [.. parameters];
        if (Parameters.Count == 0) throw new ConfigException($"{GetType().Name}: there are no parameters to optimize.");
        if (Parameters.Distinct().Count() != Parameters.Count)
        {
            throw new ConfigException(
                $"{GetType().Name}: a parameter is given twice and would be updated twice a step. " +
                "Pass each once, for example with Distinct().");
        }
        LearningRate = CheckNotNegative(learningRate, "learning rate");
        CheckNotNegative(weightDecay, "weight decay");
        _ownDecay = [.. Parameters.Select(p => decays is null || decays(p) ? weightDecay : 0)];
        Arrange([]);
        _made = [.. Parameters.Select(p => (p.Shape, p.Value.DType, p.Value.Device))];
        for (int i = 0; i < Parameters.Count; i++) CheckLayout(i);
        using MemoryScope persistent = MemoryScope.Persistent();
        _counts = Tensor.Zeros([Parameters.Count], DType.I64);
        _countOf = [.. Parameters.Select((_, i) => _counts[i..(i + 1)])];
    }

    /// <summary>What is optimized.</summary>
    public IReadOnlyList<Parameter> Parameters { get; }

    /// <summary>Step size for steps that are given none.</summary>
    /// <exception cref="ConfigException">It is negative or not a number.</exception>
    public double LearningRate
    {
        get;
        set => field = CheckNotNegative(value, "learning rate");
    }

    /// <summary>How many steps were made.</summary>
    public long Steps { get; internal set; }

    /// <summary>
    /// How many of the steps a parameter took part in, the present one included: what bias corrections and decays by steps go by.
    /// </summary>
    /// <param name="index">Its place in <see cref="Parameters"/>.</param>
    protected long StepsOf(int index) => _counts.AsReadOnlySpan<long>()[index];

    /// <summary>
    /// Updates every parameter that has a gradient and is not frozen, and clears all gradients, whether it succeeds or not.
    /// </summary>
    /// <param name="learningRate">Step size of this step, before the factors of <see cref="Groups"/>; null for
    /// <see cref="LearningRate"/>.</param>
    /// <exception cref="ConfigException">The learning rate is negative or not a number; nothing was changed.</exception>
    /// <exception cref="DTypeException">A parameter was converted since the optimizer was made; nothing was changed.</exception>
    /// <exception cref="DeviceException">A parameter was moved since the optimizer was made; nothing was changed.</exception>
    /// <exception cref="ShapeException">A parameter, or its gradient, has another shape than the state; nothing was changed.</exception>
    public void Step(double? learningRate = null)
    {
        try
        {
            double rate = learningRate is { } given ? CheckNotNegative(given, "learning rate of a step") : LearningRate;
            _due.Clear();
            // A parameter without elements has nothing to update, and means over it would be no numbers.
            for (int i = 0; i < Parameters.Count; i++)
                if (IsDue(i)) _due.Add(i);
            if (Accepts()) Advance(rate);
        }
        finally
        {
            ClearGradients();
        }
    }

    /// <summary>A step that fails is not counted.</summary>
    private void Advance(double learningRate)
    {
        Count(1);
        try
        {
            UpdateAll(CollectionsMarshal.AsSpan(_due), learningRate, GradientScale);
        }
        catch
        {
            Count(-1);
            throw;
        }
    }

    private void Count(int step)
    {
        Steps += step;
        Span<long> counts = _counts.AsSpan<long>();
        foreach (int i in _due) counts[i] += step;
    }

    /// <summary>A step on gradients that wait for this factor.</summary>
    internal void StepScaled(double learningRate, double gradientScale)
    {
        _pendingScale = gradientScale;
        Step(learningRate);
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

    /// <summary>
    /// The gradient of the loss with an L2 penalty, scale·gradient + decay·parameter, with this parameter's weight decay.
    /// </summary>
    private protected Tensor Penalized(int index, Tensor parameter, Tensor gradient, double gradientScale)
    {
        double decay = WeightDecayOf(index);
        Tensor scaled = Scaled(gradient, gradientScale);
        return decay == 0 ? scaled : scaled + parameter * decay;
    }

    /// <summary>scale·gradient: the gradient itself where that is the same.</summary>
    private protected static Tensor Scaled(Tensor gradient, double gradientScale) =>
        gradientScale == 1 ? gradient : gradient * gradientScale;

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
