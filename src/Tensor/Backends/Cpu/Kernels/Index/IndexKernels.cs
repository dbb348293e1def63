using System.Numerics;
using System.Numerics.Tensors;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace MiniStack;

/// <summary>y[row, j] = x[row, indices[row, j]], rows by threads.</summary>
internal readonly struct GatherKernel<T, TIndex>(Operand<T> x, Operand<TIndex> indices, Tensor y, int length, int rowsPerPiece) : IWork
    where T : unmanaged
    where TIndex : unmanaged, IBinaryInteger<TIndex>
{
    [SkipLocalsInit]
    public void Run(int piece)
    {
        int count = y.Shape[^1];
        (int first, int rows) = Pieces.Range(piece, y.Count / count, rowsPerPiece);
        using RowBuffer<T> buffer = new(x.HasWholeRows(length) ? 0 : length);
        Span<TIndex> bufferPicks = stackalloc TIndex[Math.Min(count, Pieces.Block)];
        for (int row = first; row < first + rows; row++)
        {
            ReadOnlySpan<T> from = x.Read((long)row * length, length, buffer.Span);
            for (int start = 0; start < count; start += Pieces.Block)
            {
                ReadOnlySpan<TIndex> picks = indices.Read(
                    (long)row * count + start, Math.Min(bufferPicks.Length, count - start), bufferPicks);
                Span<T> to = y.Raw<T>().Slice(row * count + start, picks.Length);
                for (int j = 0; j < to.Length; j++) to[j] = from[int.CreateTruncating(picks[j])];
            }
        }
    }
}

/// <summary>
/// y[row, indices[row, j]] += source[row, j], rows by threads, so that the order within a row never changes. Unless it accumulates, y
/// starts from zeros: a piece is cleared just before it is added to, while it is in a near cache.
/// </summary>
internal readonly struct ScatterAddKernel<T, TIndex>(
    Operand<TIndex> indices, Operand<T> source, Tensor y, bool accumulate, int count, int rowsPerPiece) : IWork
    where T : unmanaged, INumber<T>
    where TIndex : unmanaged, IBinaryInteger<TIndex>
{
    /// <summary>Indices of a row up to which sums are added up in their own type.</summary>
    private const int LongestChain = 512;

    [SkipLocalsInit]
    public void Run(int piece)
    {
        int length = y.Shape[^1];
        (int first, int rows) = Pieces.Range(piece, y.Count / length, rowsPerPiece);
        Span<TIndex> bufferPicks = stackalloc TIndex[Pieces.Block];
        Span<T> buffer = stackalloc T[Pieces.Block];
        Span<T> to = y.Raw<T>().Slice(first * length, rows * length);
        if (!accumulate) to.Clear();
        if (typeof(T) == typeof(float) && count > LongestChain)
        {
            AddInDouble(MemoryMarshal.Cast<T, float>(to), length, first, rows, bufferPicks, buffer);
            return;
        }
        // Short rows are read many at once.
        for (int start = 0; start < rows * count; start += Pieces.Block)
        {
            ReadOnlySpan<TIndex> picks = indices.Read(
                (long)first * count + start, Math.Min(Pieces.Block, rows * count - start), bufferPicks);
            ReadOnlySpan<T> from = source.Read((long)first * count + start, picks.Length, buffer);
            for (int done = 0; done < picks.Length;)
            {
                (int row, int column) = Math.DivRem(start + done, count);
                int run = Math.Min(count - column, picks.Length - done);
                Add(picks.Slice(done, run), from.Slice(done, run), to.Slice(row * length, length));
                done += run;
            }
        }
    }

    /// <summary>Many numbers may meet in one place: a long chain in F32 would lose digits, so a row's sums are kept in F64.</summary>
    private void AddInDouble(Span<float> to, int length, int first, int rows, Span<TIndex> bufferPicks, Span<T> buffer)
    {
        using RowBuffer<double> bufferSums = new(length);
        Span<double> sums = bufferSums.Span;
        for (int row = 0; row < rows; row++)
        {
            Span<float> result = to.Slice(row * length, length);
            TensorPrimitives.ConvertTruncating<float, double>(result, sums);
            for (int start = 0; start < count; start += Pieces.Block)
            {
                long at = ((long)first + row) * count + start;
                ReadOnlySpan<TIndex> picks = indices.Read(at, Math.Min(Pieces.Block, count - start), bufferPicks);
                ReadOnlySpan<T> from = source.Read(at, picks.Length, buffer);
                for (int j = 0; j < picks.Length; j++) sums[int.CreateTruncating(picks[j])] += Sums.ToDouble(from[j]);
            }
            for (int j = 0; j < length; j++) result[j] = (float)sums[j];
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Add(ReadOnlySpan<TIndex> picks, ReadOnlySpan<T> from, Span<T> to)
    {
        for (int j = 0; j < picks.Length && j < from.Length; j++)
        {
            ref T place = ref to[int.CreateTruncating(picks[j])];
            place = unchecked(place + from[j]);
        }
    }
}
