using System.Diagnostics;

namespace MiniStack;

/// <summary>One recorded operation: its fields are exactly what its gradient needs, and <see cref="Backward"/> is the formula.</summary>
[DebuggerDisplay("{Name,nq}, {_inputs.Length} inputs")]
public abstract class GradNode
{
    private readonly Variable[] _inputs;
    private GradientSum? _gradient;
    private readonly bool _savesInputs;
    // of the first inputs' storages: fields, because an array would cost every operation one more object
    private readonly int _writes1, _writes2, _writes3;
    private (Tensor Tensor, int Writes, string Name)[] _saved = [];

    /// <summary>Records an operation on <paramref name="inputs"/>, whose values the gradient will read.</summary>
    protected GradNode(params Variable[] inputs)
        : this(savesInputs: true, inputs)
    {
    }

    /// <summary>Records an operation on <paramref name="inputs"/>.</summary>
    /// <param name="savesInputs">False when the gradient does not read the inputs' values, so that they may change before Backward.</param>
    /// <param name="inputs">What the operation was given.</param>
    protected GradNode(bool savesInputs, params Variable[] inputs)
    {
        _inputs = inputs;
        foreach (Variable input in inputs) NeedsGrad |= input.NeedsGrad;
        // What no tape listens to, as in the formulas of Backward, is never walked back.
        if (!savesInputs || !NeedsGrad || !Tape.IsRecording) return;
        _savesInputs = true;
        if (inputs.Length > 0) _writes1 = inputs[0].Value.Version;
        if (inputs.Length > 1) _writes2 = inputs[1].Value.Version;
        if (inputs.Length > 2) _writes3 = inputs[2].Value.Version;
        for (int i = 3; i < inputs.Length; i++) Save(inputs[i].Value, $"input {i + 1}");
    }

    /// <summary>The operation's name, such as <c>MatMul</c>.</summary>
    public string Name => GetType().Name is var name && name.EndsWith("Node", StringComparison.Ordinal) ? name[..^4] : name;

    /// <summary>What the operation was given.</summary>
    public IReadOnlyList<Variable> Inputs => _inputs;

    /// <summary>True when any input needs a gradient; otherwise the operation is not recorded.</summary>
    public bool NeedsGrad { get; }

    /// <summary>
    /// True when gradients may reach parameters that are not among <see cref="Inputs"/>, as those that a checkpointed segment holds.
    /// </summary>
    internal virtual bool UsesMoreThanInputs => false;

    /// <summary>The tape that recorded the operation.</summary>
    internal Tape? Tape { get; set; }

    /// <summary>What the operation made, where it was recorded.</summary>
    internal Variable? Made { get; set; }

    /// <summary>The parameters that gradients may reach through the operation.</summary>
    internal virtual IEnumerable<Parameter> Parameters => _inputs.OfType<Parameter>();

    /// <summary>True when a gradient has reached a result.</summary>
    internal virtual bool HasGradient => _gradient?.Value is not null;

    /// <summary>
    /// Turns the gradient of the result into those of the inputs and adds them with <see cref="Variable.AddGrad(Variable)"/>.
    /// </summary>
    /// <param name="dy">∂loss/∂result, of the result's shape.</param>
    public abstract void Backward(Variable dy);

    /// <summary>Runs <see cref="Backward"/>; a typed error that arises inside names the operation.</summary>
    [DebuggerStepThrough]
    private void Run(Variable dy)
    {
        try
        {
            Backward(dy);
        }
        catch (MiniStackException error) when (Blame(error))
        {
            throw;
        }
    }

    /// <summary>Runs the formula on the gradients that were summed here.</summary>
    [DebuggerStepThrough]
    internal virtual void RunSummed() => Run(_gradient!.Value!);

    /// <summary>Runs the formula on the gradients that a sweep has summed.</summary>
    [DebuggerStepThrough]
    internal virtual void RunSwept(GradSweep sweep) => Run(sweep.At(this)!);

    /// <summary>True when a sweep's gradient has reached a result.</summary>
    internal virtual bool IsReached(GradSweep sweep) => sweep.At(this) is not null;

    /// <summary>The gradient of a result, as far as it has been summed.</summary>
    /// <param name="slot">Which result, from 0.</param>
    internal virtual GradientSum GradientAt(int slot) => _gradient ??= new GradientSum();

    /// <summary>Under what a sweep keeps the gradient of a result.</summary>
    internal virtual object KeyAt(int slot) => this;

    /// <summary>All of those.</summary>
    internal virtual IEnumerable<object> Keys => [this];

    /// <summary>Lets go of the gradients.</summary>
    internal virtual void ReleaseGradients() => _gradient?.Release();

    /// <summary>Puts a mark into the results in the operation's place.</summary>
    internal virtual void Forget(GradNode ended) => Made?.Forget(ended);

    /// <summary>Errors of the tape name the operation themselves. A filter, so that a debugger stops where the error arises.</summary>
    private protected bool Blame(MiniStackException error)
    {
        if (error is not TapeException) error.GradientOf ??= Name;
        return false;
    }

    /// <summary>Declares a tensor that the gradient reads; Backward throws if it was changed since.</summary>
    /// <returns>The tensor itself.</returns>
    protected Tensor Save(Tensor tensor, string name)
    {
        if (!Tape.IsRecording) return tensor;
        // Grown by one each time: an operation saves one or two tensors besides its inputs.
        Array.Resize(ref _saved, _saved.Length + 1);
        _saved[^1] = (tensor, tensor.Version, name);
        return tensor;
    }

    /// <summary>Throws if a saved tensor was changed after it was saved.</summary>
    [DebuggerStepThrough]
    internal void CheckSaved()
    {
        for (int i = 0; _savesInputs && i < _inputs.Length && i < 3; i++)
        {
            CheckSaved(
                _inputs[i].Value, i switch { 0 => _writes1, 1 => _writes2, _ => _writes3 },
                i switch { 0 => "input 1", 1 => "input 2", _ => "input 3" });
        }
        foreach ((Tensor tensor, int writes, string name) in _saved) CheckSaved(tensor, writes, name);
    }

    [DebuggerStepThrough]
    private void CheckSaved(Tensor tensor, int writes, string name)
    {
        if (tensor.Version == writes) return;
        throw new TapeException(
            $"Backward: {name} of {Name}, of shape {tensor.Shape}, was changed in place after the forward pass saved it, so its " +
            "gradient would be wrong. Change it after Backward, or change a Clone().");
    }
}
