using System.Numerics;
using System.Numerics.Tensors;
using System.Runtime.CompilerServices;

namespace MiniStack;

/// <summary>Position of the first largest element of each row; a NaN counts as largest.</summary>
internal readonly struct ArgMaxKernel<T>(Operand<T> x, Tensor y, int length) : IWork where T : unmanaged, INumber<T>
{
    public void Run(int piece)
    {
        (int first, int rows) = Pieces.Range(piece, y.Count, Pieces.Rows(length));
        Span<long> to = y.Raw<long>().Slice(first, rows);
        using RowBuffer<T> buffer = new(x.HasWholeRows(length) ? 0 : length);
        for (int row = 0; row < rows; row++) to[row] = IndexOfMax(x.Read((long)(first + row) * length, length, buffer.Span));
    }

    private static int IndexOfMax(ReadOnlySpan<T> x)
    {
        T max = TensorPrimitives.Max(x);
        int i = 0;
        if (T.IsNaN(max)) while (!T.IsNaN(x[i])) i++;
        else while (x[i] != max) i++;
        return i;
    }
}
