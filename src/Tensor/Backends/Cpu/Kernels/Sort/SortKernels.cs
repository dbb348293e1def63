using System.Buffers;
using System.Numerics;
using System.Runtime.CompilerServices;

namespace MiniStack;

/// <summary>Rows in order, each by a <see cref="RadixSort{TKey}"/> in the nearest cache.</summary>
internal readonly struct SortKernel<T, TKey, TRank>(Operand<T> x, bool descending, Tensor values, Tensor indices, int length) : IWork
    where T : unmanaged
    where TKey : unmanaged, IBinaryInteger<TKey>
    where TRank : struct, IRank<T, TKey>
{
    public static void Run(Tensor x, bool descending, Tensor values, Tensor indices)
    {
        int length = x.Shape[^1];
        long rows = values.Count / length;
        if (length > LongSort<T, TKey, TRank>.Chunk)
        {
            for (long row = 0; row < rows; row++) LongSort<T, TKey, TRank>.Run(new(x), row, descending, values, indices);
            return;
        }
        CpuThreads.For(
            Pieces.Count(rows, Pieces.Rows(length)), new SortKernel<T, TKey, TRank>(new(x), descending, values, indices, length));
    }

    public void Run(int piece)
    {
        (int first, int rows) = Pieces.Range(piece, values.Count / length, Pieces.Rows(length));
        using RowBuffer<T> buffer = new(x.HasWholeRows(length) ? 0 : length);
        using RowBuffer<Ranked<TKey>> bufferA = new(length), bufferB = new(length);
        Span<T> allValues = values.Raw<T>();
        Span<long> allIndices = indices.Raw<long>();
        for (int row = first; row < first + rows; row++)
        {
            ReadOnlySpan<T> from = x.Read((long)row * length, length, buffer.Span);
            Rank(from, descending, 0, bufferA.Span);
            Write(
                RadixSort<TKey>.Sort(bufferA.Span, bufferB.Span), from, allValues.Slice(row * length, length),
                allIndices.Slice(row * length, length));
        }
    }

    /// <summary>The elements' ranks, turned round for a descending order, with their places from <paramref name="start"/> on.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Rank(ReadOnlySpan<T> x, bool descending, int start, Span<Ranked<TKey>> to)
    {
        TKey flip = descending ? TKey.AllBitsSet : TKey.Zero;
        for (int i = 0; i < to.Length; i++) to[i] = new() { Key = TRank.Of(x[i]) ^ flip, Index = start + i };
    }

    /// <summary>What stands at the sorted places of <paramref name="x"/>, and the places.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Write(ReadOnlySpan<Ranked<TKey>> sorted, ReadOnlySpan<T> x, Span<T> values, Span<long> indices)
    {
        for (int i = 0; i < sorted.Length; i++)
        {
            int index = sorted[i].Index;
            (values[i], indices[i]) = (x[index], index);
        }
    }
}

/// <summary>
/// One long row, cut into chunks: each pass counts the digits of every chunk, then moves every chunk's items to the places left for them.
/// </summary>
internal static class LongSort<T, TKey, TRank>
    where T : unmanaged
    where TKey : unmanaged, IBinaryInteger<TKey>
    where TRank : struct, IRank<T, TKey>
{
    public const int Chunk = 1 << 15;
    private const int Digits = RadixSort<TKey>.Digits;

    public static void Run(Operand<T> x, long row, bool descending, Tensor values, Tensor indices)
    {
        int length = values.Shape[^1], chunks = Pieces.Count(length, Chunk);
        T[] elements = ArrayPool<T>.Shared.Rent(length);
        Ranked<TKey>[] items = ArrayPool<Ranked<TKey>>.Shared.Rent(length), scratch = ArrayPool<Ranked<TKey>>.Shared.Rent(length);
        int[] counts = ArrayPool<int>.Shared.Rent(chunks * Digits);
        CpuThreads.For(chunks, new RankWork(x, row * length, length, descending, elements, items));
        for (int pass = 0; pass < Unsafe.SizeOf<TKey>(); pass++)
        {
            CpuThreads.For(chunks, new CountWork(items, length, pass, counts));
            if (!PlaceChunks(counts, chunks, length)) continue;
            CpuThreads.For(chunks, new ScatterWork(items, length, pass, counts, scratch));
            (items, scratch) = (scratch, items);
        }
        CpuThreads.For(chunks, new WriteWork(items, elements, row * length, length, values, indices));
        ArrayPool<T>.Shared.Return(elements);
        ArrayPool<Ranked<TKey>>.Shared.Return(items);
        ArrayPool<Ranked<TKey>>.Shared.Return(scratch);
        ArrayPool<int>.Shared.Return(counts);
    }

    /// <summary>
    /// Turns counts into places: by digit, and within a digit by chunk. False when there is one digit only, so that nothing moves.
    /// </summary>
    private static bool PlaceChunks(Span<int> counts, int chunks, int length)
    {
        int sum = 0;
        for (int digit = 0; digit < Digits; digit++)
        {
            int before = sum;
            for (int chunk = 0; chunk < chunks; chunk++)
            {
                ref int count = ref counts[chunk * Digits + digit];
                (count, sum) = (sum, sum + count);
            }
            if (sum - before == length) return false;
        }
        return true;
    }

    private readonly struct RankWork(Operand<T> x, long start, int length, bool descending, T[] elements, Ranked<TKey>[] items) : IWork
    {
        public void Run(int piece)
        {
            (int first, int count) = Pieces.Range(piece, length, Chunk);
            Span<T> own = elements.AsSpan(first, count);
            x.CopyTo(start + first, own);
            SortKernel<T, TKey, TRank>.Rank(own, descending, first, items.AsSpan(first, count));
        }
    }

    private readonly struct CountWork(Ranked<TKey>[] items, int length, int pass, int[] counts) : IWork
    {
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public void Run(int piece)
        {
            (int first, int count) = Pieces.Range(piece, length, Chunk);
            Span<int> own = counts.AsSpan(piece * Digits, Digits);
            own.Clear();
            foreach (ref readonly Ranked<TKey> item in items.AsSpan(first, count)) own[RadixSort<TKey>.Digit(item.Key, pass)]++;
        }
    }

    private readonly struct ScatterWork(Ranked<TKey>[] items, int length, int pass, int[] places, Ranked<TKey>[] to) : IWork
    {
        public void Run(int piece)
        {
            (int first, int count) = Pieces.Range(piece, length, Chunk);
            RadixSort<TKey>.Scatter(items.AsSpan(first, count), pass, places.AsSpan(piece * Digits, Digits), to);
        }
    }

    private readonly struct WriteWork(Ranked<TKey>[] items, T[] elements, long start, int length, Tensor values, Tensor indices) : IWork
    {
        public void Run(int piece)
        {
            (int first, int count) = Pieces.Range(piece, length, Chunk);
            int at = (int)start + first;
            SortKernel<T, TKey, TRank>.Write(
                items.AsSpan(first, count), elements, values.Raw<T>().Slice(at, count), indices.Raw<long>().Slice(at, count));
        }
    }
}
