namespace MiniStack;

internal abstract partial class Backend
{
    // Order: rows are the last axis. A NaN counts as larger than every number; of equal elements the first comes first.

    /// <summary>values = x in ascending (or descending) order along the last axis, and indices (I64) = where each came from.</summary>
    public abstract void Sort(Tensor x, bool descending, Tensor values, Tensor indices);

    /// <summary>The first elements of <see cref="Sort"/>, as many as values has along its last axis: the largest (descending) or the smallest.</summary>
    public abstract void TopK(Tensor x, bool largest, Tensor values, Tensor indices);

    /// <summary>y = the sum of x up to each element along one axis, that element included; from it to the end when reversed.</summary>
    public abstract void CumSum(Tensor x, int axis, bool reverse, Tensor y);

    /// <summary>counts[n] (I64) = how often n is among x (integers from 0 to below the length of counts).</summary>
    public abstract void BinCount(Tensor x, Tensor counts);
}
