using System.Buffers;
using System.Runtime.CompilerServices;

namespace MiniStack;

/// <summary>Reduces the trailing axes of x, those that y does not have.</summary>
/// <remarks>
/// Where the elements of a reduced row lie together (or have to be gathered), whole rows are reduced; where the elements of
/// the result lie together instead, as in a bias gradient, rows are added to rows. Chunks have a fixed size, and their
/// results are combined in order.
/// </remarks>
internal static class Reducer
{
    private const int ColumnsAtOnce = Pieces.Block;

    /// <summary>
    /// Chunks, or short rows' worth of chunks, that one piece of <paramref name="count"/> elements reduces: reading is all there is to do,
    /// and likes long runs.
    /// </summary>
    private static int ChunksAtOnce(long count) => (int)Math.Clamp(count / Pieces.Elements / 16, 4, 32);

    public static void Run<T, TSum, TReduction>(Tensor x, Tensor y)
        where T : unmanaged
        where TSum : unmanaged
        where TReduction : struct, IReduction<T, TSum>
    {
        if (y.Count == 0) return;
        if (x.Count == 0)
        {
            y.Raw<T>().Fill(TReduction.Result(TReduction.Nothing));
            return;
        }
        if (x.Count > Array.MaxLength && Shrink(x, y) is { } shrunk)
        {
            Run<T, TSum, TReduction>(shrunk, y);
            long times = x.Count / shrunk.Count;
            foreach (ref T result in y.Raw<T>()) result = TReduction.Repeat(result, times);
            return;
        }
        Axes kept = new(x.Shape.AsSpan()[..y.Rank], x.Strides[..y.Rank]);
        Axes reduced = new(x.Shape.AsSpan()[y.Rank..], x.Strides[y.Rank..]);
        bool columnsTogether = kept.Strides[^1] == 1 && kept.Sizes[^1] >= 8;
        if (columnsTogether && reduced.Strides[^1] != 1) Columns<T, TSum, TReduction>(x, y, kept, reduced);
        else Rows<T, TSum, TReduction>(x, y);
    }

    /// <summary>
    /// A view that shows more elements than a tensor can have is a stretched one: without the reduced axes that show the same elements
    /// again and again. Null where there is none.
    /// </summary>
    private static Tensor? Shrink(Tensor x, Tensor y)
    {
        Tensor shrunk = x;
        for (int axis = y.Rank; axis < x.Rank; axis++)
            if (x.Strides[axis] == 0 && x.Shape[axis] > 1) shrunk = shrunk.Slice(axis, 0, 1);
        return shrunk.Count < x.Count ? shrunk : null;
    }

    private static void Rows<T, TSum, TReduction>(Tensor x, Tensor y)
        where T : unmanaged
        where TSum : unmanaged
        where TReduction : struct, IReduction<T, TSum>
    {
        long length = x.Count / y.Count;
        int chunks = Pieces.Count(length);
        TSum[] partial = chunks == 1 ? [] : ArrayPool<TSum>.Shared.Rent(checked((int)(y.Count * chunks)));
        int chunksAtOnce = ChunksAtOnce(x.Count), atOnce = chunks == 1 ? chunksAtOnce * Pieces.Rows(length) : chunksAtOnce;
        int pieces = Pieces.Count(y.Count * chunks, atOnce);
        VectorWork.For<T, RowWork<T, TSum, TReduction>>(pieces, new(new Operand<T>(x), y, length, chunks, atOnce, partial));
        if (chunks == 1) return;
        Span<T> to = y.Raw<T>();
        for (int row = 0; row < to.Length; row++)
        {
            TSum sum = partial[row * chunks];
            for (int chunk = 1; chunk < chunks; chunk++) sum = TReduction.Combine(sum, partial[row * chunks + chunk]);
            to[row] = TReduction.Result(sum);
        }
        ArrayPool<TSum>.Shared.Return(partial);
    }

    private static void Columns<T, TSum, TReduction>(Tensor x, Tensor y, Axes kept, Axes reduced)
        where T : unmanaged
        where TSum : unmanaged
        where TReduction : struct, IReduction<T, TSum>
    {
        int columns = (int)kept.Sizes[^1], count = (int)y.Count;
        int rows = (int)(x.Count / y.Count), rowsAtOnce = Math.Max(16, 4 * Pieces.Elements / Math.Min(columns, ColumnsAtOnce));
        int blocks = Pieces.Count(columns, ColumnsAtOnce) * (count / columns), chunks = Pieces.Count(rows, rowsAtOnce);
        TSum[] partial = chunks == 1 ? [] : ArrayPool<TSum>.Shared.Rent(checked(count * chunks));
        VectorWork.For<T, ColumnWork<T, TSum, TReduction>>(
            checked(blocks * chunks), new(x, y, kept, reduced, rows, rowsAtOnce, blocks, partial));
        if (chunks == 1) return;
        Span<T> to = y.Raw<T>();
        Span<TSum> sums = partial.AsSpan(0, count);
        for (int chunk = 1; chunk < chunks; chunk++) TReduction.CombineInto(partial.AsSpan(chunk * count, count), sums);
        for (int i = 0; i < to.Length; i++) to[i] = TReduction.Result(sums[i]);
        ArrayPool<TSum>.Shared.Return(partial);
    }

