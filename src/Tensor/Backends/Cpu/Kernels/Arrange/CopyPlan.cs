namespace MiniStack;

/// <summary>
/// The axes of a copy: those of the destination from its largest stride to its smallest, neighbours merged where both sides
/// allow it.
/// </summary>
internal sealed class CopyPlan
{
    public CopyPlan(Layout source, Layout destination)
    {
        int rank = destination.Shape.Rank, count = 0;
        int[] order = new int[rank];
        for (int axis = 0; axis < rank; axis++)
        {
            if (destination.Shape[axis] == 1) continue;
            // Insertion keeps equal strides in their order; ranks are small.
            int place = count++;
            for (; place > 0 && destination.Strides[order[place - 1]] < destination.Strides[axis]; place--)
                order[place] = order[place - 1];
            order[place] = axis;
        }
        Sizes = new long[Math.Max(count, 1)];
        From = new long[Sizes.Length];
        To = new long[Sizes.Length];
        (Sizes[0], From[0], To[0]) = (1, 1, 1);
        int merged = 0;
        foreach (int axis in order.AsSpan(0, count))
        {
            long size = destination.Shape[axis], from = source.Strides[axis], to = destination.Strides[axis];
            if (merged > 0 && From[merged - 1] == from * size && To[merged - 1] == to * size)
            {
                Sizes[merged - 1] *= size;
                (From[merged - 1], To[merged - 1]) = (from, to);
                continue;
            }
            (Sizes[merged], From[merged], To[merged]) = (size, from, to);
            merged++;
        }
        Rank = Math.Max(merged, 1);
        for (int axis = 0; axis < Rank - 1; axis++) if (From[axis] == 1 && From[Rank - 1] > 1) SourceInner = axis;
    }

    /// <summary>Axes after merging; at least one.</summary>
    public int Rank { get; }

    public long[] Sizes { get; }

    /// <summary>Strides in the source.</summary>
    public long[] From { get; }

    /// <summary>Strides in the destination.</summary>
    public long[] To { get; }

    /// <summary>The axis along which the source lies together where the destination does not, as in a transpose; −1: none.</summary>
    public int SourceInner { get; } = -1;
}
