namespace MiniStack;

/// <summary>Reductions over axes; no axes means all of them.</summary>
public sealed partial class Tensor
{
    /// <summary>Sum over the axes. Integers wrap around; those of U8 are added as I64, because 256 pixels would.</summary>
    /// <param name="axes">Axes to sum over, −1 for the last; none for all.</param>
    /// <param name="keepDims">Keep the summed axes with size 1, so that the result broadcasts against this tensor.</param>
    /// <exception cref="ShapeException">There is no such axis, or one is named twice.</exception>
    public Tensor Sum(ReadOnlySpan<int> axes = default, bool keepDims = false)
    {
        CheckNumber(nameof(Sum));
        if (DType == DType.U8) return To(DType.I64).Sum(axes, keepDims);
        (Tensor x, Tensor y, Shape shape) = Reduction(axes, keepDims, nameof(Sum));
        Backend.Sum(x, y);
        return y.Reshape(shape);
    }

    /// <summary>Mean over the axes; floats only. The mean of nothing is NaN.</summary>
    /// <inheritdoc cref="Sum" path="/param|/exception"/>
    public Tensor Mean(ReadOnlySpan<int> axes = default, bool keepDims = false)
    {
        CheckFloat(nameof(Mean));
        if (DType.IsHalf()) return To(DType.F32).Mean(axes, keepDims).To(DType); // the sum may be more than 16 bits can hold
        Tensor sum = Sum(axes, keepDims);
        return sum * (sum.Count == 0 ? 1 : sum.Count / (double)Count);
    }

    /// <summary>Largest element over the axes; NaN if any is.</summary>
    /// <inheritdoc cref="Sum" path="/param|/exception"/>
    public Tensor Max(ReadOnlySpan<int> axes = default, bool keepDims = false)
    {
        CheckNumber(nameof(Max));
        (Tensor x, Tensor y, Shape shape) = Reduction(axes, keepDims, nameof(Max));
        CheckNotEmpty(x, y, nameof(Max));
        Backend.Max(x, y);
        return y.Reshape(shape);
    }

    /// <summary>Smallest element over the axes; NaN if any is.</summary>
    /// <inheritdoc cref="Sum" path="/param|/exception"/>
    public Tensor Min(ReadOnlySpan<int> axes = default, bool keepDims = false)
    {
        CheckNumber(nameof(Min));
        (Tensor x, Tensor y, Shape shape) = Reduction(axes, keepDims, nameof(Min));
        CheckNotEmpty(x, y, nameof(Min));
        Backend.Min(x, y);
        return y.Reshape(shape);
    }

    /// <summary>Index (I64) of the first largest element along one axis.</summary>
    /// <exception cref="ShapeException">There is no such axis, or it is empty.</exception>
    public Tensor ArgMax(int axis = -1)
    {
        CheckNumber(nameof(ArgMax));
        axis = Shape.Axis(axis, nameof(ArgMax));
        (Tensor x, _, Shape shape) = Reduction([axis], keepDims: false, nameof(ArgMax));
        Tensor y = Empty(shape, DType.I64, Device);
        CheckNotEmpty(x, y, nameof(ArgMax));
        Backend.ArgMax(x, y);
        return y;
    }

    /// <summary>This tensor with the reduced axes last, an output for the others, and the shape the caller asked for.</summary>
    private (Tensor X, Tensor Y, Shape Shape) Reduction(ReadOnlySpan<int> axes, bool keepDims, string operation)
    {
        bool[] reduced = new bool[Rank];
        if (axes.IsEmpty) Array.Fill(reduced, true);
        foreach (int axis in axes)
        {
            int positive = Shape.Axis(axis, operation);
            if (reduced[positive]) throw new ShapeException($"{operation}: axis {axis} of {Shape} is named twice.");
            reduced[positive] = true;
        }
        int[] kept = Enumerable.Range(0, Rank).Where(axis => !reduced[axis]).ToArray();
        int[] order = [.. kept, .. Enumerable.Range(0, Rank).Where(axis => reduced[axis])];
        int[] sizes = keepDims
            ? Enumerable.Range(0, Rank).Select(axis => reduced[axis] ? 1 : Shape[axis]).ToArray()
            : kept.Select(axis => Shape[axis]).ToArray();
        Tensor y = Empty(kept.Select(axis => Shape[axis]).ToArray(), DType, Device);
        return (View(_layout.Permute(order)), y, sizes);
    }

    private static void CheckNotEmpty(Tensor x, Tensor y, string operation)
    {
        if (x.Count == 0 && y.Count > 0)
            throw new ShapeException($"{operation}: there is no element to choose from; the reduced axes are empty.");
    }
}
