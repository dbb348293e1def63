namespace MiniStack;

/// <summary>One part of <c>x[1..^1, ^1, TensorIndex.All]</c>: what to take of an axis.</summary>
/// <remarks>
/// An <see cref="int"/> or <see cref="Index"/> picks one element, and the axis disappears; a negative int counts from the end. A
/// <see cref="Range"/> takes some, <see cref="Every"/> some with a step, which may be negative; <see cref="NewAxis"/> adds an axis of size
/// 1; <see cref="Ellipsis"/> stands for all axes that are not named.
/// </remarks>
public readonly struct TensorIndex
{
    private readonly Kind _kind;
    private readonly Index _index;
    private readonly Range _range;
    private readonly int _step;

    private TensorIndex(Kind kind, Index index = default, Range range = default, int step = 1) =>
        (_kind, _index, _range, _step) = (kind, index, range, step);

    private enum Kind
    {
        All,
        One,
        Some,
        New,
        Rest,
    }

    /// <summary>The whole axis.</summary>
    public static TensorIndex All => default;

    /// <summary>A new axis of size 1.</summary>
    public static TensorIndex NewAxis => new(Kind.New);

    /// <summary>All axes that are not named.</summary>
    public static TensorIndex Ellipsis => new(Kind.Rest);

    /// <summary>One element; a negative number counts from the end, −1 for the last.</summary>
    /// <exception cref="ShapeException">No axis is so long.</exception>
    public static implicit operator TensorIndex(int index) => new(Kind.One, index switch
    {
        int.MinValue => throw new ShapeException($"Index: {index} leaves every axis."),
        < 0 => new Index(-index, fromEnd: true),
        _ => index,
    });

    /// <summary>One element.</summary>
    public static implicit operator TensorIndex(Index index) => new(Kind.One, index);

    /// <summary>Elements from a start to before an end.</summary>
    public static implicit operator TensorIndex(Range range) => new(Kind.Some, range: range);

    /// <summary>
    /// Every <paramref name="step"/>-th element of a range, from its first on; with a negative step, from its last on backwards.
    /// </summary>
    /// <exception cref="ShapeException">The step is 0.</exception>
    public static TensorIndex Every(int step, Range? range = null) => step == 0
        ? throw new ShapeException("TensorIndex.Every: the step must not be 0. Use 1 for every element, -1 for every element backwards.")
        : new(Kind.Some, range: range ?? Range.All, step: step);

    /// <summary>
    /// What the parts take of a shape: for each axis of it in order the start, count and step, and whether it disappears; and where axes
    /// are added.
    /// </summary>
    internal static List<(int Start, int Count, int Step, bool Drop, bool New)> Resolve(ReadOnlySpan<TensorIndex> parts, Shape shape)
    {
        int named = 0, rests = 0;
        foreach (TensorIndex part in parts)
        {
            if (part._kind == Kind.Rest) rests++;
            else if (part._kind != Kind.New) named++;
        }
        if (rests > 1) throw new ShapeException("Index: there are two Ellipsis; one can stand for all axes that are not named.");
        if (named > shape.Rank) throw new ShapeException($"Index: {named} indices were given for {shape}, which has {shape.Rank} axes.");
        List<(int Start, int Count, int Step, bool Drop, bool New)> plan = [];
        int axis = 0;
        foreach (TensorIndex part in parts)
        {
            switch (part._kind)
            {
                case Kind.New: plan.Add((0, 1, 1, false, true)); break;
                case Kind.Rest: for (int i = named; i < shape.Rank; i++) plan.Add((0, shape[axis++], 1, false, false)); break;
                default: plan.Add(part.Take(shape, axis++)); break;
            }
        }
        while (axis < shape.Rank) plan.Add((0, shape[axis++], 1, false, false));
        return plan;
    }

    private (int Start, int Count, int Step, bool Drop, bool New) Take(Shape shape, int axis)
    {
        int size = shape[axis];
        if (_kind == Kind.All) return (0, size, 1, false, false);
        if (_kind == Kind.One)
        {
            int at = _index.GetOffset(size);
            return (uint)at < (uint)size
                ? (at, 1, 1, true, false)
                : throw new ShapeException($"Index: {_index} leaves axis {axis} of {shape}, which has indices 0 to {size - 1}.");
        }
        int start = _range.Start.GetOffset(size), end = _range.End.GetOffset(size);
        if ((uint)start > (uint)size || (uint)end > (uint)size || start > end)
        {
            throw new ShapeException(
                $"Index: {_range} leaves axis {axis} of {shape}, which has {size} elements, or ends before it starts.");
        }
        long step = Math.Abs((long)_step);
        int count = (int)((end - start + step - 1) / step);
        // Where there is one element, the step leads nowhere.
        return (_step > 0 ? start : end - 1, count, count > 1 ? _step : Math.Sign(_step), false, false);
    }
}
