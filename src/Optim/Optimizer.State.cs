namespace MiniStack.Optim;

// What a checkpoint holds.
public abstract partial class Optimizer
{
    private const string Reason = "It was saved with another optimizer or model.";

    /// <summary>
    /// State tensors by name, such as <c>wte.weight.m</c>: what a checkpoint holds beside <see cref="Steps"/>. They are live.
    /// </summary>
    /// <remarks>An optimizer of your own that asks for <see cref="StepsOf"/> adds <see cref="StepCounts"/>.</remarks>
    public abstract IEnumerable<KeyValuePair<string, Tensor>> State { get; }

    /// <summary>How many steps each parameter took part in, as <c>name.steps</c>, where that differs from <see cref="Steps"/>.</summary>
    protected IEnumerable<KeyValuePair<string, Tensor>> StepCounts
    {
        get
        {
            // A parameter without elements takes part in none, and nothing depends on its count.
            for (int i = 0; i < _countOf.Length; i++)
                if (StepsOf(i) != Steps && Parameters[i].Value.Count > 0) yield return KeyValuePair.Create(CountName(i), _countOf[i]);
        }
    }

    /// <summary>Continues from a saved state; floats are converted, as PyTorch does, where they were saved in another float type.</summary>
    /// <param name="state">By name, as <see cref="State"/> has it. A parameter whose count of steps is not there has made all of them:
    /// checkpoints from before parameters counted for themselves load as they were meant.</param>
    /// <param name="steps">What <see cref="Steps"/> was.</param>
    /// <exception cref="CheckpointException">A tensor is missing, misshapen or of another kind; nothing was changed.</exception>
    public void LoadState(IReadOnlyDictionary<string, Tensor> state, long steps)
    {
        CheckState(state, steps);
        SavedState.Copy(Tensors, state);
        Steps = steps;
        LoadCounts(state);
        OnLoaded(state);
    }

    /// <summary>Throws what <see cref="LoadState"/> would throw, and changes nothing.</summary>
    /// <param name="state">By name.</param>
    /// <param name="steps">What <see cref="Steps"/> was.</param>
    /// <exception cref="CheckpointException">A tensor is missing, misshapen or of another kind.</exception>
    public void CheckState(IReadOnlyDictionary<string, Tensor> state, long steps)
    {
        if (steps < 0) throw new CheckpointException(FormattableString.Invariant($"The optimizer's state is of {steps} steps. {Reason}"));
        SavedState.Check(Tensors, state, "optimizer", Reason);
        CheckNumbers(state);
        for (int i = 0; i < _countOf.Length; i++)
        {
            string name = CountName(i);
            if (!state.TryGetValue(name, out Tensor? count)) continue;
            SavedState.Check([KeyValuePair.Create(name, _countOf[i])], state, "optimizer", Reason);
            long saved = count.To(Device.Cpu).ToArray<long>()[0];
            if (saved < 0 || saved > steps)
            {
                throw new CheckpointException(FormattableString.Invariant(
                    $"The optimizer's state '{name}' is {saved}, but there were {steps} steps. {Reason}"));
            }
        }
    }

    /// <summary>Throws when saved numbers cannot be what they are; shapes and types were checked.</summary>
    private protected virtual void CheckNumbers(IReadOnlyDictionary<string, Tensor> state)
    {
    }

    /// <summary>Whether a state tensor is a count of steps, which a state may lack.</summary>
    internal virtual bool IsCount(Tensor tensor) => Array.IndexOf(_countOf, tensor) >= 0;

    /// <summary>After a saved state was taken over.</summary>
    private protected virtual void OnLoaded(IReadOnlyDictionary<string, Tensor> state)
    {
    }

    private IEnumerable<KeyValuePair<string, Tensor>> Tensors => State.Where(pair => !IsCount(pair.Value));

    private string CountName(int index) => $"{SavedState.NameOf(Parameters, index)}.steps";

    /// <summary>The counts of a saved state, which was checked.</summary>
    internal void LoadCounts(IReadOnlyDictionary<string, Tensor> state)
    {
        for (int i = 0; i < _countOf.Length; i++)
        {
            if (state.TryGetValue(CountName(i), out Tensor? count)) _countOf[i].CopyFrom(count);
            else _countOf[i].AsSpan<long>()[0] = Steps;
        }
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
