using System.Numerics;
using System.Runtime.CompilerServices;

namespace MiniStack;

/// <summary>y[row, j] = x[row, indices[row, j]], rows by threads.</summary>
internal readonly struct GatherKernel<T>(Operand<T> x, Indices indices, Tensor y, int length, int rowsPerPiece) : IWork where T : unmanaged
{
    [SkipLocalsInit]
    public void Run(int piece)
    {
        int count = y.Shape[^1];
        (int first, int rows) = Pieces.Range(piece, y.Count / count, rowsPerPiece);
        using RowBuffer<T> buffer = new(x.HasWholeRows(length) ? 0 : length);
        Span<int> picks = stackalloc int[Math.Min(count, Pieces.Block)];
        for (int row = first; row < first + rows; row++)
        {
            ReadOnlySpan<T> from = x.Read((long)row * length, length, buffer.Span);
            Span<T> to = y.Raw<T>().Slice(row * count, count);
            for (int start = 0; start < count; start += Pieces.Block)
            {
                Span<int> some = picks[..Math.Min(picks.Length, count - start)];
                indices.CopyTo(row * count + start, some);
                for (int j = 0; j < some.Length; j++) to[start + j] = from[some[j]];
            }
        }
    }
}

/// <summary>y[row, indices[row, j]] += source[row, j], rows by threads, so that the order within a row never changes.</summary>
internal readonly struct ScatterAddKernel<T>(Indices indices, Operand<T> source, Tensor y, int count, int rowsPerPiece) : IWork
    where T : unmanaged, INumber<T>
{
    [SkipLocalsInit]
    public void Run(int piece)
    {
        int length = y.Shape[^1];
        (int first, int rows) = Pieces.Range(piece, indices.Count / count, rowsPerPiece);
        Span<int> picks = stackalloc int[Math.Min(count, Pieces.Block)];
        Span<T> buffer = stackalloc T[Math.Min(count, Pieces.Block)];
        for (int row = first; row < first + rows; row++)
        {
            Span<T> to = y.Raw<T>().Slice(row * length, length);
            for (int start = 0; start < count; start += Pieces.Block)
            {
                Span<int> some = picks[..Math.Min(picks.Length, count - start)];
                indices.CopyTo(row * count + start, some);
                ReadOnlySpan<T> from = source.Read((long)row * count + start, some.Length, buffer);
                for (int j = 0; j < some.Length; j++) to[some[j]] = unchecked(to[some[j]] + from[j]);
            }
        }
    }
}
