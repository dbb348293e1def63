using System.Runtime.InteropServices;

namespace MiniStack.Optim;

/// <summary>Updates parameters in place from their gradients.</summary>
/// <remarks>
/// <see cref="Step"/> consumes the gradients: the next Backward starts from zero. Gradients of several Backward calls
/// before one step add up. State is allocated when the optimizer is made, so the first step costs no more than others.
/// </remarks>
public abstract class Optimizer
{
    private readonly List<Tensor> _gradients = []; // filled and emptied by ClipGradNorm
    private readonly List<int> _due = []; // filled and emptied by Step
    private double _gradientScale = 1;

    /// <summary>An optimizer of these parameters.</summary>
    /// <exception cref="ConfigException">There are no parameters, one is given twice, or the learning rate is negative or not a number.</exception>
    protected Optimizer(IEnumerable<Parameter> parameters, double learningRate)
    {
        Parameters = [.. parameters];
        if (Parameters.Count == 0) throw new ConfigException($"{GetType().Name}: there are no parameters to optimize.");
        if (Parameters.Distinct().Count() != Parameters.Count)
            throw new ConfigException($"{GetType().Name}: a parameter is given twice and would be updated twice a step. Pass each once, for example with Distinct().");
        LearningRate = CheckNotNegative(learningRate, "learning rate");
    }

    /// <summary>What is optimized.</summary>
    public IReadOnlyList<Parameter> Parameters { get; }

    /// <summary>Step size for steps that are given none.</summary>
    public double LearningRate { get; set; }

    /// <summary>How many steps were made.</summary>
    public long Steps { get; private set; }

    /// <summary>Shrinks all gradients together so that their common norm is at most <paramref name="maxNorm"/>; acts in the next step.</summary>
    /// <remarks>Pascanu et al. 2013, arXiv:1211.5063. The factor is applied inside the step's kernel: no extra pass over memory.</remarks>
    /// <returns>The norm before.</returns>
    /// <exception cref="ConfigException">maxNorm is not above 0.</exception>
    public double ClipGradNorm(double maxNorm)
    {
        if (!(maxNorm > 0))
            throw new ConfigException(FormattableString.Invariant($"ClipGradNorm: the largest norm must be above 0, not {maxNorm}."));
        double norm = Math.Sqrt(SquaredGradNorm());
        // 1e-6 as in PyTorch, so that equal weights stay equal.
        _gradientScale = Math.Min(1, maxNorm / (norm + 1e-6));
        return norm;
    }

    /// <summary>In one go where all parameters lie on one device: a GPU is then waited for once.</summary>
    private double SquaredGradNorm()
    {
        _gradients.Clear();
        bool together = true;
        foreach (Parameter parameter in Parameters)
        {
            if (parameter is not { RequiresGrad: true, Grad: { } gradient }) continue;
            _gradients.Add(gradient);
            together &= gradient.Device == _gradients[0].Device;
        }
        double squares = together ? Fused.SquaredNorm(CollectionsMarshal.AsSpan(_gradients)) : _gradients.Sum(Fused.SumOfSquares);
        _gradients.Clear();
        return squares;
    }

    /// <summary>Updates every parameter that has a gradient and is not frozen, and clears all gradients.</summary>
    /// <param name="learningRate">Step size of this step; null for <see cref="LearningRate"/>.</param>
    public void Step(double? learningRate = null)
    {
        Steps++;
        _due.Clear();
        for (int i = 0; i < Parameters.Count; i++)
            if (Parameters[i] is { RequiresGrad: true, Grad: not null }) _due.Add(i);
        UpdateAll(CollectionsMarshal.AsSpan(_due), learningRate ?? LearningRate, _gradientScale);
        for (int i = 0; i < Parameters.Count; i++) Parameters[i].ClearGrad();
        _gradientScale = 1;
    }

    /// <summary>State tensors by name, such as <c>wte.weight.m</c>: what a checkpoint holds beside <see cref="Steps"/>. They are live.</summary>
    public abstract IEnumerable<KeyValuePair<string, Tensor>> State { get; }

    /// <summary>Continues from a saved state.</summary>
    /// <exception cref="CheckpointException">A tensor is missing or misshapen; nothing was changed.</exception>
    public void LoadState(IReadOnlyDictionary<string, Tensor> state, long steps)
    {
        foreach ((string name, Tensor own) in State)
        {
            if (!state.TryGetValue(name, out Tensor? saved))
                throw new CheckpointException($"The optimizer's state lacks '{name}'. It was saved with another optimizer or model.");
            if (saved.Shape != own.Shape)
                throw new CheckpointException($"The optimizer's state '{name}' is {saved.Shape}, the model wants {own.Shape}. It was saved with another model.");
        }
        foreach ((string name, Tensor own) in State) own.CopyFrom(state[name]);
        Steps = steps;
    }

    /// <summary>The formula for one parameter.</summary>
    /// <param name="index">Its place in <see cref="Parameters"/>.</param>
    /// <param name="parameter">Changed in place.</param>
    /// <param name="gradient">Its gradient.</param>
    /// <param name="learningRate">Step size.</param>
    /// <param name="gradientScale">Factor on the gradient.</param>
    protected abstract void Update(int index, Tensor parameter, Tensor gradient, double learningRate, double gradientScale);

    /// <summary>The formula for every parameter that is due: one by one, unless an optimizer has a kernel for all together.</summary>
    /// <param name="indices">Their places in <see cref="Parameters"/>; each has a gradient.</param>
    /// <param name="learningRate">Step size.</param>
    /// <param name="gradientScale">Factor on the gradients.</param>
    protected virtual void UpdateAll(ReadOnlySpan<int> indices, double learningRate, double gradientScale)
    {
        foreach (int i in indices) Update(i, Parameters[i].Value, Parameters[i].Grad!, learningRate, gradientScale);
    }

    /// <summary>Zeros like each parameter, outside every scope.</summary>
    protected Tensor[] ZerosLikeParameters()
    {
        using MemoryScope persistent = MemoryScope.Persistent();
        return [.. Parameters.Select(p => Tensor.Zeros(p.Shape, p.Value.DType, p.Value.Device))];
    }

    /// <summary>Names state tensors after their parameters; a parameter without a name gets its number.</summary>
    protected IEnumerable<KeyValuePair<string, Tensor>> Named(Tensor[] state, string suffix)
    {
        for (int i = 0; i < state.Length; i++)
            yield return KeyValuePair.Create($"{(Parameters[i].Name.Length > 0 ? Parameters[i].Name : i)}.{suffix}", state[i]);
    }

    /// <summary>Passes a setting on if it makes sense.</summary>
    /// <exception cref="ConfigException">It is negative or not a number.</exception>
    protected double CheckNotNegative(double value, string what) => value >= 0 && double.IsFinite(value)
        ? value
        : throw new ConfigException(FormattableString.Invariant($"{GetType().Name}: the {what} must be a number of at least 0, not {value}."));
}
