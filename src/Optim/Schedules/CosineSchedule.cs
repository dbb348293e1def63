namespace MiniStack.Optim;

/// <summary>Learning rate that rises in a line, then falls along half a cosine, then stays at its minimum.</summary>
/// <param name="Peak">Highest rate, reached after the warm-up.</param>
/// <param name="Minimum">Last rate.</param>
/// <param name="WarmUp">Steps of the rise.</param>
/// <param name="Horizon">Step at which the minimum is reached.</param>
/// <remarks>Loshchilov and Hutter 2017, arXiv:1608.03983, without restarts; the warm-up is that of <see cref="WarmUpSchedule"/>.</remarks>
public sealed record CosineSchedule(double Peak, double Minimum, long WarmUp, long Horizon) : ISchedule
{
    /// <inheritdoc/>
    public double At(long step)
    {
        if (step < WarmUp) return WarmUpSchedule.Rise(Peak, step, WarmUp);
        return step >= Horizon ? Minimum : Between(Peak, Minimum, (step - WarmUp) / (double)(Horizon - WarmUp));
    }

    /// <summary>From one rate to another along half a cosine.</summary>
    internal static double Between(double from, double to, double progress) => to + 0.5 * (1 + Math.Cos(Math.PI * progress)) * (from - to);
}
