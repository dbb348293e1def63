using System.Runtime.CompilerServices;

namespace MiniStack;

/// <summary>Unsigned numbers in the order of the elements, so that comparing and cutting into digits is the same for every type.</summary>
internal interface IRank<T, TKey>
{
    /// <summary>Equal for equal elements, larger for larger ones.</summary>
    static abstract TKey Of(T x);
}

/// <summary>−0 equals 0, and every NaN is the largest.</summary>
internal readonly struct FloatRank : IRank<float, uint>
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static uint Of(float x)
    {
        if (float.IsNaN(x)) return uint.MaxValue;
        // The bits of positive numbers grow with them, those of negative ones against them. −0 + 0 is 0.
        uint bits = BitConverter.SingleToUInt32Bits(x + 0f);
        return bits ^ ((uint)((int)bits >> 31) | 0x8000_0000);
    }
}

/// <inheritdoc cref="FloatRank"/>
internal readonly struct DoubleRank : IRank<double, ulong>
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong Of(double x)
    {
        if (double.IsNaN(x)) return ulong.MaxValue;
        ulong bits = BitConverter.DoubleToUInt64Bits(x + 0.0);
        return bits ^ ((ulong)((long)bits >> 63) | 0x8000_0000_0000_0000);
    }
}

/// <summary>Moved by half the range.</summary>
internal readonly struct LongRank : IRank<long, ulong>
{
    public static ulong Of(long x) => (ulong)x ^ 0x8000_0000_0000_0000;
}

/// <inheritdoc cref="LongRank"/>
internal readonly struct IntRank : IRank<int, uint>
{
    public static uint Of(int x) => (uint)x ^ 0x8000_0000;
}

/// <summary>As it is.</summary>
internal readonly struct ByteRank : IRank<byte, uint>
{
    public static uint Of(byte x) => x;
}
