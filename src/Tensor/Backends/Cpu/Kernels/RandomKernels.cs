using System.Numerics;
using System.Runtime.CompilerServices;

namespace MiniStack;

/// <summary>y = low + (high − low)·u, four elements from each block of the stream; computed in F64 as the reference does.</summary>
internal readonly struct UniformKernel<T>(Tensor y, double low, double high, ulong key, ulong block) : IWork
    where T : unmanaged, IFloatingPointIeee754<T>
{
    public void Run(int piece)
    {
        (int start, int count) = Pieces.Range(piece, y.Count);
        Span<T> to = y.Raw<T>().Slice(start, count);
        Span<uint> words = stackalloc uint[4];
        for (int i = 0; i < count; i += 4)
        {
            (words[0], words[1], words[2], words[3]) = Rng.Block(key, block + (ulong)(start + i) / 4);
            for (int j = 0; j < Math.Min(4, count - i); j++) to[i + j] = T.CreateTruncating(low + (high - low) * Rng.ToUnit(words[j]));
        }
    }
}

/// <summary>y = mean + std·√(−2 ln u)·cos(2πv), two elements from each block of the stream; in F64 as the reference does.</summary>
internal readonly struct NormalKernel<T>(Tensor y, double mean, double std, ulong key, ulong block) : IWork
    where T : unmanaged, IFloatingPointIeee754<T>
{
    public void Run(int piece)
    {
        (int start, int count) = Pieces.Range(piece, y.Count);
        Span<T> to = y.Raw<T>().Slice(start, count);
        for (int i = 0; i < count; i += 2)
        {
            (uint a, uint b, uint c, uint d) = Rng.Block(key, block + (ulong)(start + i) / 2);
            to[i] = T.CreateTruncating(Draw(a, b));
            if (i + 1 < count) to[i + 1] = T.CreateTruncating(Draw(c, d));
        }
    }

    private double Draw(uint first, uint second)
    {
        double u = (first + 1.0) / 4294967296.0; // (0, 1]: its logarithm is finite
        double v = second / 4294967296.0;
        return mean + std * Math.Sqrt(-2 * Math.Log(u)) * Math.Cos(2 * Math.PI * v);
    }
}

/// <summary>y = x·scale where the stream's number is at least p, otherwise 0.</summary>
internal readonly struct DropoutKernel<T>(Operand<T> x, Tensor y, float p, float scale, ulong key, ulong block) : IWork
    where T : unmanaged, IFloatingPointIeee754<T>
{
    [SkipLocalsInit]
    public void Run(int piece)
    {
        (int start, int count) = Pieces.Range(piece, y.Count);
        Span<T> to = y.Raw<T>().Slice(start, count), buffer = stackalloc T[x.IsContiguous ? 0 : Pieces.Elements];
        ReadOnlySpan<T> from = x.Read(start, count, buffer);
        T factor = T.CreateTruncating(scale);
        Span<uint> words = stackalloc uint[4];
        for (int i = 0; i < count; i += 4)
        {
            (words[0], words[1], words[2], words[3]) = Rng.Block(key, block + (ulong)(start + i) / 4);
            for (int j = 0; j < Math.Min(4, count - i); j++) to[i + j] = Rng.ToUnit(words[j]) >= p ? from[i + j] * factor : T.Zero;
        }
    }
}
