namespace MiniStack.Nn;

/// <summary>x·σ(x), σ the logistic function; also called swish.</summary>
/// <remarks>Elfwing et al. 2017, arXiv:1702.03118.</remarks>
public sealed class Silu : Layer
{
    /// <inheritdoc/>
    public override Variable Forward(Variable x) => x.Silu();
}
