using System.Runtime.InteropServices;

namespace MiniStack.Optim;

// What happens to gradients between Backward and Step.
public abstract partial class Optimizer
{
    private readonly List<Tensor> _gradients = []; // filled and emptied by SquaredGradNorm
    private double _pendingScale = 1;

    /// <summary>Forgets the gradients of all parameters, and what was to happen to them in the next step.</summary>
    /// <remarks>A step does it. Call it when there will be none: after an exception between Backward and Step, or a batch that is left out.
    /// Otherwise the next Backward adds to what there is.</remarks>
    public void ClearGradients()
    {
        for (int i = 0; i < Parameters.Count; i++) Parameters[i].ClearGrad();
        _pendingScale = 1;
        OnCleared();
    }

    /// <summary>After gradients were forgotten.</summary>
    private protected virtual void OnCleared()
    {
    }

    /// <summary>
    /// Multiplies a loss before Backward where gradients need it, as <see cref="MixedPrecision"/>'s do; otherwise the loss itself.
    /// </summary>
    public virtual Variable Scale(Variable loss) => loss;

    /// <summary>
    /// True when a gradient that is not finite makes <see cref="Step"/> skip the update instead of spoiling the parameters.
    /// </summary>
    public virtual bool SkipsNonFinite => false;

    /// <summary>The factor on gradients as Backward left them: undoes <see cref="Scale"/>, then averages and clips.</summary>
    internal double GradientScale => _pendingScale * LossUnscale;

    /// <summary>1 over what <see cref="Scale"/> multiplies by.</summary>
    private protected virtual double LossUnscale => 1;

    /// <summary>
    /// Makes the sum of the gradients of several Backward calls their mean; acts in the next step, and in clipping that comes after.
    /// </summary>
    /// <param name="microBatches">How many Backward calls were made since the last step.</param>
    /// <remarks>
    /// With batches of equal sizes and mean losses, the step is then that of one large batch, in the memory of a small one.
    /// </remarks>
    /// <exception cref="ConfigException">There is not at least one.</exception>
    public void AverageGradients(int microBatches) =>
        _pendingScale /= Check.AtLeast(nameof(AverageGradients), 1, microBatches, "number of micro-batches");

    /// <summary>
    /// Shrinks all gradients together so that their common norm is at most <paramref name="maxNorm"/>; acts in the next step.
    /// </summary>
    /// <remarks>Pascanu et al. 2013, arXiv:1211.5063. The factor is applied inside the step's kernel: no extra pass over memory.</remarks>
    /// <returns>The norm before.</returns>
    /// <exception cref="ConfigException">maxNorm is not above 0.</exception>
    public double ClipGradNorm(double maxNorm)
    {
        if (!(maxNorm > 0))
            throw new ConfigException(FormattableString.Invariant($"ClipGradNorm: the largest norm must be above 0, not {maxNorm}."));
        double norm = GradientScale * Math.Sqrt(SquaredGradNorm());
        // 1e-6 as in PyTorch, so that equal weights stay equal.
        _pendingScale *= Math.Min(1, maxNorm / (norm + 1e-6));
        return norm;
    }

    /// <summary>Cuts every element of every gradient to −limit … limit, in place.</summary>
    /// <exception cref="ConfigException">The limit is not above 0.</exception>
    public void ClipGradValue(double limit)
    {
        if (!(limit > 0)) // ∞ cuts nothing
            throw new ConfigException(FormattableString.Invariant($"ClipGradValue: the largest value must be above 0, not {limit}."));
        double unscaled = limit / GradientScale; // the gradients themselves are scaled later
        foreach (Parameter parameter in Parameters)
        {
            if (parameter is not { RequiresGrad: true, Grad: { } gradient }) continue;
            using MemoryScope scope = MemoryScope.Begin();
            gradient.CopyFrom(gradient.Minimum(gradient.ScalarLike(unscaled)).Maximum(gradient.ScalarLike(-unscaled)));
        }
    }

    /// <summary>In one go where all parameters lie on one device: a GPU is then waited for once.</summary>
    private protected double SquaredGradNorm()
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
}
