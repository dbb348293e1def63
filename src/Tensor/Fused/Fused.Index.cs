namespace MiniStack;

public static partial class Fused
{
    /// <summary><see cref="Tensor.Gather"/> by indices that an operator made: they are not checked again.</summary>
    /// <param name="x">What to pick from.</param>
    /// <param name="axis">The axis to pick along, −1 for the last.</param>
    /// <param name="indices">On the same device or in main memory, from 0 to below the size of the axis.</param>
    internal static Tensor Gather(Tensor x, int axis, Tensor indices)
    {
        Tensor picks = indices.Beside(x, nameof(Gather)).Transpose(axis, -1), y = Tensor.Empty(picks.Shape, x.DType, x.Device);
        x.Backend.Gather(x.Transpose(axis, -1), picks, y);
        return y.Transpose(axis, -1);
    }

    /// <summary><see cref="Tensor.ScatterAdd"/> to zeros, by indices that an operator made: they are not checked again.</summary>
    /// <param name="shape">Of the result.</param>
    /// <param name="axis">The axis to spread along, −1 for the last.</param>
    /// <param name="indices">On the same device or in main memory, from 0 to below the size of the axis.</param>
    /// <param name="source">Of the shape of <paramref name="indices"/>.</param>
    internal static Tensor ScatterAdd(Shape shape, int axis, Tensor indices, Tensor source)
    {
        int[] sizes = shape.ToArray();
        axis = shape.Axis(axis, nameof(ScatterAdd));
        (sizes[axis], sizes[^1]) = (sizes[^1], sizes[axis]);
        Tensor y = Tensor.Empty(sizes, source.DType, source.Device);
        y.Backend.ScatterAdd(
            indices.Beside(source, nameof(ScatterAdd)).Transpose(axis, -1), source.Transpose(axis, -1), y, accumulate: false);
        return y.Transpose(axis, -1);
    }

    /// <summary>Gradient of <see cref="Tensor.Embedding"/> with respect to the table, which has <paramref name="rows"/> rows.</summary>
    internal static Tensor EmbeddingBackward(int rows, Tensor indices, Tensor dy)
    {
        Tensor dtable = Tensor.Empty([rows, dy.Shape[^1]], dy.DType, dy.Device);
        dy.Backend.EmbeddingBackward(indices.Beside(dy, nameof(EmbeddingBackward)), dy, dtable);
        return dtable;
    }
}
