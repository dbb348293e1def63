namespace MiniStack;

/// <summary>The axes of a layout with neighbours merged where one stride says both, and without axes of size 1.</summary>
internal sealed class Axes
{
    public Axes(Layout layout)
        : this(layout.Shape.AsSpan(), layout.Strides)
    {
    }

    public Axes(ReadOnlySpan<int> sizes, ReadOnlySpan<long> strides)
    {
        long[] merged = new long[Math.Max(sizes.Length, 1)], steps = new long[merged.Length];
        int count = 0;
        for (int axis = 0; axis < sizes.Length; axis++)
        {
            if (sizes[axis] == 1) continue;
            if (count > 0 && steps[count - 1] == strides[axis] * sizes[axis])
            {
                merged[count - 1] *= sizes[axis];
                steps[count - 1] = strides[axis];
                continue;
            }
            (merged[count], steps[count]) = (sizes[axis], strides[axis]);
            count++;
        }
        if (count == 0) (merged[0], steps[0], count) = (1, 1, 1);
        Sizes = merged[..count];
        Strides = steps[..count];
    }

    /// <summary>At least one axis.</summary>
    public int Rank => Sizes.Length;

    public long[] Sizes { get; }

    public long[] Strides { get; }
}

/// <summary>A place in <see cref="Axes"/>, moving from run to run of the innermost axis in row-major order.</summary>
internal ref struct AxesCursor
{
    private readonly Axes _axes;
    private readonly Span<long> _index;

    /// <summary>At element <paramref name="start"/>; <paramref name="index"/> is scratch for one number an axis.</summary>
    public AxesCursor(Axes axes, long start, Span<long> index)
    {
        _axes = axes;
        _index = index;
        for (int axis = axes.Rank - 1; axis >= 0; axis--)
        {
            (start, index[axis]) = Math.DivRem(start, axes.Sizes[axis]);
            Position += index[axis] * axes.Strides[axis];
        }
    }

    /// <summary>Where the element lies, counted from the layout's first.</summary>
    public long Position { get; private set; }

    /// <summary>Elements from here to the end of the innermost axis.</summary>
    public readonly long LeftInRun => _axes.Sizes[^1] - _index[^1];

    /// <summary>To the start of the next run.</summary>
    public void NextRun()
    {
        int inner = _axes.Rank - 1;
        Position -= _index[inner] * _axes.Strides[inner];
        _index[inner] = 0;
        for (int axis = inner - 1; axis >= 0; axis--)
        {
            Position += _axes.Strides[axis];
            if (++_index[axis] < _axes.Sizes[axis]) return;
            Position -= _axes.Sizes[axis] * _axes.Strides[axis];
            _index[axis] = 0;
        }
    }
}
