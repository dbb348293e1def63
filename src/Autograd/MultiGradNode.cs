using System.Diagnostics;

namespace MiniStack;

/// <summary>
/// One recorded operation with several results, such as the parts of a split: its gradient is computed once, from those of all results.
/// </summary>
public abstract class MultiGradNode : GradNode
{
    private readonly GradientSum[] _gradients;

    /// <summary>Records an operation on <paramref name="inputs"/>.</summary>
    /// <param name="outputs">How many results it has.</param>
    /// <param name="savesInputs">False when the gradient does not read the inputs' values, so that they may change before Backward.</param>
    /// <param name="inputs">What the operation was given.</param>
    protected MultiGradNode(int outputs, bool savesInputs, params Variable[] inputs)
        : base(savesInputs, inputs)
    {
        _gradients = new GradientSum[outputs];
        for (int i = 0; i < outputs; i++) _gradients[i] = new GradientSum();
    }

    /// <summary>What the operation made, where it was recorded.</summary>
    internal Variable[] Results { get; set; } = [];

    internal override bool HasGradient => Array.Exists(_gradients, gradient => gradient.Value is not null);

    internal override IEnumerable<object> Keys => _gradients;

    /// <summary>
    /// Turns the gradients of the results into those of the inputs and adds them with <see cref="Variable.AddGrad(Variable)"/>.
    /// </summary>
    /// <param name="dys">∂loss/∂result of each result; null for those that no path leads from to the loss.</param>
    public abstract void Backward(ReadOnlySpan<Variable?> dys);

    /// <summary>Not called: an operation with several results gets all gradients at once.</summary>
    public sealed override void Backward(Variable dy) => throw new UnreachableException();

    internal override bool IsReached(GradSweep sweep) => Array.Exists(_gradients, gradient => sweep.At(gradient) is not null);

    internal override GradientSum GradientAt(int slot) => _gradients[slot];

    internal override object KeyAt(int slot) => _gradients[slot];

    [DebuggerStepThrough]
    internal override void RunSummed() => Run([.. _gradients.Select(gradient => gradient.Value is { } dy ? new Variable(dy) : null)]);

    [DebuggerStepThrough]
    internal override void RunSwept(GradSweep sweep) => Run([.. _gradients.Select(sweep.At)]);

    internal override void ReleaseGradients()
    {
        foreach (GradientSum gradient in _gradients) gradient.Release();
    }

    internal override void Forget(GradNode ended)
    {
        foreach (Variable result in Results) result.Forget(ended);
    }

    [DebuggerStepThrough]
    private void Run(Variable?[] dys)
    {
        try
        {
            Backward(dys);
        }
        catch (MiniStackException error) when (Blame(error))
        {
            throw;
        }
    }
}
