namespace MiniStack.Optim;

/// <summary>Learning rate that falls along half a cosine again and again, each time perhaps more slowly.</summary>
/// <param name="Peak">Rate at the start of every period.</param>
/// <param name="Minimum">Rate that the end of every period approaches.</param>
/// <param name="Period">Steps of the first period.</param>
/// <param name="Growth">How many times longer each period is than the one before.</param>
/// <remarks>Loshchilov and Hutter 2017, arXiv:1608.03983, eq. 5.</remarks>
/// <exception cref="ConfigException">A rate is negative or not a number, or <paramref name="Period"/> or <paramref name="Growth"/> is below
/// 1.</exception>
public sealed record CosineRestartsSchedule(double Peak, double Minimum, long Period, long Growth = 1) : ISchedule
{
    /// <summary>Rate at the start of every period.</summary>
    public double Peak { get; init => field = Check.NotNegative(nameof(CosineRestartsSchedule), value, "peak"); } =
        Check.NotNegative(nameof(CosineRestartsSchedule), Peak, "peak");

    /// <summary>Rate that the end of every period approaches.</summary>
    public double Minimum { get; init => field = Check.NotNegative(nameof(CosineRestartsSchedule), value, "minimum"); } =
        Check.NotNegative(nameof(CosineRestartsSchedule), Minimum, "minimum");

    /// <summary>Steps of the first period.</summary>
    public long Period { get; } = Check.AtLeast(nameof(CosineRestartsSchedule), 1, Period, "period");

    /// <summary>How many times longer each period is than the one before.</summary>
    public long Growth { get; } = Check.AtLeast(nameof(CosineRestartsSchedule), 1, Growth, "growth of the period");

    /// <inheritdoc/>
    public double At(long step)
    {
        long period = Period;
        if (Growth == 1) step %= period;
        for (; step >= period; period = period > long.MaxValue / Growth ? long.MaxValue : period * Growth) step -= period;
        return CosineSchedule.Between(Peak, Minimum, step / (double)period);
    }
}

/// <summary>One rise and one fall along half cosines, to far below the start.</summary>
/// <param name="Peak">Highest rate.</param>
/// <param name="Horizon">Steps altogether.</param>
/// <param name="RisingShare">Share of the steps before the peak, from 0 to 1.</param>
/// <param name="StartDivisor">The first rate is the peak divided by this.</param>
/// <param name="EndDivisor">The last rate is the first divided by this.</param>
/// <remarks>Smith and Topin 2018, arXiv:1708.07120, in the two phases and with the defaults of PyTorch's OneCycleLR.</remarks>
/// <exception cref="ConfigException">A number makes no sense.</exception>
public sealed record OneCycleSchedule(
    double Peak, long Horizon, double RisingShare = 0.3, double StartDivisor = 25, double EndDivisor = 1e4) : ISchedule
{
    /// <summary>Highest rate.</summary>
    public double Peak { get; init => field = Check.NotNegative(nameof(OneCycleSchedule), value, "peak"); } =
        Check.NotNegative(nameof(OneCycleSchedule), Peak, "peak");

    /// <summary>Steps altogether.</summary>
    public long Horizon { get; } = Check.AtLeast(nameof(OneCycleSchedule), 2, Horizon, "horizon");

    /// <summary>Share of the steps before the peak, from 0 to 1.</summary>
    public double RisingShare { get; } = RisingShare is >= 0 and <= 1
        ? RisingShare
        : throw new ConfigException(FormattableString.Invariant(
            $"OneCycleSchedule: the rising share must be from 0 to 1, not {RisingShare}."));

    /// <summary>The first rate is the peak divided by this.</summary>
    public double StartDivisor { get; } = Check.Positive(nameof(OneCycleSchedule), StartDivisor, "divisor of the start");

    /// <summary>The last rate is the first divided by this.</summary>
    public double EndDivisor { get; } = Check.Positive(nameof(OneCycleSchedule), EndDivisor, "divisor of the end");

    /// <inheritdoc/>
    public double At(long step)
    {
        double top = RisingShare * Horizon - 1, last = Horizon - 1, start = Peak / StartDivisor;
        if (step <= top && top > 0) return CosineSchedule.Between(start, Peak, step / top);
        // Without a rise, the fall begins at step 0.
        top = Math.Max(top, 0);
        return step >= last ? start / EndDivisor : CosineSchedule.Between(Peak, start / EndDivisor, (step - top) / (last - top));
    }
}

/// <summary>Learning rate that rises in a line, stays, and falls in a line.</summary>
/// <param name="Peak">The rate in between.</param>
/// <param name="Minimum">Last rate.</param>
/// <param name="WarmUp">Steps of the rise, as <see cref="WarmUpSchedule"/>'s.</param>
/// <param name="Stable">Steps at the peak.</param>
/// <param name="Decay">Steps of the fall.</param>
/// <remarks>
/// Hu et al. 2024, arXiv:2404.06395, section 4: how long to train need not be known until the fall begins. The fall is linear, as in
/// Hägele et al. 2024, arXiv:2405.18392.
/// </remarks>
/// <exception cref="ConfigException">A rate is negative or not a number, or a number of steps is negative.</exception>
public sealed record WarmUpStableDecaySchedule(double Peak, double Minimum, long WarmUp, long Stable, long Decay) : ISchedule
{
    /// <summary>The rate in between.</summary>
    public double Peak { get; init => field = Check.NotNegative(nameof(WarmUpStableDecaySchedule), value, "peak"); } =
        Check.NotNegative(nameof(WarmUpStableDecaySchedule), Peak, "peak");

    /// <summary>Last rate.</summary>
    public double Minimum { get; init => field = Check.NotNegative(nameof(WarmUpStableDecaySchedule), value, "minimum"); } =
        Check.NotNegative(nameof(WarmUpStableDecaySchedule), Minimum, "minimum");

    /// <summary>Steps of the rise.</summary>
    public long WarmUp { get; } = Check.AtLeast(nameof(WarmUpStableDecaySchedule), 0, WarmUp, "number of warm-up steps");

    /// <summary>Steps at the peak.</summary>
    public long Stable { get; } = Check.AtLeast(nameof(WarmUpStableDecaySchedule), 0, Stable, "number of stable steps");

    /// <summary>Steps of the fall.</summary>
    public long Decay { get; } = Check.AtLeast(nameof(WarmUpStableDecaySchedule), 0, Decay, "number of decay steps");

    /// <inheritdoc/>
    public double At(long step)
    {
        if (step < WarmUp) return WarmUpSchedule.Rise(Peak, step, WarmUp);
        long falling = step - WarmUp - Stable;
        if (falling < 0) return Peak;
        return falling >= Decay ? Minimum : Peak + (Minimum - Peak) * falling / Decay;
    }
}
