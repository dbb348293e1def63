namespace MiniStack.Nn;

/// <summary>While training, sets each element to 0 with probability p and divides the others by 1 − p; otherwise does nothing.</summary>
/// <remarks>Srivastava et al. 2014, JMLR 15: a layer that cannot rely on any one input learns redundant features.</remarks>
public sealed class Dropout : Layer
{
    private readonly double _p;
    private readonly Rng _rng;

    /// <param name="p">From 0 to below 1.</param>
    /// <param name="rng">Source of the masks; its state belongs to a checkpoint.</param>
    /// <exception cref="ConfigException">p is not in [0, 1).</exception>
    public Dropout(double p, Rng rng)
    {
        if (!(p >= 0 && p < 1))
            throw new ConfigException(FormattableString.Invariant($"Dropout: the probability must be at least 0 and below 1, not {p}."));
        (_p, _rng) = (p, rng);
    }

    /// <inheritdoc/>
    public override Variable Forward(Variable x) => IsTraining && _p > 0 ? x.Dropout(_p, _rng) : x;
}
