namespace MiniStack.Optim;

/// <summary>Learning rate that rises in a line, then falls along half a cosine, then stays at its minimum.</summary>
/// <param name="Peak">Highest rate, reached after the warm-up.</param>
/// <param name="Minimum">Last rate.</param>
/// <param name="WarmUp">Steps of the rise.</param>
/// <param name="Horizon">Step at which the minimum is reached.</param>
/// <remarks>Loshchilov and Hutter 2017, arXiv:1608.03983, without restarts; the warm-up as in nanoGPT, so that step 0 is not lost.</remarks>
public sealed record CosineSchedule(double Peak, double Minimum, long WarmUp, long Horizon)
{
    /// <summary>The rate of a step, counted from 0.</summary>
    public double At(long step)
    {
        if (step < WarmUp) return Peak * (step + 1) / (WarmUp + 1);
        if (step >= Horizon) return Minimum;
        double progress = (step - WarmUp) / (double)(Horizon - WarmUp);
        return Minimum + 0.5 * (1 + Math.Cos(Math.PI * progress)) * (Peak - Minimum);
    }
}
