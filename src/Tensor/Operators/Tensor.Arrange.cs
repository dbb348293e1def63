namespace MiniStack;

/// <summary>Putting tensors together, taking them apart, and moving elements along axes.</summary>
public sealed partial class Tensor
{
    /// <summary>Tensors of one shape side by side along a new axis.</summary>
    /// <param name="tensors">At least one.</param>
    /// <param name="axis">Where the new axis stands in the result; −1 for the last.</param>
    /// <exception cref="ShapeException">Nothing was given, or shapes differ.</exception>
    /// <exception cref="DTypeException">The dtypes differ.</exception>
    public static Tensor Stack(ReadOnlySpan<Tensor> tensors, int axis = 0)
    {
        if (tensors.IsEmpty) throw new ShapeException("Stack: give at least one tensor.");
        Tensor[] wide = new Tensor[tensors.Length];
        for (int i = 0; i < wide.Length; i++)
        {
            if (tensors[i].Shape != tensors[0].Shape)
            {
                throw new ShapeException(
                    $"Stack: {tensors[0].Shape} and {tensors[i].Shape} differ; all must have one shape. " +
                    "Concat joins along an axis that they have.");
            }
            wide[i] = tensors[i].Unsqueeze(axis);
        }
        return Concat(wide, axis);
    }

    /// <summary>Views of <paramref name="size"/> slices each along one axis; the last has what is left.</summary>
    /// <exception cref="ShapeException">There is no such axis, or the size is not positive.</exception>
    public Tensor[] Split(int size, int axis = 0)
    {
        axis = Shape.Axis(axis, nameof(Split));
        return Split(SplitSizes(Shape[axis], size, nameof(Split)), axis);
    }

    /// <summary>Views of the given sizes along one axis.</summary>
    /// <exception cref="ShapeException">There is no such axis, or the sizes do not add up to it.</exception>
    public Tensor[] Split(ReadOnlySpan<int> sizes, int axis = 0)
    {
        axis = CheckSplit(Shape, sizes, axis);
        Tensor[] parts = new Tensor[sizes.Length];
        int start = 0;
        for (int i = 0; i < parts.Length; start += sizes[i++]) parts[i] = Slice(axis, start, sizes[i]);
        return parts;
    }

    /// <summary>
    /// With <paramref name="value"/> around it: one pair (before, after) for each of the last axes, the last pair for the last axis.
    /// </summary>
    /// <exception cref="ShapeException">There are more pairs than axes, a number is negative, or one tensor cannot hold the
    /// result.</exception>
    /// <exception cref="DTypeException">This dtype cannot hold the value.</exception>
    public Tensor Pad(ReadOnlySpan<(int Before, int After)> padding, double value = 0)
    {
        (Shape shape, Func<Tensor, Tensor> inside) = Padded(padding);
        CheckHolds(value, DType, nameof(Pad));
        Tensor y = Filled(shape, value, DType, Device);
        Backend.Copy(this, inside(y));
        return y;
    }

    /// <summary>The elements of each named axis in reverse order: a copy.</summary>
    /// <exception cref="ShapeException">There is no such axis, or one is named twice.</exception>
    public Tensor Flip(params ReadOnlySpan<int> axes)
    {
        CheckRoom(Shape, nameof(Flip));
        Tensor y = this;
        HashSet<int> seen = [];
        foreach (int axis in axes)
        {
            int positive = Shape.Axis(axis, nameof(Flip));
            if (!seen.Add(positive)) throw new ShapeException($"Flip: axis {axis} of {Shape} is named twice.");
            int last = Shape[positive] - 1;
            if (last > 0) y = y.IndexSelect(positive, Scalar(last, DType.I64, Device) - Arange(last + 1, DType.I64, Device));
        }
        return y == this ? Clone() : y;
    }

    /// <summary>Elements moved by <paramref name="shift"/> places along one axis; those that leave it come in at the other end.</summary>
    /// <exception cref="ShapeException">There is no such axis.</exception>
    public Tensor Roll(int shift, int axis = -1)
    {
        axis = Shape.Axis(axis, nameof(Roll));
        int size = Shape[axis], cut = size == 0 ? 0 : (int)(((-(long)shift % size) + size) % size);
        return Concat([Slice(axis, cut, size - cut), Slice(axis, 0, cut)], axis);
    }

    /// <summary>Sizes of the parts of <see cref="Split(int, int)"/>.</summary>
    internal static int[] SplitSizes(int total, int size, string operation)
    {
        if (size <= 0) throw new ShapeException($"{operation}: the size of a part must be at least 1, not {size}.");
        int[] sizes = new int[(int)(((long)total + size - 1) / size)];
        for (int i = 0; i < sizes.Length; i++) sizes[i] = (int)Math.Min(size, total - (long)i * size);
        return sizes;
    }

    internal static int CheckSplit(Shape shape, ReadOnlySpan<int> sizes, int axis)
    {
        axis = shape.Axis(axis, nameof(Split));
        long sum = 0;
        bool negative = false;
        foreach (int size in sizes) (sum, negative) = (sum + size, negative || size < 0);
        return sum == shape[axis] && !negative
            ? axis
            : throw new ShapeException(
                $"Split: the sizes ({string.Join(", ", sizes.ToArray())}) must add up to axis {axis} of {shape}, which has {shape[axis]}.");
    }

    /// <summary>The shape with padding, and the view of its inside.</summary>
    private (Shape Shape, Func<Tensor, Tensor> Inside) Padded(ReadOnlySpan<(int Before, int After)> padding)
    {
        if (padding.Length > Rank) throw new ShapeException($"Pad: {padding.Length} pairs were given for {Shape}, which has {Rank} axes.");
        int[] sizes = Shape.ToArray(), starts = new int[Rank];
        for (int i = 0; i < padding.Length; i++)
        {
            (int before, int after) = padding[i];
            if (before < 0 || after < 0) throw new ShapeException($"Pad: ({before}, {after}) must not be negative. Use Slice to cut.");
            int axis = Rank - padding.Length + i;
            (sizes[axis], starts[axis]) = (Shape.ToSize((long)sizes[axis] + before + after, nameof(Pad)), before);
        }
        Shape inner = Shape;
        return (sizes, whole =>
        {
            for (int axis = 0; axis < starts.Length; axis++)
                if (whole.Shape[axis] != inner[axis]) whole = whole.Slice(axis, starts[axis], inner[axis]);
            return whole;
        });
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

    /// <summary>All elements = value; returns this tensor.</summary>
    /// <exception cref="DTypeException">This dtype cannot hold the value.</exception>
    /// <exception cref="ShapeException">This view shows an element more than once.</exception>
    public Tensor Fill(double value)
    {
        CheckHolds(value, DType, nameof(Fill));
        CheckApart(nameof(Fill));
        Backend.Fill(this, value);
        Storage.CountWrite();
        return this;
    }
}
