namespace MiniStack.Optim;

/// <summary>Learning rate that rises in a line, then falls along half a cosine, then stays at its minimum.</summary>
/// <param name="Peak">Highest rate, reached after the warm-up.</param>
/// <param name="Minimum">Last rate.</param>
/// <param name="WarmUp">Steps of the rise.</param>
/// <param name="Horizon">Step at which the minimum is reached.</param>
/// <remarks>Loshchilov and Hutter 2017, arXiv:1608.03983, without restarts; the warm-up is that of <see cref="WarmUpSchedule"/>.</remarks>
/// <exception cref="ConfigException">A rate is negative or not a number, or the warm-up is negative or longer than the horizon.</exception>
public sealed record CosineSchedule(double Peak, double Minimum, long WarmUp, long Horizon) : ISchedule
{
    /// <summary>Highest rate, reached after the warm-up.</summary>
    public double Peak { get; init => field = Check.NotNegative(nameof(CosineSchedule), value, "peak"); } =
        Check.NotNegative(nameof(CosineSchedule), Peak, "peak");

    /// <summary>Last rate.</summary>
    public double Minimum { get; init => field = Check.NotNegative(nameof(CosineSchedule), value, "minimum"); } =
        Check.NotNegative(nameof(CosineSchedule), Minimum, "minimum");

    /// <summary>Steps of the rise.</summary>
    public long WarmUp { get; } = Check.AtLeast(nameof(CosineSchedule), 0, WarmUp, "number of warm-up steps");

    /// <summary>Step at which the minimum is reached.</summary>
    public long Horizon { get; } = Horizon >= Math.Max(WarmUp, 1)
        ? Horizon
        : throw new ConfigException(FormattableString.Invariant(
            $"CosineSchedule: the horizon must be at least 1 and not before the warm-up of {WarmUp} steps ends, not {Horizon}."));

    /// <inheritdoc/>
    public double At(long step)
    {
        if (step < WarmUp) return WarmUpSchedule.Rise(Peak, step, WarmUp);
        return step >= Horizon ? Minimum : Between(Peak, Minimum, (step - WarmUp) / (double)(Horizon - WarmUp));
    }

    /// <summary>From one rate to another along half a cosine.</summary>
    internal static double Between(double from, double to, double progress) => to + 0.5 * (1 + Math.Cos(Math.PI * progress)) * (from - to);
}
