namespace MiniStack;

/// <summary>Views: other layouts over the same storage. Nothing is copied, except by Reshape where strides cannot say it.</summary>
public sealed partial class Tensor
{
    /// <summary>The last axes exchanged: the transpose of a matrix, or of each matrix of a batch.</summary>
    public Tensor Transpose() => Transpose(-2, -1);

    /// <summary>Two axes exchanged.</summary>
    /// <exception cref="ShapeException">There is no such axis.</exception>
    public Tensor Transpose(int axisA, int axisB)
    {
        int a = Shape.Axis(axisA, nameof(Transpose)), b = Shape.Axis(axisB, nameof(Transpose));
        return View(_layout.Transpose(a, b));
    }

    /// <summary>The axes in another order: axis i of the result is axis <paramref name="axes"/>[i] of this tensor.</summary>
    /// <exception cref="ShapeException">Not every axis is named exactly once.</exception>
    public Tensor Permute(params ReadOnlySpan<int> axes)
    {
        int[] positive = new int[axes.Length];
        for (int i = 0; i < axes.Length; i++) positive[i] = Shape.Axis(axes[i], nameof(Permute));
        if (axes.Length != Rank || positive.Distinct().Count() != Rank)
        {
            throw new ShapeException(
                $"Permute: the order ({string.Join(", ", positive)}) must name each of the {Rank} axes of {Shape} exactly once.");
        }
        return View(_layout.Permute(positive));
    }

    /// <summary>The same elements in row-major order under another shape; one size may be −1, "what is left".</summary>
    /// <returns>A view where possible, otherwise a copy.</returns>
    /// <exception cref="ShapeException">The number of elements differs.</exception>
    public Tensor Reshape(params ReadOnlySpan<int> sizes)
    {
        if (sizes.SequenceEqual(Shape)) return this;
        if (IsContiguous && !sizes.ContainsAnyInRange(int.MinValue, -1) && Layout.RowMajor(sizes, _layout.Offset) is var rows
            && rows.Shape.Count == Count)
        {
            return View(rows);
        }
        Shape shape = ResolveSizes(sizes);
        if (shape == Shape) return this;
        return _layout.Reshape(shape) is { } layout ? View(layout) : Clone().View(Layout.Contiguous(shape));
    }

    /// <summary>All elements in one axis.</summary>
    public Tensor Flatten() => Reshape(Shape.ToSize(Count, nameof(Flatten)));

    /// <summary>
    /// Elements <paramref name="start"/>, start + <paramref name="step"/>, … along one axis: <paramref name="count"/> of them.
    /// </summary>
    /// <exception cref="ShapeException">The slice leaves the axis.</exception>
    public Tensor Slice(int axis, int start, int count, int step = 1)
    {
        axis = Shape.Axis(axis, nameof(Slice));
        if (start < 0 || count < 0 || step < 1 || (count == 0 ? start > Shape[axis] : start + (count - 1L) * step >= Shape[axis]))
        {
            throw new ShapeException(
                $"Slice: start {start}, count {count}, step {step} leaves axis {axis} of {Shape}, " +
                $"which has indices 0 to {Shape[axis] - 1}.");
        }
        return View(_layout.Slice(axis, start, count, step));
    }

    /// <summary>One index of an axis, which disappears: row i of a matrix is <c>Select(0, i)</c>.</summary>
    /// <exception cref="ShapeException">The index leaves the axis.</exception>
    public Tensor Select(int axis, int index)
    {
        axis = Shape.Axis(axis, nameof(Select));
        return Slice(axis, index, 1).Squeeze(axis);
    }

    /// <summary>Axes of size 1 stretched to <paramref name="shape"/>, and missing leading axes added, by a stride of 0.</summary>
    /// <exception cref="ShapeException">An axis that is not 1 would change its size.</exception>
    public Tensor Expand(Shape shape)
    {
        if (shape == Shape) return this;
        bool fits = shape.Rank >= Rank;
        for (int fromEnd = 1; fits && fromEnd <= Rank; fromEnd++)
            fits = Shape[^fromEnd] == shape[^fromEnd] || Shape[^fromEnd] == 1;
        return fits
            ? View(_layout.Expand(shape))
            : throw new ShapeException(
                $"Expand: {Shape} does not stretch to {shape}. Only axes of size 1 stretch, and new axes come first.");
    }

    /// <summary>Without one axis of size 1.</summary>
    /// <exception cref="ShapeException">The axis has another size.</exception>
    public Tensor Squeeze(int axis)
    {
        axis = Shape.Axis(axis, nameof(Squeeze));
        if (Shape[axis] != 1)
            throw new ShapeException($"Squeeze: axis {axis} of {Shape} has size {Shape[axis]}, not 1. Use Select to pick one index.");
        return View(Drop(_layout, axis));
    }

    /// <summary>With a new axis of size 1 before axis <paramref name="axis"/>; −1 adds it at the end.</summary>
    /// <exception cref="ShapeException">There is no such place.</exception>
    public Tensor Unsqueeze(int axis)
    {
        int place = axis < 0 ? axis + Rank + 1 : axis;
        if ((uint)place > (uint)Rank) throw new ShapeException($"Unsqueeze: there is no place {axis} for an axis in {Shape}.");
        int[] sizes = [.. Shape.AsSpan()[..place], 1, .. Shape.AsSpan()[place..]];
        long[] strides = [.. Strides[..place], 0, .. Strides[place..]];
        return View(new Layout(Shape.Own(sizes), strides, _layout.Offset));
    }

    private static Layout Drop(Layout layout, int axis)
    {
        int[] sizes = [.. layout.Shape.AsSpan()[..axis], .. layout.Shape.AsSpan()[(axis + 1)..]];
        long[] strides = [.. layout.Strides[..axis], .. layout.Strides[(axis + 1)..]];
        return new Layout(Shape.Own(sizes), strides, layout.Offset);
    }

    private Shape ResolveSizes(ReadOnlySpan<int> sizes)
    {
        int[] resolved = sizes.ToArray();
        int open = Array.IndexOf(resolved, -1);
        if (open >= 0)
        {
            resolved[open] = 1;
            long rest = Array.Exists(resolved, size => size < 0) ? 0 : Shape.Create(resolved).Count;
            if (rest == 0 || Count % rest != 0) throw Mismatch(sizes);
            resolved[open] = Shape.ToSize(Count / rest, nameof(Reshape));
        }
        if (Array.Exists(resolved, size => size < 0)) throw Mismatch(sizes);
        Shape shape = Shape.Own(resolved);
        return shape.Count == Count ? shape : throw Mismatch(sizes);
    }

    private ShapeException Mismatch(ReadOnlySpan<int> sizes) => new(
        $"Reshape: {Shape} has {Count} elements, which do not fill ({string.Join(", ", sizes.ToArray())}). " +
        "The product of the sizes must be equal; one size may be -1.");
}
