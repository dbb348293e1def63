namespace MiniStack.Optim;

// What a checkpoint holds.
public abstract partial class Optimizer
{
    /// <summary>State tensors by name, such as <c>wte.weight.m</c>: what a checkpoint holds beside <see cref="Steps"/>. They are live.</summary>
    public abstract IEnumerable<KeyValuePair<string, Tensor>> State { get; }

    /// <summary>Continues from a saved state.</summary>
    /// <exception cref="CheckpointException">A tensor is missing or misshapen; nothing was changed.</exception>
    public void LoadState(IReadOnlyDictionary<string, Tensor> state, long steps)
    {
        SavedState.Load(State, state, "optimizer", "It was saved with another optimizer or model.");
        Steps = steps;
        OnLoaded();
    }

    /// <summary>After a saved state was taken over.</summary>
    private protected virtual void OnLoaded()
    {
    }

    /// <summary>Zeros like each parameter, outside every scope.</summary>
    protected Tensor[] ZerosLikeParameters() => [.. ZerosLikeParameters(_ => true).Select(zeros => zeros!)];

    /// <summary>Zeros like each parameter that needs them, outside every scope; null for the others.</summary>
    private protected Tensor?[] ZerosLikeParameters(Func<Parameter, bool> need)
    {
        using MemoryScope persistent = MemoryScope.Persistent();
        return [.. Parameters.Select(p => need(p) ? Tensor.Zeros(p.Shape, p.Value.DType, p.Value.Device) : null)];
    }

    /// <summary>Names state tensors after their parameters; a parameter without a name gets its number.</summary>
    /// <param name="state">One for each parameter, or null where a parameter has none; empty for no state of this kind.</param>
    /// <param name="suffix">What it is.</param>
    protected IEnumerable<KeyValuePair<string, Tensor>> Named(IReadOnlyList<Tensor?> state, string suffix)
    {
        for (int i = 0; i < state.Count; i++)
            if (state[i] is { } tensor) yield return KeyValuePair.Create($"{SavedState.NameOf(Parameters, i)}.{suffix}", tensor);
    }
}
