namespace MiniStack.Nn;

/// <summary>x·Φ(x), Φ the normal distribution function.</summary>
/// <remarks>Hendrycks and Gimpel 2016, arXiv:1606.08415, the exact form with erf.</remarks>
public sealed class Gelu : Layer
{
    /// <inheritdoc/>
    public override Variable Forward(Variable x) => x.Gelu();
}
