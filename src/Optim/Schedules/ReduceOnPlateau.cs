namespace MiniStack.Optim;

/// <summary>Learning rate that falls when a measure has stopped getting better. It looks at results, not at the step.</summary>
/// <remarks>Rule and defaults are those of PyTorch's ReduceLROnPlateau, with its relative threshold.</remarks>
public sealed class ReduceOnPlateau : ISchedule, ISavedState
{
    private readonly Tensor _numbers; // rate, best, reports without progress, reports left to cool down: live state
    private readonly double _factor, _threshold, _minimum;
    private readonly long _patience, _coolDown;
    private readonly bool _higherIsBetter;

    private enum Place { Rate, Best, Bad, Cooling, Count }

    /// <param name="start">First rate.</param>
    /// <param name="factor">What the rate is multiplied by; from 0 to below 1.</param>
    /// <param name="patience">Reports without progress that are let pass.</param>
    /// <param name="threshold">Progress is a change for the better by more than this share of the best.</param>
    /// <param name="coolDown">Reports after a change of the rate that do not count.</param>
    /// <param name="minimum">Lowest rate.</param>
    /// <param name="higherIsBetter">True for an accuracy, false for a loss.</param>
    /// <exception cref="ConfigException">A number makes no sense.</exception>
    public ReduceOnPlateau(
        double start, double factor = 0.1, long patience = 10, double threshold = 1e-4, long coolDown = 0, double minimum = 0,
        bool higherIsBetter = false)
    {
        const string name = nameof(ReduceOnPlateau);
        _factor = Check.Share(name, factor, "factor");
        _patience = Check.AtLeast(name, 0, patience, "patience");
        _threshold = Check.NotNegative(name, threshold, "threshold");
        _coolDown = Check.AtLeast(name, 0, coolDown, "cool-down");
        _minimum = Check.NotNegative(name, minimum, "minimum");
        _higherIsBetter = higherIsBetter;
        using MemoryScope persistent = MemoryScope.Persistent();
        _numbers = Tensor.Zeros([(int)Place.Count], DType.F64);
        this[Place.Rate] = Check.NotNegative(name, start, "learning rate");
        this[Place.Best] = higherIsBetter ? double.NegativeInfinity : double.PositiveInfinity;
    }

    /// <summary>The rate after the last report.</summary>
    public double LearningRate => this[Place.Rate];

    /// <summary>State tensor by name. It is live.</summary>
    public IEnumerable<KeyValuePair<string, Tensor>> State => [KeyValuePair.Create("plateau.numbers", _numbers)];

    /// <inheritdoc/>
    public double At(long step) => LearningRate;

    /// <summary>Takes a new value of the measure, such as the validation loss, into account.</summary>
    /// <returns>The rate from now on.</returns>
    public double Report(double metric)
    {
        double best = this[Place.Best];
        if (_higherIsBetter ? metric > best * (1 + _threshold) : metric < best * (1 - _threshold))
            (this[Place.Best], this[Place.Bad]) = (metric, 0);
        else
            this[Place.Bad]++;
        if (this[Place.Cooling] > 0)
        {
            this[Place.Cooling]--;
            this[Place.Bad] = 0;
        }
        if (this[Place.Bad] > _patience)
        {
            double reduced = Math.Max(LearningRate * _factor, _minimum);
            if (LearningRate - reduced > 1e-8) this[Place.Rate] = reduced; // as in PyTorch: less is no change
            (this[Place.Cooling], this[Place.Bad]) = (_coolDown, 0);
        }
        return LearningRate;
    }

    /// <summary>Continues from a saved state.</summary>
    /// <exception cref="CheckpointException">The tensor is missing or misshapen; nothing was changed.</exception>
    public void LoadState(IReadOnlyDictionary<string, Tensor> state) =>
        SavedState.Load(State, state, "schedule", "It was saved without a plateau schedule.");

    private double this[Place place]
    {
        get => _numbers.AsReadOnlySpan<double>()[(int)place];
        set => _numbers.AsSpan<double>()[(int)place] = value;
    }
}
