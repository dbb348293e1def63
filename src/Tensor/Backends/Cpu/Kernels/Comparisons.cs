using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace MiniStack;

/// <summary>A comparison of two numbers; nothing holds for NaN.</summary>
internal interface IComparison
{
    static abstract Vector256<T> Mask<T>(Vector256<T> a, Vector256<T> b);

    static abstract bool Holds<T>(T a, T b) where T : INumber<T>;
}

/// <summary>a == b.</summary>
internal readonly struct EqualComparison : IComparison
{
    public static Vector256<T> Mask<T>(Vector256<T> a, Vector256<T> b) => Vector256.Equals(a, b);

    public static bool Holds<T>(T a, T b) where T : INumber<T> => a == b;
}

/// <summary>a &lt; b.</summary>
internal readonly struct LessComparison : IComparison
{
    public static Vector256<T> Mask<T>(Vector256<T> a, Vector256<T> b) => Vector256.LessThan(a, b);

    public static bool Holds<T>(T a, T b) where T : INumber<T> => a < b;
}

/// <summary>a &lt;= b.</summary>
internal readonly struct LessOrEqualComparison : IComparison
{
    public static Vector256<T> Mask<T>(Vector256<T> a, Vector256<T> b) => Vector256.LessThanOrEqual(a, b);

    public static bool Holds<T>(T a, T b) where T : INumber<T> => a <= b;
}

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
                Vector256<uint> mask = TComparison.Mask(eightA, eightB).AsUInt32();
                Vector128<ushort> halves = Vector128.Narrow(mask.GetLower(), mask.GetUpper());
                ulong bytes = Vector128.Narrow(halves, halves).AsUInt64().ToScalar() & 0x0101010101010101;
                Unsafe.WriteUnaligned(ref y[i], bytes);
            }
        }
        for (; i < y.Length; i++)
            y[i] = TComparison.Holds(Unsafe.Add(ref left, i), Unsafe.Add(ref right, i)) ? (byte)1 : (byte)0;
    }
}
