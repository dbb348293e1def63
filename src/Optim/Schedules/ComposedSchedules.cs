namespace MiniStack.Optim;

/// <summary>A schedule after a rise in a line to its first rate.</summary>
/// <param name="After">Its step 0 comes after the warm-up.</param>
/// <param name="WarmUp">Steps of the rise.</param>
/// <remarks>
/// Goyal et al. 2017, arXiv:1706.02677, section 2.2. Step t has (t + 1)/(warm-up + 1) of the rate, as in nanoGPT: none is lost on a rate of
/// 0.
/// </remarks>
/// <exception cref="ConfigException"><paramref name="WarmUp"/> is negative.</exception>
public sealed record WarmUpSchedule(ISchedule After, long WarmUp) : ISchedule
{
    /// <summary>Steps of the rise.</summary>
    public long WarmUp { get; } = Check.AtLeast(nameof(WarmUpSchedule), 0, WarmUp, "number of warm-up steps");

    /// <inheritdoc/>
    public double At(long step) => step < WarmUp ? Rise(After.At(0), step, WarmUp) : After.At(step - WarmUp);

    /// <summary>The rate on the way up to a peak.</summary>
    internal static double Rise(double peak, long step, long warmUp) => peak * (step + 1.0) / (warmUp + 1.0);
}

/// <summary>One schedule after another, each beginning at its own step 0.</summary>
/// <remarks>As PyTorch's SequentialLR.</remarks>
public sealed class SequentialSchedule : ISchedule
{
    private readonly ISchedule[] _schedules;
    private readonly long[] _milestones;

    /// <param name="schedules">In their order.</param>
    /// <param name="milestones">The step with which each but the first begins, rising.</param>
    /// <exception cref="ConfigException">There is not one milestone between every two schedules, or they do not rise.</exception>
    public SequentialSchedule(IEnumerable<ISchedule> schedules, IEnumerable<long> milestones)
    {
        (_schedules, _milestones) = ([.. schedules], [.. milestones]);
        if (_milestones.Length != _schedules.Length - 1)
        {
            throw new ConfigException(
                FormattableString.Invariant($"SequentialSchedule: {_schedules.Length} schedules need ") +
                FormattableString.Invariant($"{Math.Max(0, _schedules.Length - 1)} milestones between them, and at least one schedule; ") +
                FormattableString.Invariant($"there are {_milestones.Length}."));
        }
        for (int i = 0; i < _milestones.Length; i++)
            if (_milestones[i] <= (i == 0 ? 0 : _milestones[i - 1]))
            {
                throw new ConfigException(FormattableString.Invariant(
                    $"SequentialSchedule: the milestones must rise from above 0; number {i} is {_milestones[i]}."));
            }
    }

    /// <inheritdoc/>
    public double At(long step)
    {
        int begun = _milestones.Count(milestone => milestone <= step);
        return _schedules[begun].At(begun == 0 ? step : step - _milestones[begun - 1]);
    }
}

/// <summary>The product of schedules: one gives a rate, the others factors on it.</summary>
/// <remarks>PyTorch's ChainedScheduler in closed form.</remarks>
public sealed class ChainedSchedule : ISchedule
{
    private readonly ISchedule[] _schedules;

    /// <param name="schedules">The factors.</param>
    /// <exception cref="ConfigException">There are none.</exception>
    public ChainedSchedule(params IEnumerable<ISchedule> schedules)
    {
        _schedules = [.. schedules];
        if (_schedules.Length == 0) throw new ConfigException("ChainedSchedule: there are no schedules to multiply.");
    }

    /// <inheritdoc/>
    public double At(long step) => _schedules.Aggregate(1.0, (product, schedule) => product * schedule.At(step));
}
