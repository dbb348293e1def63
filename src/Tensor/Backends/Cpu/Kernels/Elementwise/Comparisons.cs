using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using MiniStack.Operators;

namespace MiniStack;

/// <summary>Bytes 1 where the comparison holds, 0 elsewhere.</summary>
internal readonly struct CompareMap<T, TComparison> : IMap2<T, byte>
    where T : unmanaged, INumber<T>
    where TComparison : struct, IComparison
{
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Apply(ReadOnlySpan<T> a, ReadOnlySpan<T> b, Span<byte> y)
    {
        ref T left = ref MemoryMarshal.GetReference(a), right = ref MemoryMarshal.GetReference(b);
        int i = 0;
        if (Unsafe.SizeOf<T>() == 4)
        {
            for (; i <= y.Length - 8; i += 8)
            {
                // Eight masks shrink to eight bytes; of each all-ones byte the lowest bit stays.
                Vector256<T> eightA = Vector256.LoadUnsafe(ref left, (nuint)i), eightB = Vector256.LoadUnsafe(ref right, (nuint)i);
                Vector256<uint> mask = TComparison.Apply(eightA, eightB).AsUInt32();
                Vector128<ushort> halves = Vector128.Narrow(mask.GetLower(), mask.GetUpper());
                ulong bytes = Vector128.Narrow(halves, halves).AsUInt64().ToScalar() & 0x0101010101010101;
                Unsafe.WriteUnaligned(ref y[i], bytes);
            }
        }
        for (; i < y.Length; i++)
            y[i] = TComparison.Plain(Unsafe.Add(ref left, i), Unsafe.Add(ref right, i)) ? (byte)1 : (byte)0;
    }
}
