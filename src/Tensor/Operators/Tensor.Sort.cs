namespace MiniStack;

/// <summary>Operators that put elements in order, add them up one after the other, or count them.</summary>
public sealed partial class Tensor
{
    /// <summary>The elements along one axis in order, and where each came from.</summary>
    /// <param name="axis">The axis to sort along, −1 for the last.</param>
    /// <param name="descending">The largest first.</param>
    /// <returns>Values of this tensor's shape and dtype, and their indices along the axis (I64).</returns>
    /// <remarks>
    /// Stable: equal elements keep their order. As in PyTorch, a NaN counts as larger than every number, so it comes last, or first when
    /// descending. Sorted digit by digit: Knuth, The Art of Computer Programming 3, 5.2.5.
    /// </remarks>
    /// <exception cref="ShapeException">There is no such axis.</exception>
    /// <exception cref="DTypeException">The dtype is Bool.</exception>
    public (Tensor Values, Tensor Indices) Sort(int axis = -1, bool descending = false)
    {
        CheckNumber(nameof(Sort));
        axis = Shape.Axis(axis, nameof(Sort));
        // Turned round in one go: gathered element by element, each row would fetch all cache lines again.
        Tensor x = Transpose(axis, -1).Contiguous(), values = x.EmptyLike(), indices = Empty(x.Shape, DType.I64, Device);
        Backend.Sort(x, descending, values, indices);
        return (values.Transpose(axis, -1), indices.Transpose(axis, -1));
    }

    /// <summary>The indices (I64) that put the elements along one axis in order: those of <see cref="Sort"/>.</summary>
    /// <inheritdoc cref="Sort" path="/param|/remarks|/exception"/>
    public Tensor ArgSort(int axis = -1, bool descending = false)
    {
        CheckNumber(nameof(ArgSort));
        return Sort(Shape.Axis(axis, nameof(ArgSort)), descending).Indices;
    }

    /// <summary>
    /// The <paramref name="k"/> largest or smallest elements along one axis, the most extreme first, and where each came from.
    /// </summary>
    /// <param name="k">How many, from 0 to the size of the axis.</param>
    /// <param name="axis">The axis to look along, −1 for the last.</param>
    /// <param name="largest">The largest; otherwise the smallest.</param>
    /// <returns>Values and their indices (I64), of this tensor's shape with <paramref name="k"/> in the place of the axis.</returns>
    /// <remarks>
    /// As the first <paramref name="k"/> of <see cref="Sort"/>: of equal elements the first comes first, and a NaN counts as largest.
    /// </remarks>
    /// <exception cref="ShapeException">There is no such axis, or it has fewer elements than k.</exception>
    /// <exception cref="DTypeException">The dtype is Bool.</exception>
    public (Tensor Values, Tensor Indices) TopK(int k, int axis = -1, bool largest = true)
    {
        CheckNumber(nameof(TopK));
        axis = Shape.Axis(axis, nameof(TopK));
        if (k < 0 || k > Shape[axis])
        {
            throw new ShapeException(
                $"TopK: k is {k}, but axis {axis} of {Shape} has {Shape[axis]} elements. Choose k from 0 to {Shape[axis]}.");
        }
        Tensor x = Transpose(axis, -1).Contiguous(), values = Empty(x.Shape.With(Rank - 1, k), DType, Device),
            indices = Empty(values.Shape, DType.I64, Device);
        Backend.TopK(x, largest, values, indices);
        return (values.Transpose(axis, -1), indices.Transpose(axis, -1));
    }

    /// <summary>
    /// The sum of the elements up to each along one axis, that element included; of this dtype, floats accumulated in F64.
    /// </summary>
    /// <param name="axis">The axis to add up along, −1 for the last.</param>
    /// <param name="reverse">From each element to the end instead: the gradient of the other.</param>
    /// <exception cref="ShapeException">There is no such axis.</exception>
    /// <exception cref="DTypeException">The dtype is Bool.</exception>
    public Tensor CumSum(int axis = -1, bool reverse = false)
    {
        axis = Shape.Axis(axis, nameof(CumSum));
        Tensor y = NewNumber(nameof(CumSum));
        Backend.CumSum(this, axis, reverse, y);
        return y;
    }

    /// <summary>How often each number from 0 on occurs, over all elements.</summary>
    /// <param name="minLength">Bins of the result at least; there are more when a larger number occurs.</param>
    /// <returns>I64, [max(minLength, largest element + 1)].</returns>
    /// <exception cref="DTypeException">The elements are no integers.</exception>
    /// <exception cref="IndexException">An element is negative.</exception>
    /// <exception cref="ConfigException">minLength is negative.</exception>
    public Tensor BinCount(int minLength = 0)
    {
        if (!DType.IsInteger()) throw new DTypeException($"BinCount: counts integers, not {DType}. Convert with To(DType.I64).");
        if (minLength < 0) throw new ConfigException($"BinCount: minLength must be at least 0, not {minLength}.");
        long largest = -1;
        if (Count > 0)
        {
            long smallest = Min().To(DType.I64).Item<long>();
            if (smallest < 0)
            {
                throw new IndexException(
                    $"BinCount: {smallest} is negative, but bins are counted from 0. Add {-(Int128)smallest} to all elements.");
            }
            largest = Max().To(DType.I64).Item<long>();
        }
        if (largest >= Array.MaxLength)
        {
            throw new IndexException(
                $"BinCount: {largest} is too large: there would be a bin for every number up to it. Sort and count runs instead.");
        }
        Tensor counts = Empty([Math.Max(minLength, (int)largest + 1)], DType.I64, Device);
        Backend.BinCount(this, counts);
        return counts;
    }
}
