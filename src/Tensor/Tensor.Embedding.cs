using System.Globalization;

namespace MiniStack;

public sealed partial class Tensor
{
    /// <summary>Rows of this table [rows, channels] picked by index: the embedding look-up.</summary>
    /// <param name="indices">Row numbers, I64 or I32, of any shape, on this tensor's device or in main memory.</param>
    /// <returns>[…indices, channels].</returns>
    /// <exception cref="ShapeException">This is not a matrix.</exception>
    /// <exception cref="IndexException">An index is not a row.</exception>
    public Tensor Embedding(Tensor indices)
    {
        CheckIndices(indices, nameof(Embedding));
        if (Rank != 2) throw new ShapeException($"Embedding: the table must be [rows, channels], not {Shape}.");
        CheckInside(indices, Shape[0], nameof(Embedding), "index", "rows");
        Tensor y = Empty(indices.Shape.Append(Shape[1]), DType, Device);
        Backend.Embedding(this, indices.Beside(this, nameof(Embedding)), y);
        return y;
    }

    /// <summary>Each element with probability <paramref name="p"/> set to 0, the others divided by 1 − p.</summary>
    /// <remarks>Word i of the stream decides about element i: the same mask on every device. Srivastava et al. 2014, JMLR 15.</remarks>
    /// <param name="p">From 0 to below 1.</param>
    /// <param name="key">The stream of the mask, <see cref="Rng.Key"/>.</param>
    /// <param name="block">Where it starts, from <see cref="Rng.Reserve"/>.</param>
    /// <exception cref="ConfigException">p is not in [0, 1).</exception>
    public Tensor Dropout(double p, ulong key, ulong block)
    {
        if (!(p >= 0 && p < 1)) throw new ConfigException(string.Create(CultureInfo.InvariantCulture, $"Dropout: the probability must be at least 0 and below 1, not {p}."));
        Tensor y = NewFloat(nameof(Dropout));
        Backend.Dropout(this, y, p, key, block);
        return y;
    }

    /// <summary>Tensors one after the other along an existing axis.</summary>
    /// <exception cref="ShapeException">Nothing was given, or other axes differ.</exception>
    public static Tensor Concat(ReadOnlySpan<Tensor> tensors, int axis = 0)
    {
        if (tensors.IsEmpty) throw new ShapeException("Concat: give at least one tensor.");
        Shape first = tensors[0].Shape;
        axis = first.Axis(axis, nameof(Concat));
        long total = 0;
        foreach (Tensor tensor in tensors)
        {
            CheckSame(tensors[0], tensor, nameof(Concat));
            if (tensor.Rank != first.Rank || tensor.Shape.With(axis, 0) != first.With(axis, 0))
                throw new ShapeException($"Concat: {first} and {tensor.Shape} must agree on every axis but axis {axis}.");
            total += tensor.Shape[axis];
        }
        Tensor y = Empty(first.With(axis, Shape.ToSize(total, nameof(Concat))), tensors[0].DType, tensors[0].Device);
        int start = 0;
        foreach (Tensor tensor in tensors)
        {
            y.Backend.Copy(tensor, y.Slice(axis, start, tensor.Shape[axis]));
            start += tensor.Shape[axis];
        }
        return y;
    }
}
