namespace MiniStack.Nn;

/// <summary>eˣ/Σ eˣ along an axis: numbers above 0 whose sum is 1.</summary>
/// <param name="axis">The axis; the last by default.</param>
public sealed class Softmax(int axis = -1) : Layer
{
    /// <inheritdoc/>
    public override Variable Forward(Variable x) => x.Softmax(axis);
}

/// <summary>x − ln Σ eˣ along an axis: the logarithm of <see cref="Softmax"/>.</summary>
/// <param name="axis">The axis; the last by default.</param>
public sealed class LogSoftmax(int axis = -1) : Layer
{
    /// <inheritdoc/>
    public override Variable Forward(Variable x) => x.LogSoftmax(axis);
}
