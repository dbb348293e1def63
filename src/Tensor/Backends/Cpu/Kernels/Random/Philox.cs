using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace MiniStack;

/// <summary>Many blocks of <see cref="Rng"/>'s stream at once: the same words, four blocks in the lanes of a vector.</summary>
internal static class Philox
{
    /// <summary>Words from the start of <paramref name="block"/> on.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Words(Span<uint> words, ulong key, ulong block)
    {
        int i = 0;
        if (Vector256.IsHardwareAccelerated)
        {
            for (; i <= words.Length - 16; i += 16) FourBlocks(ref words[i], key, block + (ulong)i / 4);
        }
        Span<uint> rest = stackalloc uint[4];
        for (; i < words.Length; i += 4)
        {
            (rest[0], rest[1], rest[2], rest[3]) = Rng.Block(key, block + (ulong)i / 4);
            rest[..Math.Min(4, words.Length - i)].CopyTo(words[i..]);
        }
    }

    /// <summary>Numbers in [0, 1) as <see cref="Rng.ToUnit"/> makes them.</summary>
    [SkipLocalsInit]
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Units(Span<float> units, ulong key, ulong block)
    {
        Span<uint> words = MemoryMarshal.Cast<float, uint>(units);
        Words(words, key, block);
        ref uint from = ref MemoryMarshal.GetReference(words);
        ref float to = ref MemoryMarshal.GetReference(units);
        int i = 0;
        for (; i <= units.Length - 8; i += 8)
        {
            Vector256<int> bits = (Vector256.LoadUnsafe(ref from, (nuint)i) >>> 8).AsInt32();
            (Vector256.ConvertToSingle(bits) * (1f / (1 << 24))).StoreUnsafe(ref to, (nuint)i); // exact, so equal to the scalar
        }
        for (; i < units.Length; i++) units[i] = Rng.ToUnit(words[i]);
    }

    // As Rng.Block, each 32-bit word in the low half of a 64-bit lane, because products need the room.
    private static void FourBlocks(ref uint words, ulong key, ulong block)
    {
        Vector256<ulong> low = Vector256.Create(0xFFFFFFFFUL), counter = Vector256.Create(block) + Vector256.Create(0UL, 1, 2, 3);
        Vector256<ulong> c0 = counter & low, c1 = counter >>> 32, c2 = Vector256<ulong>.Zero, c3 = Vector256<ulong>.Zero;
        uint k0 = (uint)key, k1 = (uint)(key >> 32);
        for (int round = 0; round < 10; round++)
        {
            Vector256<ulong> product0 = Multiply(c0, 0xD2511F53), product1 = Multiply(c2, 0xCD9E8D57);
            (c0, c1, c2, c3) = (
                (product1 >>> 32) ^ c1 ^ Vector256.Create((ulong)k0), product1 & low,
                (product0 >>> 32) ^ c3 ^ Vector256.Create((ulong)k1), product0 & low);
            k0 += 0x9E3779B9;
            k1 += 0xBB67AE85;
        }
        Vector256<ulong> first = c0 | (c1 << 32), second = c2 | (c3 << 32);
        ref ulong to = ref Unsafe.As<uint, ulong>(ref words);
        for (int lane = 0; lane < 4; lane++)
        {
            Unsafe.Add(ref to, 2 * lane) = first.GetElement(lane);
            Unsafe.Add(ref to, 2 * lane + 1) = second.GetElement(lane);
        }
    }

    /// <summary>Products of the low halves: one instruction on x86, where a full 64-bit product takes several.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<ulong> Multiply(Vector256<ulong> a, uint b) => Avx2.IsSupported
        ? Avx2.Multiply(a.AsUInt32(), Vector256.Create((ulong)b).AsUInt32())
        : a * Vector256.Create((ulong)b);
}
