using System.Runtime.CompilerServices;

namespace MiniStack;

public sealed partial class Tensor
{
    /// <summary>Part of this tensor: <c>x[1..^1, ^1]</c>. A view, unless a step is negative; assigning writes into this tensor.</summary>
    /// <param name="parts">What to take of each axis; axes that are not named are taken whole.</param>
    /// <exception cref="ShapeException">There are more parts than axes, or one leaves its axis; what is assigned does not stretch to the
    /// part.</exception>
    [IndexerName("Part")] // Item is the only element
    public Tensor this[params ReadOnlySpan<TensorIndex> parts]
    {
        get
        {
            (Tensor view, int[] backwards) = PartOf(parts);
            return backwards.Length == 0 ? view : view.Flip(backwards);
        }

        set
        {
            (Tensor view, int[] backwards) = PartOf(parts);
            view.CopyFrom(backwards.Length == 0 ? value : value.Expand(view.Shape).Flip(backwards));
        }
    }

    /// <summary>The view with all steps forwards, and its axes that are to be turned around.</summary>
    private (Tensor View, int[] Backwards) PartOf(ReadOnlySpan<TensorIndex> parts)
    {
        Tensor y = this;
        List<int> backwards = [];
        int axis = 0;
        foreach ((int start, int count, int step, bool drop, bool isNew) in TensorIndex.Resolve(parts, Shape))
        {
            if (isNew)
            {
                y = y.Unsqueeze(axis++);
                continue;
            }
            if (step < 0) backwards.Add(axis);
            int first = count == 0 ? 0 : step < 0 ? start + (count - 1) * step : start;
            if (first != 0 || count != y.Shape[axis] || Math.Abs(step) != 1) y = y.Slice(axis, first, count, Math.Abs(step));
            if (drop) y = y.Squeeze(axis);
            else axis++;
        }
        return (y, [.. backwards]);
    }
}
