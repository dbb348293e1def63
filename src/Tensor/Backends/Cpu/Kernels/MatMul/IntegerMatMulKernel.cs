using System.Numerics;
using System.Numerics.Tensors;

namespace MiniStack;

/// <summary>Products of integers, a row of c at a time: c[i, :] += a[i, p]·b[p, :]. Overflow wraps around.</summary>
internal readonly struct IntegerMatMulKernel<T>(Tensor a, Tensor b, Tensor c, bool accumulate, int rowsPerPiece) : IWork
    where T : unmanaged, INumber<T>
{
    public static void Multiply(Tensor a, Tensor b, Tensor c, bool accumulate)
    {
        if (c.Count == 0) return;
        long rows = c.Count / c.Shape[^1];
        int perPiece = Pieces.Rows((long)c.Shape[^1] * Math.Max(a.Shape[^1], 1));
        CpuThreads.For(Pieces.Count(rows, perPiece), new IntegerMatMulKernel<T>(a, b, c, accumulate, perPiece));
    }

    public void Run(int piece)
    {
        int m = c.Shape[^2], n = c.Shape[^1], k = a.Shape[^1];
        ReadOnlySpan<T> left = a.Raw<T>(), right = b.Raw<T>();
        Span<T> to = c.Raw<T>();
        (int first, int count) = Pieces.Range(piece, c.Count / n, rowsPerPiece);
        for (int row = first; row < first + count; row++)
        {
            Span<T> sums = to.Slice(row * n, n);
            if (!accumulate) sums.Clear();
            long fromA = BatchOffset(a.Layout, row / m) + row % m * a.Strides[^2], fromB = BatchOffset(b.Layout, row / m);
            for (int p = 0; p < k; p++)
            {
                T factor = left[(int)(fromA + p * a.Strides[^1])];
                int start = (int)(fromB + p * b.Strides[^2]);
                if (b.Strides[^1] == 1) TensorPrimitives.MultiplyAdd(right.Slice(start, n), factor, sums, sums);
                else for (int j = 0; j < n; j++) sums[j] += factor * right[start + (int)(j * b.Strides[^1])];
            }
        }
    }

    /// <summary>Where matrix number <paramref name="batch"/> begins.</summary>
    private static long BatchOffset(Layout layout, int batch)
    {
        long offset = 0;
        for (int axis = layout.Shape.Rank - 3; axis >= 0; axis--)
        {
            (batch, int along) = Math.DivRem(batch, layout.Shape[axis]);
            offset += along * layout.Strides[axis];
        }
        return offset;
    }
}
