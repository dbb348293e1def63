namespace MiniStack;

/// <summary>A matrix in memory with any strides. The memory is pinned by the caller while this is in use.</summary>
internal readonly unsafe struct StridedMatrix<T>(T* data, nint row, nint column) where T : unmanaged
{
    public readonly T* Data = data;

    /// <summary>Distance in elements between neighbours in a column.</summary>
    public readonly nint Row = row;

    /// <summary>Distance in elements between neighbours in a row.</summary>
    public readonly nint Column = column;

    public StridedMatrix<T> Transposed => new(Data, Column, Row);

    public T* At(nint i, nint j) => Data + i * Row + j * Column;
}

/// <summary>Where the elements of a product lie: c[M, N] = a[M, K]·b[K, N] + bias[N], or c += a·b, once or for a batch of items.</summary>
internal readonly unsafe struct MatMulOperands<T> where T : unmanaged
{
    private readonly Layout _aLayout, _bLayout;

    public MatMulOperands(
        Tensor a, T* aData, Tensor b, T* bData, bool transposeB, Tensor? bias, T* biasData, Tensor c, T* cData, bool accumulate,
        Tensor? gelu, T* geluData)
    {
        (M, N, K) = (c.Shape[^2], c.Shape[^1], a.Shape[^1]);
        Items = (int)(c.Count / ((long)M * N));
        A = new StridedMatrix<T>(aData, (nint)a.Strides[^2], (nint)a.Strides[^1]);
        B = new StridedMatrix<T>(bData, (nint)b.Strides[^2], (nint)b.Strides[^1]);
        if (transposeB) B = B.Transposed;
        Bias = biasData;
        BiasColumn = bias is null ? 0 : (nint)bias.Strides[0];
        C = cData;
        Accumulate = accumulate;
        Gelu = geluData;
        StreamsGelu = gelu is not null && Streaming.Pays(gelu, c, N);
        (_aLayout, _bLayout) = (a.Layout, b.Layout);
        if (N == 1)
        {
            // A matrix times a vector: cᵀ = bᵀ·aᵀ has one wide row instead of many narrow ones, and the same products.
            (A, B) = (B.Transposed, A.Transposed);
            (M, N) = (N, M);
            BiasColumn = 0;
            (_aLayout, _bLayout) = (_bLayout, _aLayout);
        }
    }

    private MatMulOperands(in MatMulOperands<T> batch, int item)
    {
        this = batch;
        A = new StridedMatrix<T>(A.Data + Offset(_aLayout, item), A.Row, A.Column);
        B = new StridedMatrix<T>(B.Data + Offset(_bLayout, item), B.Row, B.Column);
        C += (nint)item * M * N;
        if (Gelu != null) Gelu += (nint)item * M * N;
    }

    public StridedMatrix<T> A { get; }

    public StridedMatrix<T> B { get; }

    /// <summary>Null for none.</summary>
    public T* Bias { get; }

    public nint BiasColumn { get; }

    /// <summary>Row by row, without gaps.</summary>
    public T* C { get; }

    /// <summary>Whether the sums start from what c holds.</summary>
    public bool Accumulate { get; }

    /// <summary>Where GELU(c) goes, which lies as c does and may be c; null when it is not wanted.</summary>
    public T* Gelu { get; }

    /// <summary>Whether GELU(c) is written past the caches.</summary>
    public bool StreamsGelu { get; }

    public int M { get; }

    public int N { get; }

    public int K { get; }

    /// <summary>Products in the batch.</summary>
    public int Items { get; }

    public long MultiplyAdds => (long)Items * M * N * K;

    /// <summary>One product of the batch.</summary>
    public MatMulOperands<T> Item(int item) => new(this, item);

    /// <summary>What the sums of some columns start from; 0 without a bias and beyond the right edge.</summary>
    public void CopyBias(int firstColumn, int columns, T* to, int width)
    {
        for (int j = 0; j < width; j++)
            to[j] = Bias == null || j >= columns ? default : Bias[(firstColumn + j) * BiasColumn];
    }

    /// <summary>Where the matrix number <paramref name="item"/> starts: all axes but the last two count the items.</summary>
    private static nint Offset(in Layout layout, int item)
    {
        long offset = 0;
        for (int axis = layout.Shape.Rank - 3; axis >= 0; axis--)
        {
            (item, int along) = Math.DivRem(item, layout.Shape[axis]);
            offset += along * layout.Strides[axis];
        }
        return (nint)offset;
    }
}
