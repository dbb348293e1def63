namespace MiniStack.Nn;

/// <summary>Makes one axis of several neighbouring ones; by default of all but the first, the batch.</summary>
/// <param name="firstAxis">The first of them.</param>
/// <param name="lastAxis">The last of them.</param>
public sealed class Flatten(int firstAxis = 1, int lastAxis = -1) : Layer
{
    /// <param name="x">Of any shape that has the axes.</param>
    /// <returns>The same elements, with one axis in place of those.</returns>
    /// <exception cref="ShapeException">x does not have the axes, or not in this order.</exception>
    public override Variable Forward(Variable x)
    {
        int first = firstAxis < 0 ? firstAxis + x.Rank : firstAxis, last = lastAxis < 0 ? lastAxis + x.Rank : lastAxis;
        if (first < 0 || last >= x.Rank || first > last)
        {
            throw new ShapeException(
                $"Flatten: x is {x.Shape}, which has no axes {firstAxis} to {lastAxis} in this order. " +
                "Choose others, or add axes with Unsqueeze.");
        }
        return x.Reshape([.. x.Shape[..first], (int)x.Shape[first..(last + 1)].Count, .. x.Shape[(last + 1)..]]);
    }
}
