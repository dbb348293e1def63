namespace MiniStack;

/// <summary>
/// Queries, keys or values of all heads, [batch, heads, time, d] with any strides: one matrix for each head of each batch.
/// </summary>
internal readonly unsafe struct HeadMatrices<T>(Tensor tensor, T* data) where T : unmanaged
{
    private readonly nint _batch = (nint)tensor.Strides[0], _head = (nint)tensor.Strides[1];
    private readonly nint _row = (nint)tensor.Strides[2], _column = (nint)tensor.Strides[3];
    private readonly int _heads = tensor.Shape[1];

    public int Time { get; } = tensor.Shape[2];

    public int Size { get; } = tensor.Shape[3];

    /// <summary>[time, d] of one head.</summary>
    public StridedMatrix<T> this[int item]
    {
        get
        {
            (int batch, int head) = Math.DivRem(item, _heads);
            return new StridedMatrix<T>(data + batch * _batch + head * _head, _row, _column);
        }
    }
}
