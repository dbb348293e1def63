using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace MiniStack;

/// <summary>A comparison of two numbers; nothing holds for NaN.</summary>
internal interface IComparison
{
    static abstract bool Holds<T>(T a, T b) where T : INumber<T>;
}

/// <summary>a == b.</summary>
internal readonly struct EqualComparison : IComparison
{
    public static bool Holds<T>(T a, T b) where T : INumber<T> => a == b;
}

/// <summary>a &lt; b.</summary>
internal readonly struct LessComparison : IComparison
{
    public static bool Holds<T>(T a, T b) where T : INumber<T> => a < b;
}

/// <summary>a &lt;= b.</summary>
internal readonly struct LessOrEqualComparison : IComparison
{
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
        for (int i = 0; i < y.Length; i++)
            y[i] = TComparison.Holds(Unsafe.Add(ref left, i), Unsafe.Add(ref right, i)) ? (byte)1 : (byte)0;
    }
}
