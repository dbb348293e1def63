namespace MiniStack.Optim;

/// <summary>The factor on a loss that keeps the gradients of 16-bit floats from vanishing.</summary>
/// <remarks>
/// Micikevicius et al. 2018, arXiv:1710.03740, section 3.2: gradients below 6e-8 are zero in F16, so the loss is multiplied before Backward
/// and the gradients are divided after. The factor grows while all goes well, and falls when a gradient overflows; rule and defaults are
/// those of PyTorch's GradScaler.
/// </remarks>
public sealed class LossScaler : ISavedState
{
    private readonly Tensor _numbers; // the factor, and the good steps since it changed
    private readonly double _growth, _backoff;
    private readonly long _interval;

    /// <summary>A factor that adapts.</summary>
    /// <param name="scale">First factor.</param>
    /// <param name="growth">It is multiplied by this after <paramref name="interval"/> good steps; at least 1.</param>
    /// <param name="backoff">It is multiplied by this when a gradient is not finite; above 0, at most 1.</param>
    /// <param name="interval">Good steps between growths.</param>
    /// <exception cref="ConfigException">A number makes no sense.</exception>
    public LossScaler(double scale = 65536, double growth = 2, double backoff = 0.5, long interval = 2000)
    {
        if (!(growth >= 1 && double.IsFinite(growth)))
            throw new ConfigException(FormattableString.Invariant($"LossScaler: the growth must be a number of at least 1, not {growth}."));
        if (!(backoff > 0 && backoff <= 1))
        {
            throw new ConfigException(FormattableString.Invariant(
                $"LossScaler: the backoff must be above 0 and at most 1, not {backoff}."));
        }
        (_growth, _backoff) = (growth, backoff);
        _interval = Check.AtLeast(nameof(LossScaler), 1, interval, "interval");
        using MemoryScope persistent = MemoryScope.Persistent();
        _numbers = Tensor.CopyOf([Check.Positive(nameof(LossScaler), scale, "scale"), 0.0]);
    }

    /// <summary>A factor that stays.</summary>
    /// <exception cref="ConfigException">It is not above 0.</exception>
    public static LossScaler Static(double scale) => new(scale, growth: 1, backoff: 1);

    /// <summary>The factor for the next loss.</summary>
    public double Scale => _numbers.AsReadOnlySpan<double>()[0];

    /// <summary>Good steps since the factor changed.</summary>
    public long GoodSteps => (long)_numbers.AsReadOnlySpan<double>()[1];

    /// <summary>State tensor by name. It is live.</summary>
    public IEnumerable<KeyValuePair<string, Tensor>> State => [KeyValuePair.Create("scaler.numbers", _numbers)];

    /// <summary>Continues from a saved state.</summary>
    /// <exception cref="CheckpointException">The tensor is missing or misshapen; nothing was changed.</exception>
    public void LoadState(IReadOnlyDictionary<string, Tensor> state) =>
        SavedState.Load(State, state, "loss scaler", "It was saved without a loss scaler.");

    /// <summary>Adapts the factor to what became of the last gradients.</summary>
    /// <param name="finite">Whether all of them were finite numbers.</param>
    public void Report(bool finite)
    {
        Span<double> numbers = _numbers.AsSpan<double>();
        if (!finite)
        {
            numbers[0] *= _backoff;
            numbers[1] = 0;
        }
        else if (++numbers[1] >= _interval)
        {
            numbers[0] *= _growth;
            numbers[1] = 0;
        }
    }
}
