using System.Numerics;

namespace MiniStack;

/// <summary>y = ln Σ eˣ by rows, summed in F64.</summary>
internal readonly struct LogSumExpKernel<T>(Operand<T> x, Tensor y, int length) : IVectorWork<T>
    where T : unmanaged, IFloatingPointIeee754<T>
{
    public void Run<TVector, TDouble>(int piece)
        where TVector : struct, IFloatVector<TVector, T>
        where TDouble : struct, IFloatVector<TDouble, double>
    {
        (int first, int rows) = Pieces.Range(piece, y.Count, Pieces.Rows(length));
        using RowBuffer<T> buffer = new(x.HasWholeRows(length) ? 0 : length);
        Span<T> to = y.Raw<T>();
        for (int row = first; row < first + rows; row++)
        {
            ReadOnlySpan<T> from = x.Read((long)row * length, length, buffer.Span);
            T shift = RowMath.Shift<T, TVector>(from);
            if (T.IsPositiveInfinity(shift)) shift = T.Zero; // ∞ − ∞ would be NaN; so the sum is ∞, or NaN if an element is
            to[row] = T.CreateTruncating(Sums.ToDouble(shift) + Math.Log(RowMath.SumExp<T, TVector>(from, shift)));
        }
    }
}

/// <summary>y = Σ (x − mean)² / (n − correction) by rows, in two passes and F64.</summary>
internal readonly struct VarianceKernel<T>(Operand<T> x, double correction, Tensor y, int length) : IVectorWork<T>
    where T : unmanaged, IFloatingPointIeee754<T>
{
    public void Run<TVector, TDouble>(int piece)
        where TVector : struct, IFloatVector<TVector, T>
        where TDouble : struct, IFloatVector<TDouble, double>
    {
        (int first, int rows) = Pieces.Range(piece, y.Count, Pieces.Rows(length));
        using RowBuffer<T> buffer = new(x.HasWholeRows(length) ? 0 : length);
        Span<T> to = y.Raw<T>();
        for (int row = first; row < first + rows; row++)
        {
            ReadOnlySpan<T> from = x.Read((long)row * length, length, buffer.Span);
            double mean = Sums.Sum<T, TDouble>(from) / length;
            to[row] = T.CreateTruncating(Sums.SquaresAround<T, TDouble>(from, mean) / Math.Max(length - correction, 0));
        }
    }
}
