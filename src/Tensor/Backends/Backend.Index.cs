namespace MiniStack;

internal abstract partial class Backend
{
    // Picking along the last axis; the axes before it are equal, and all strides are possible but for those of y.

    /// <summary>y[…, j] = x[…, indices[…, j]].</summary>
    public abstract void Gather(Tensor x, Tensor indices, Tensor y);

    /// <summary>y[…, indices[…, j]] += source[…, j], in the order of j; without <paramref name="accumulate"/> y counts as zeros before.</summary>
    public abstract void ScatterAdd(Tensor indices, Tensor source, Tensor y, bool accumulate);
}
