namespace MiniStack.Optim;

/// <summary>Averages of the parameters over past steps, which often do better than the last values.</summary>
/// <remarks>
/// Polyak and Juditsky 1992, "Acceleration of stochastic approximation by averaging", with exponentially falling weights:
/// a ← d·a + (1 − d)·p after each step. Averages of F16 and BF16 parameters are kept in F32.
/// </remarks>
public sealed class ExponentialMovingAverage : ISavedState
{
    private readonly Parameter[] _parameters;
    private readonly Tensor[] _averages;
    private readonly (Shape, DType, Device)[] _made; // what each parameter was when its average was made
    private readonly Tensor _updates;
    private readonly double _decay;
    private readonly bool _warmUp;
    private bool _isSwapped;

    /// <summary>Averages that start at the parameters' present values.</summary>
    /// <param name="parameters">What to average.</param>
    /// <param name="decay">d above, from 0 to below 1: the average looks back over about 1/(1 − d) steps.</param>
    /// <param name="warmUp">At update t, use min(d, (1 + t)/(10 + t)): the start values are then soon forgotten.</param>
    /// <exception cref="ConfigException">There are no parameters, or the decay makes no sense.</exception>
    public ExponentialMovingAverage(IEnumerable<Parameter> parameters, double decay = 0.999, bool warmUp = false)
    {
        _parameters = [.. parameters];
        if (_parameters.Length == 0) throw new ConfigException("ExponentialMovingAverage: there are no parameters to average.");
        (_decay, _warmUp) = (Check.Share(nameof(ExponentialMovingAverage), decay, "decay"), warmUp);
        using MemoryScope persistent = MemoryScope.Persistent();
        _averages = [.. _parameters.Select(p => p.Value.DType.IsHalf() ? p.Value.To(DType.F32) : p.Value.Clone())];
        _made = [.. _parameters.Select(p => (p.Shape, p.Value.DType, p.Value.Device))];
        _updates = Tensor.Zeros([1], DType.F64);
    }

    /// <summary>How many times <see cref="Update"/> was called.</summary>
    public long Updates => (long)_updates.AsReadOnlySpan<double>()[0];

    /// <summary>State tensors by name, such as <c>wte.weight.average</c>. They are live.</summary>
    public IEnumerable<KeyValuePair<string, Tensor>> State =>
    [
        .. _averages.Select((average, i) => KeyValuePair.Create($"{SavedState.NameOf(_parameters, i)}.average", average)),
        KeyValuePair.Create("average.updates", _updates),
    ];

    /// <summary>Takes the present values into the averages: once after every step.</summary>
    /// <exception cref="ConfigException">The averages are swapped in.</exception>
    /// <exception cref="DTypeException">A parameter was converted since the averages were made; nothing was changed.</exception>
    /// <exception cref="DeviceException">A parameter was moved since the averages were made; nothing was changed.</exception>
    public void Update()
    {
        CheckNotSwapped(nameof(Update));
        CheckFits();
        double updates = ++_updates.AsSpan<double>()[0];
        double decay = _warmUp ? Math.Min(_decay, (1 + updates) / (10 + updates)) : _decay;
        for (int i = 0; i < _parameters.Length; i++)
        {
            using MemoryScope scope = MemoryScope.Begin();
            Optimizer.Average(_averages[i], _parameters[i].Value.To(_averages[i].DType), decay);
        }
    }

    /// <summary>
    /// Puts the averages into the parameters until the result is disposed: <c>using (average.Swap()) loss = Evaluate();</c>.
    /// </summary>
    /// <exception cref="ConfigException">They are swapped in already.</exception>
    public IDisposable Swap()
    {
        CheckNotSwapped(nameof(Swap));
        CheckFits();
        Swapped swapped = new(this);
        _isSwapped = true;
        for (int i = 0; i < _parameters.Length; i++) _parameters[i].Value.CopyFrom(_averages[i]);
        return swapped;
    }

    /// <summary>Continues from a saved state.</summary>
    /// <exception cref="CheckpointException">A tensor is missing or misshapen; nothing was changed.</exception>
    public void LoadState(IReadOnlyDictionary<string, Tensor> state) =>
        SavedState.Load(State, state, "average", "It was saved of another model.");

    private void CheckFits()
    {
        for (int i = 0; i < _parameters.Length; i++)
        {
            if (SavedState.Fits(_parameters[i].Value, _made[i])) continue;
            string parameter = $"{nameof(ExponentialMovingAverage)}: the parameter '{SavedState.NameOf(_parameters, i)}'";
            SavedState.CheckFits(_parameters[i].Value, _made[i], parameter, "the average");
        }
    }

    private void CheckNotSwapped(string operation)
    {
        if (_isSwapped)
        {
            throw new ConfigException(
                $"ExponentialMovingAverage: {operation} while the averages are swapped in. " +
                "Dispose what Swap returned first; `using` does.");
        }
    }

    /// <summary>Holds the values of training meanwhile.</summary>
    private sealed class Swapped : IDisposable
    {
        private readonly ExponentialMovingAverage _owner;
        private Tensor[]? _values;

        public Swapped(ExponentialMovingAverage owner)
        {
            _owner = owner;
            using MemoryScope persistent = MemoryScope.Persistent();
            _values = [.. owner._parameters.Select(p => p.Value.Clone())];
        }

        public void Dispose()
        {
            if (_values is null) return;
            for (int i = 0; i < _values.Length; i++) _owner._parameters[i].Value.CopyFrom(_values[i]);
            _values = null;
            _owner._isSwapped = false;
        }
    }
}
