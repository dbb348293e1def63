using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace MiniStack;

/// <summary>y = low + (high − low)·u, but at most the largest number of T below high; computed in F64 as the reference does.</summary>
internal readonly struct UniformKernel<T>(Tensor y, double low, double high, ulong key, ulong block) : IWork
    where T : unmanaged, IFloatingPointIeee754<T>
{
    private readonly (double Least, double Most) _ends = HalfOpen.Ends(low, high, y.DType, nameof(Tensor.Uniform));

    [SkipLocalsInit]
    public void Run(int piece)
    {
        (int start, int count) = Pieces.Range(piece, y.Count);
        Span<T> to = y.Raw<T>().Slice(start, count);
        Span<float> units = stackalloc float[Pieces.Block];
        for (int i = 0; i < count; i += Pieces.Block)
        {
            int length = Math.Min(Pieces.Block, count - i);
            Philox.Units(units[..length], key, block + (ulong)(start + i) / 4);
            for (int j = 0; j < length; j++)
                to[i + j] = T.CreateTruncating(Math.Clamp(low + (high - low) * units[j], _ends.Least, _ends.Most));
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
internal readonly struct DropoutKernel<T>(Operand<T> x, Tensor y, float p, float scale, ulong key, ulong block) : IVectorWork<T>
    where T : unmanaged
{
    [SkipLocalsInit]
    public void Run<TVector, TDouble>(int piece)
        where TVector : struct, IFloatVector<TVector, T>
        where TDouble : struct, IFloatVector<TDouble, double>
    {
        (int start, int count) = Pieces.Range(piece, y.Count);
        Span<T> to = y.Raw<T>().Slice(start, count), buffer = stackalloc T[Pieces.Block];
        Span<float> units = stackalloc float[Pieces.Block];
        for (int i = 0; i < count; i += Pieces.Block)
        {
            int length = Math.Min(Pieces.Block, count - i);
            Philox.Units(units[..length], key, block + (ulong)(start + i) / 4);
            Drop<TVector>(units, x.Read(start + i, length, buffer), to.Slice(i, length));
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Drop<TVector>(ReadOnlySpan<float> units, ReadOnlySpan<T> x, Span<T> y) where TVector : struct, IFloatVector<TVector, T>
    {
        ref float numbers = ref MemoryMarshal.GetReference(units);
        ref T from = ref MemoryMarshal.GetReference(x), to = ref MemoryMarshal.GetReference(y);
        TVector bound = TVector.Create(p), factor = TVector.Create(scale), zero = TVector.Create(0);
        int i = 0;
        for (; i <= y.Length - TVector.Count; i += TVector.Count)
        {
            TVector dropped = TVector.Less(TVector.LoadFrom(in numbers, i), bound);
            TVector.Select(dropped, zero, TVector.Load(in from, i) * factor).Store(ref to, i);
        }
        for (; i < y.Length; i++) // one product and one rounding: the same bits without a vector
            y[i] = units[i] < p ? default : Sums.FromDouble<T>(Sums.ToDouble(x[i]) * scale);
    }
}
