namespace MiniStack;

/// <summary>Where the elements of a tensor lie in its storage: shape, strides and offset, counted in elements.</summary>
/// <remarks>
/// Element (i, j, …) is at <c>Offset + i·Strides[0] + j·Strides[1] + …</c>. Views (transpose, slice, expand) are new
/// layouts over the same storage, so they cost nothing.
/// </remarks>
public readonly struct Layout
{
    private const int RecentBits = 7;

    [ThreadStatic]
    private static Layout[]? _recent;

    private readonly long[] _strides;

    /// <summary>A layout of the given parts.</summary>
    public Layout(Shape shape, long[] strides, long offset)
    {
        Shape = shape;
        _strides = strides;
        Offset = offset;
        IsContiguous = ComputeContiguous(shape, strides);
    }

    /// <summary>Sizes of the axes.</summary>
    public Shape Shape { get; }

    /// <summary>Distance in elements between neighbours along each axis; 0 where an axis is stretched.</summary>
    public ReadOnlySpan<long> Strides => _strides;

    /// <summary>Position of element (0, 0, …) in the storage.</summary>
    public long Offset { get; }

    /// <summary>True when the elements lie one after the other in row-major order.</summary>
    public bool IsContiguous { get; }

    /// <summary>True when some element is shown more than once, as where an axis of more than one index has stride 0.</summary>
    /// <remarks>
    /// Exact for every layout that views are made of: from the smallest stride to the largest, each steps over all that the smaller ones
    /// reach.
    /// </remarks>
    internal bool Overlaps
    {
        get
        {
            if (IsContiguous) return false;
            int rank = Shape.Rank, count = 0;
            Span<int> order = stackalloc int[rank];
            for (int axis = 0; axis < rank; axis++)
            {
                if (Shape[axis] == 0) return false;
                if (Shape[axis] == 1) continue;
                int place = count++;
                for (; place > 0 && Math.Abs(_strides[order[place - 1]]) > Math.Abs(_strides[axis]); place--)
                    order[place] = order[place - 1];
                order[place] = axis;
            }
            long reach = 0;
            foreach (int axis in order[..count])
            {
                long stride = Math.Abs(_strides[axis]);
                if (stride <= reach) return true;
                reach += stride * (Shape[axis] - 1);
            }
            return false;
        }
    }

    /// <summary>Row-major layout without gaps.</summary>
    public static Layout Contiguous(Shape shape, long offset = 0) => RowMajor(shape, offset);

    /// <summary>Row-major layout without gaps of a shape of these sizes.</summary>
    internal static Layout RowMajor(ReadOnlySpan<int> sizes, long offset)
    {
        ref Layout known = ref Recent(sizes);
        if (known._strides is null || !known.Shape.AsSpan().SequenceEqual(sizes)) known = Make(Shape.Create(sizes));
        return offset == 0 ? known : new Layout(known.Shape, known._strides, offset);
    }

    /// <summary>Where a layout of these sizes is remembered: a training step makes the same few hundred times over.</summary>
    private static ref Layout Recent(ReadOnlySpan<int> sizes)
    {
        uint hash = 1;
        foreach (int size in sizes) hash = (hash ^ (uint)size) * 0x9E3779B1;
        _recent ??= new Layout[1 << RecentBits];
        return ref _recent[hash >> (32 - RecentBits)];
    }

    private static Layout Make(Shape shape)
    {
        long[] strides = new long[shape.Rank];
        long stride = 1;
        for (int axis = shape.Rank - 1; axis >= 0; axis--)
        {
            strides[axis] = stride;
            stride *= Math.Max(shape[axis], 1);
        }
        return new Layout(shape, strides, 0);
    }

    /// <summary>Axes in another order.</summary>
    public Layout Permute(ReadOnlySpan<int> axes)
    {
        int[] sizes = new int[axes.Length];
        long[] strides = new long[axes.Length];
        for (int i = 0; i < axes.Length; i++)
        {
            sizes[i] = Shape[axes[i]];
            strides[i] = _strides[axes[i]];
        }
        return new Layout(Shape.Own(sizes), strides, Offset);
    }

    /// <summary>Two axes exchanged.</summary>
    public Layout Transpose(int a, int b)
    {
        int[] sizes = Shape.ToArray();
        long[] strides = (long[])_strides.Clone();
        (sizes[a], sizes[b], strides[a], strides[b]) = (sizes[b], sizes[a], strides[b], strides[a]);
        return new Layout(Shape.Own(sizes), strides, Offset);
    }

    /// <summary>Elements start, start + step, … along one axis.</summary>
    public Layout Slice(int axis, int start, int count, int step = 1)
    {
        long[] strides = (long[])_strides.Clone();
        strides[axis] *= step;
        return new Layout(Shape.With(axis, count), strides, Offset + start * _strides[axis]);
    }

    /// <summary>
    /// One part of the last axis of [batch, time, parts·channels], split in heads and seen as [batch, heads, time, channels / heads].
    /// </summary>
    internal Layout Heads(int part, int channels, int heads)
    {
        int d = channels / heads;
        long[] strides = [_strides[0], d * _strides[2], _strides[1], _strides[2]];
        return new Layout(Shape.Own([Shape[0], heads, Shape[1], d]), strides, Offset + (long)part * channels * _strides[2]);
    }

    /// <summary>Stretches axes of size 1 (and missing leading axes) to <paramref name="shape"/> with stride 0.</summary>
    public Layout Expand(Shape shape)
    {
        long[] strides = new long[shape.Rank];
        int missing = shape.Rank - Shape.Rank;
        for (int axis = 0; axis < Shape.Rank; axis++)
            strides[missing + axis] = Shape[axis] == shape[missing + axis] ? _strides[axis] : 0;
        return new Layout(shape, strides, Offset);
    }

    /// <summary>The same elements under another shape, if strides can say it without a copy; otherwise null.</summary>
    public Layout? Reshape(Shape shape)
    {
        if (IsContiguous) return Contiguous(shape, Offset);
        // Greedily match runs of old axes that are contiguous among themselves with runs of new axes.
        long[] strides = new long[shape.Rank];
        int oldAxis = 0, newAxis = 0;
        while (oldAxis < Shape.Rank && newAxis < shape.Rank)
        {
            int oldEnd = oldAxis + 1, newEnd = newAxis + 1;
            long oldCount = Shape[oldAxis], newCount = shape[newAxis];
            while (oldCount != newCount)
            {
                if (oldCount < newCount)
                {
                    if (oldEnd == Shape.Rank) return null;
                    oldCount *= Shape[oldEnd++];
                }
                else
                {
                    if (newEnd == shape.Rank) return null;
                    newCount *= shape[newEnd++];
                }
            }
            for (int axis = oldAxis; axis < oldEnd - 1; axis++)
                if (_strides[axis] != Shape[axis + 1] * _strides[axis + 1]) return null;
            long stride = _strides[oldEnd - 1];
            for (int axis = newEnd - 1; axis >= newAxis; axis--)
            {
                strides[axis] = stride;
                stride *= shape[axis];
            }
            (oldAxis, newAxis) = (oldEnd, newEnd);
        }
        // What is left over on either side are axes of size 1: their strides do not matter.
        return new Layout(shape, strides, Offset);
    }

    private static bool ComputeContiguous(Shape shape, long[] strides)
    {
        long expected = 1;
        for (int axis = shape.Rank - 1; axis >= 0; axis--)
        {
            if (shape[axis] == 0) return true;
            if (shape[axis] == 1) continue;
            if (strides[axis] != expected) return false;
            expected *= shape[axis];
        }
        return true;
    }
}
