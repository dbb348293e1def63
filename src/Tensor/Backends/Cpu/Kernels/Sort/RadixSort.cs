using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace MiniStack;

/// <summary>An element of a sort: its rank, and where it came from.</summary>
internal struct Ranked<TKey>
{
    public TKey Key;
    public int Index;
}

/// <summary>Stable sorts by rank, byte by byte from the lowest: each pass keeps the order of the last.</summary>
internal static class RadixSort<TKey> where TKey : unmanaged, IBinaryInteger<TKey>
{
    public const int Digits = 256;

    /// <summary>Below this many elements, clearing and adding up the counters takes longer than inserting one by one.</summary>
    private const int FewElements = 48;

    private static int Passes => Unsafe.SizeOf<TKey>();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int Digit(TKey key, int pass) => byte.CreateTruncating(key >>> (8 * pass));

    /// <summary>Sorts; the result lies in the one or the other span, which is returned.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static Span<Ranked<TKey>> Sort(Span<Ranked<TKey>> items, Span<Ranked<TKey>> scratch)
    {
        if (items.Length < FewElements)
        {
            Insert(items);
            return items;
        }
        Span<int> counts = stackalloc int[Digits * Passes];
        counts.Clear();
        Count(items, counts);
        scratch = scratch[..items.Length];
        for (int pass = 0; pass < Passes; pass++)
        {
            Span<int> places = counts.Slice(pass * Digits, Digits);
            if (places[Digit(items[0].Key, pass)] == items.Length) continue; // all have this digit
            int sum = 0;
            for (int digit = 0; digit < Digits; digit++) (places[digit], sum) = (sum, sum + places[digit]);
            Scatter(items, pass, places, scratch);
            Span<Ranked<TKey>> sorted = scratch;
            scratch = items;
            items = sorted;
        }
        return items;
    }

    /// <summary>Moves each item to the next place of its digit.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Scatter(ReadOnlySpan<Ranked<TKey>> items, int pass, Span<int> places, Span<Ranked<TKey>> to)
    {
        ref int place = ref MemoryMarshal.GetReference(places);
        ref Ranked<TKey> first = ref MemoryMarshal.GetReference(to);
        foreach (ref readonly Ranked<TKey> item in items)
        {
            ref int next = ref Unsafe.Add(ref place, Digit(item.Key, pass));
            Unsafe.Add(ref first, next) = item;
            next++;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Count(ReadOnlySpan<Ranked<TKey>> items, Span<int> counts)
    {
        ref int first = ref MemoryMarshal.GetReference(counts);
        foreach (ref readonly Ranked<TKey> item in items)
        {
            TKey key = item.Key;
            for (int pass = 0; pass < Passes; pass++) Unsafe.Add(ref first, pass * Digits + Digit(key, pass))++;
        }
    }

    private static void Insert(Span<Ranked<TKey>> items)
    {
        for (int i = 1; i < items.Length; i++)
        {
            Ranked<TKey> item = items[i];
            int hole = i;
            for (; hole > 0 && items[hole - 1].Key > item.Key; hole--) items[hole] = items[hole - 1];
            items[hole] = item;
        }
    }
}
