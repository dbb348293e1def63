namespace MiniStack.Nn;

/// <summary>Returns its input: what stands where a layer has been left out.</summary>
public sealed class Identity : Layer
{
    /// <inheritdoc/>
    public override Variable Forward(Variable x) => x;
}