    /// <summary>Pieces are some short rows, or some chunks of long rows.</summary>
    private readonly struct RowWork<T, TSum, TReduction>(
        Operand<T> x, Tensor y, long length, int chunks, int atOnce, TSum[] partial) : IVectorWork<T>
        where T : unmanaged
        where TSum : unmanaged
        where TReduction : struct, IReduction<T, TSum>
    {
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        [SkipLocalsInit]
        public void Run<TVector, TDouble>(int piece)
            where TVector : struct, IFloatVector<TVector, T>
            where TDouble : struct, IFloatVector<TDouble, double>
        {
            Span<T> buffer = stackalloc T[x.IsContiguous ? 0 : Pieces.Elements];
            if (chunks > 1)
            {
                (int firstChunk, int chunkCount) = Pieces.Range(piece, y.Count * chunks, atOnce);
                for (int i = firstChunk; i < firstChunk + chunkCount; i++)
                {
                    (int row, int chunk) = Math.DivRem(i, chunks);
                    (int start, int count) = Pieces.Range(chunk, length);
                    partial[i] = TReduction.Reduce<TVector, TDouble>(x.Read(row * length + start, count, buffer));
                }
                return;
            }
            (int first, int rows) = Pieces.Range(piece, y.Count, atOnce);
            Span<T> to = y.Raw<T>().Slice(first, rows);
            // Short rows that lie one after the other are found once, not one by one.
            int together = x.IsContiguous ? rows : 1;
            for (int row = 0; row < rows; row += together)
            {
                ReadOnlySpan<T> some = x.Read((first + row) * length, together * (int)length, buffer);
                for (int i = 0; i < together; i++)
                    to[row + i] = TReduction.Result(TReduction.Reduce<TVector, TDouble>(some.Slice(i * (int)length, (int)length)));
            }
        }
    }

    /// <summary>A piece is some columns of some rows.</summary>
    private readonly struct ColumnWork<T, TSum, TReduction>(
        Tensor x, Tensor y, Axes kept, Axes reduced, int rows, int rowsAtOnce, int blocks, TSum[] partial) : IVectorWork<T>
        where T : unmanaged
        where TSum : unmanaged
        where TReduction : struct, IReduction<T, TSum>
    {
        [SkipLocalsInit]
        public void Run<TVector, TDouble>(int piece)
            where TVector : struct, IFloatVector<TVector, T>
            where TDouble : struct, IFloatVector<TDouble, double>
        {
            (int chunk, int block) = Math.DivRem(piece, blocks);
            int width = (int)kept.Sizes[^1];
            (int outer, int inner) = Math.DivRem(block, Pieces.Count(width, ColumnsAtOnce));
            (int column, int columns) = Pieces.Range(inner, width, ColumnsAtOnce);
            (int row, int rowCount) = Pieces.Range(chunk, rows, rowsAtOnce);
            int result = outer * width + column;

            Span<TSum> sums = RowBuffer.OnLine(stackalloc TSum[ColumnsAtOnce + RowBuffer.Slack<TSum>()], columns);
            sums.Fill(TReduction.Nothing);
            Span<T> all = x.Raw<T>();
            int start = (int)new AxesCursor(kept, result, stackalloc long[kept.Rank]).Position;
            AxesCursor cursor = new(reduced, row, stackalloc long[reduced.Rank]);
            while (true)
            {
                int run = (int)Math.Min(cursor.LeftInRun, rowCount);
                int at = start + (int)cursor.Position, stride = (int)reduced.Strides[^1], i = 0;
                for (; i <= run - 8; i += 8)
                    TReduction.ReduceEightInto<TReduction, TVector, TDouble>(ref all[at + i * stride], stride, sums);
                for (; i < run; i++) TReduction.ReduceInto<TDouble>(all.Slice(at + i * stride, columns), sums);
                rowCount -= run;
                if (rowCount == 0) break;
                cursor.NextRun();
            }
            if (partial.Length > 0)
            {
                sums.CopyTo(partial.AsSpan(chunk * (int)y.Count + result));
                return;
            }
            Span<T> to = y.Raw<T>().Slice(result, columns);
            for (int i = 0; i < columns; i++) to[i] = TReduction.Result(sums[i]);
        }
    }
}
