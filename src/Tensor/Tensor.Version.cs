using System.Numerics;
using System.Runtime.InteropServices;

namespace MiniStack;

public sealed partial class Tensor
{
    private const int HashedAtOnce = 1 << 28;

    /// <summary>
    /// A number that changes when the elements do: how often the storage was written; of memory that its owner can write without being
    /// seen, a fingerprint of the elements.
    /// </summary>
    internal int Version => Storage.IsForeign ? Fingerprint() : Storage.Writes;

    private int Fingerprint()
    {
        using MemoryScope scope = MemoryScope.Begin();
        Tensor dense = Contiguous();
        ulong hash = 1;
        long first = dense.Layout.Offset * DType.Size(), bytes = Count * DType.Size();
        for (long at = 0; at < bytes; at += HashedAtOnce)
            hash = Mix(hash, ((CpuStorage)dense.Storage).Span<byte>(first + at, Math.Min(HashedAtOnce, bytes - at)));
        return (int)(hash ^ (hash >> 32));
    }

    /// <summary>
    /// Four multiplicative hashes side by side: as fast as memory is read. Nobody attacks it: the owner would only deceive himself.
    /// </summary>
    private static ulong Mix(ulong hash, ReadOnlySpan<byte> bytes)
    {
        const ulong Factor = 0x9E3779B97F4A7C15;
        ReadOnlySpan<ulong> words = MemoryMarshal.Cast<byte, ulong>(bytes);
        ulong a = hash, b = hash + 1, c = hash + 2, d = hash + 3;
        int i = 0;
        for (; i + 4 <= words.Length; i += 4)
        {
            a = BitOperations.RotateLeft(a ^ words[i], 29) * Factor;
            b = BitOperations.RotateLeft(b ^ words[i + 1], 29) * Factor;
            c = BitOperations.RotateLeft(c ^ words[i + 2], 29) * Factor;
            d = BitOperations.RotateLeft(d ^ words[i + 3], 29) * Factor;
        }
        foreach (byte rest in bytes[(i * 8)..]) a = BitOperations.RotateLeft(a ^ rest, 29) * Factor;
        return ((a * Factor ^ b) * Factor ^ c) * Factor ^ d;
    }
}
