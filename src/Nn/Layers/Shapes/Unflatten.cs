namespace MiniStack.Nn;

/// <summary>Makes several axes of one, the way back from <see cref="Flatten"/>.</summary>
public sealed class Unflatten : Layer
{
    private readonly int _axis;
    private readonly int[] _sizes;

    /// <param name="axis">The axis to take apart.</param>
    /// <param name="sizes">The sizes of the axes that take its place: their product is its size. One may be −1, for what the others
    /// leave.</param>
    /// <exception cref="ConfigException">There are no sizes, one is below −1, or more than one is −1.</exception>
    public Unflatten(int axis, params int[] sizes)
    {
        if (sizes.Length == 0 || sizes.Any(size => size < -1) || sizes.Count(size => size == -1) > 1)
        {
            throw new ConfigException(
                $"Unflatten: give one or more sizes, of which at most one is -1, not ({string.Join(", ", sizes.Select(Texts.Number))}).");
        }
        (_axis, _sizes) = (axis, [.. sizes]);
    }

    /// <param name="x">Of any shape that has the axis.</param>
    /// <returns>The same elements, with the given axes in place of that one.</returns>
    /// <exception cref="ShapeException">x does not have the axis, or the sizes do not fit it.</exception>
    public override Variable Forward(Variable x)
    {
        int axis = _axis < 0 ? _axis + x.Rank : _axis;
        if (axis < 0 || axis >= x.Rank) throw new ShapeException($"Unflatten: x is {x.Shape}, which has no axis {_axis}. Choose another.");
        return x.Reshape([.. x.Shape[..axis], .. _sizes, .. x.Shape[(axis + 1)..]]);
    }
}
