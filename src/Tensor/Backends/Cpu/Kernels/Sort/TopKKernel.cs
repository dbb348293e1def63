using System.Numerics;
using System.Runtime.CompilerServices;

namespace MiniStack;

/// <summary>
/// The k largest or smallest elements of each row, in order. A few are inserted one by one into a sorted list, which most elements do not
/// reach. Of many, the rank of the k-th is found byte by byte from the highest; then what is before it is collected and sorted.
/// </summary>
internal readonly struct TopKKernel<T, TKey, TRank>(Operand<T> x, bool largest, Tensor values, Tensor indices, int length) : IWork
    where T : unmanaged
    where TKey : unmanaged, IBinaryInteger<TKey>
    where TRank : struct, IRank<T, TKey>
{
    /// <summary>Up to so many, moving those behind a new one costs less than counting bytes.</summary>
    private const int Few = 32;

    public void Run(int piece)
    {
        int k = values.Shape[^1];
        (int first, int rows) = Pieces.Range(piece, values.Count / k, Pieces.Rows(length));
        using RowBuffer<T> buffer = new(x.HasWholeRows(length) ? 0 : length);
        using RowBuffer<TKey> bufferKeys = new(k <= Few ? 0 : length);
        using RowBuffer<Ranked<TKey>> bufferA = new(k), bufferB = new(k);
        TKey flip = largest ? TKey.AllBitsSet : TKey.Zero;
        Span<TKey> keys = bufferKeys.Span;
        for (int row = first; row < first + rows; row++)
        {
            ReadOnlySpan<T> from = x.Read((long)row * length, length, buffer.Span);
            Span<Ranked<TKey>> best = bufferA.Span;
            if (k <= Few)
            {
                Insert(from, flip, best);
            }
            else
            {
                for (int i = 0; i < keys.Length; i++) keys[i] = TRank.Of(from[i]) ^ flip;
                Collect(keys, best);
                best = RadixSort<TKey>.Sort(best, bufferB.Span);
            }
            SortKernel<T, TKey, TRank>.Write(best, from, values.Raw<T>().Slice(row * k, k), indices.Raw<long>().Slice(row * k, k));
        }
    }

    /// <summary>The smallest keys in order, as many as there is room for.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Insert(ReadOnlySpan<T> x, TKey flip, Span<Ranked<TKey>> best)
    {
        int count = 0;
        for (int i = 0; i < x.Length; i++)
        {
            TKey key = TRank.Of(x[i]) ^ flip;
            if (count < best.Length) count++;
            else if (key >= best[^1].Key) continue;
            int hole = count - 1;
            for (; hole > 0 && best[hole - 1].Key > key; hole--) best[hole] = best[hole - 1];
            best[hole] = new() { Key = key, Index = i };
        }
    }

    /// <summary>The smallest keys, as many as there is room for, in the order of their places.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Collect(ReadOnlySpan<TKey> keys, Span<Ranked<TKey>> to)
    {
        // Of the keys that begin with the bytes found so far, "left" are still wanted.
        TKey bytes = TKey.Zero, mask = TKey.Zero;
        int left = to.Length;
        Span<int> counts = stackalloc int[RadixSort<TKey>.Digits];
        for (int pass = Unsafe.SizeOf<TKey>() - 1; pass >= 0; pass--)
        {
            counts.Clear();
            foreach (TKey key in keys)
                if ((key & mask) == bytes) counts[RadixSort<TKey>.Digit(key, pass)]++;
            int digit = 0;
            for (; counts[digit] < left; digit++) left -= counts[digit];
            bytes |= TKey.CreateTruncating(digit) << (8 * pass);
            mask |= TKey.CreateTruncating(255) << (8 * pass);
            if (counts[digit] == left) break; // all of them are wanted
        }
        int next = 0;
        for (int i = 0; i < keys.Length; i++)
        {
            TKey head = keys[i] & mask;
            if (head > bytes || (head == bytes && left-- <= 0)) continue;
            to[next++] = new() { Key = keys[i], Index = i };
        }
    }
}
