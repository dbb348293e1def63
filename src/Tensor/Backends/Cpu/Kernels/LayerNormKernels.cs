using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace MiniStack;

/// <summary>y = (x − mean)·rstd·weight + bias by rows; mean and variance in F64.</summary>
internal readonly struct LayerNormKernel<T>(
    Operand<T> x, Operand<T> weight, Operand<T>? bias, double epsilon, Tensor y, Tensor mean, Tensor rstd, int length) : IVectorWork<T>
    where T : unmanaged, IFloatingPointIeee754<T>
{
    public void Run<TVector, TDouble>(int piece)
        where TVector : struct, IFloatVector<TVector, T>
        where TDouble : struct, IFloatVector<TDouble, double>
    {
        (int first, int rows) = Pieces.Range(piece, mean.Count, Pieces.Rows(length));
        using RowBuffer<T> buffer = new(x.HasWholeRows(length) ? 0 : length);
        using RowBuffer<T> bufferW = new(length), bufferB = new(length);
        ReadOnlySpan<T> scale = weight.Read(0, length, bufferW.Span), shift = [];
        if (bias is { } given) shift = given.Read(0, length, bufferB.Span);
        Span<T> all = y.Raw<T>(), means = mean.Raw<T>(), rstds = rstd.Raw<T>();
        for (int row = first; row < first + rows; row++)
        {
            ReadOnlySpan<T> from = x.Read((long)row * length, length, buffer.Span);
            double average = Sums.Sum<T, TDouble>(from) / length;
            double inverse = 1 / Math.Sqrt(Sums.SquaresAround<T, TDouble>(from, average) / length + epsilon);
            Normalize<TVector>(from, average, inverse, scale, shift, all.Slice(row * length, length));
            means[row] = T.CreateTruncating(average);
            rstds[row] = T.CreateTruncating(inverse);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Normalize<TVector>(
        ReadOnlySpan<T> x, double average, double inverse, ReadOnlySpan<T> scale, ReadOnlySpan<T> shift, Span<T> y)
        where TVector : struct, IFloatVector<TVector, T>
    {
        // The mean in two parts: rounded to F32 alone it would shift rows whose mean is large against their deviation.
        double high = Sums.ToDouble(Sums.FromDouble<T>(average));
        TVector meanHigh = TVector.Create(high), meanLow = TVector.Create(average - high), factor = TVector.Create(inverse);
        ref T from = ref MemoryMarshal.GetReference(x), to = ref MemoryMarshal.GetReference(y);
        ref T weights = ref MemoryMarshal.GetReference(scale), biases = ref MemoryMarshal.GetReference(shift);
        bool shifted = !shift.IsEmpty;
        int i = 0;
        for (; i <= x.Length - TVector.Count; i += TVector.Count)
        {
            TVector n = (TVector.Load(in from, i) - meanHigh - meanLow) * factor, w = TVector.Load(in weights, i);
            (shifted ? TVector.MultiplyAdd(n, w, TVector.Load(in biases, i)) : n * w).Store(ref to, i);
        }
        if (i == x.Length) return;
        // The last elements, padded to a whole vector and sent through the same loop.
        Span<T> x0 = stackalloc T[TVector.Count], w0 = stackalloc T[TVector.Count], b0 = stackalloc T[shifted ? TVector.Count : 0];
        x[i..].CopyTo(x0);
        scale[i..].CopyTo(w0);
        if (shifted) shift[i..].CopyTo(b0);
        Normalize<TVector>(x0, average, inverse, w0, b0, x0);
        x0[..(x.Length - i)].CopyTo(y[i..]);
    }
}

/// <summary>Gradients of layer norm. A piece is some rows; its dweight and dbias go to <c>partial</c>, to be added in order.</summary>
internal readonly struct LayerNormBackwardKernel<T>(
    Operand<T> x, Operand<T> weight, Operand<T> mean, Operand<T> rstd, Operand<T> dy, Tensor dx, double[] partial, int length)
    : IVectorWork<T>
    where T : unmanaged, IFloatingPointIeee754<T>
{
    /// <summary>Rows of one piece: enough that the partial sums are few.</summary>
    public static int RowsAtOnce(int length) => Math.Max(32, Pieces.Rows(length));

    public void Run<TVector, TDouble>(int piece)
        where TVector : struct, IFloatVector<TVector, T>
        where TDouble : struct, IFloatVector<TDouble, double>
    {
        (int first, int rows) = Pieces.Range(piece, dx.Count / length, RowsAtOnce(length));
        using RowBuffer<T> buffer = new(x.HasWholeRows(length) ? 0 : length), bufferD = new(dy.HasWholeRows(length) ? 0 : length);
        using RowBuffer<T> bufferW = new(length);
        ReadOnlySpan<T> scale = weight.Read(0, length, bufferW.Span);
        Span<double> sumWeight = partial.AsSpan(2 * piece * length, length);
        Span<double> sumBias = partial.AsSpan((2 * piece + 1) * length, length);
        sumWeight.Clear();
        sumBias.Clear();
        Span<T> all = dx.Raw<T>();
        for (int row = first; row < first + rows; row++)
        {
            ReadOnlySpan<T> from = x.Read((long)row * length, length, buffer.Span);
            ReadOnlySpan<T> gradient = dy.Read((long)row * length, length, bufferD.Span);
            double average = Sums.ToDouble(mean.At(row)), inverse = Sums.ToDouble(rstd.At(row));
            (double averageG, double averageGn) = Accumulate<TDouble>(from, gradient, scale, average, inverse, sumWeight, sumBias);
            Gradient<TVector>(
                from, gradient, scale, average, inverse, averageG / length, averageGn / length, all.Slice(row * length, length));
        }
    }

    /// <summary>Adds the row's dy·n and dy to the sums; returns Σ g and Σ g·n with n = (x − mean)·rstd and g = dy·weight.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static (double SumG, double SumGn) Accumulate<TDouble>(
        ReadOnlySpan<T> x, ReadOnlySpan<T> dy, ReadOnlySpan<T> scale, double average, double inverse,
        Span<double> sumWeight, Span<double> sumBias)
        where TDouble : struct, IFloatVector<TDouble, double>
    {
        ref T from = ref MemoryMarshal.GetReference(x), gradients = ref MemoryMarshal.GetReference(dy);
        ref T weights = ref MemoryMarshal.GetReference(scale);
        ref double dweight = ref MemoryMarshal.GetReference(sumWeight), dbias = ref MemoryMarshal.GetReference(sumBias);
        TDouble middle = TDouble.Create(average), factor = TDouble.Create(inverse), sumG = default, sumGn = default;
        int i = 0;
        for (; i <= x.Length - TDouble.Count; i += TDouble.Count)
        {
            TDouble n = (TDouble.LoadFrom(in from, i) - middle) * factor, d = TDouble.LoadFrom(in gradients, i);
            TDouble g = d * TDouble.LoadFrom(in weights, i);
            sumG += g;
            sumGn = TDouble.MultiplyAdd(g, n, sumGn);
            TDouble.MultiplyAdd(d, n, TDouble.Load(in dweight, i)).Store(ref dweight, i);
            (TDouble.Load(in dbias, i) + d).Store(ref dbias, i);
        }
        double restG = 0, restGn = 0;
        for (; i < x.Length; i++)
        {
            double n = (Sums.ToDouble(x[i]) - average) * inverse, d = Sums.ToDouble(dy[i]), g = d * Sums.ToDouble(scale[i]);
            restG += g;
            restGn += g * n;
            sumWeight[i] += d * n;
            sumBias[i] += d;
        }
        return (sumG.Sum() + restG, sumGn.Sum() + restGn);
    }

    /// <summary>dx = rstd·(g − average(g) − n·average(g·n)).</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Gradient<TVector>(
        ReadOnlySpan<T> x, ReadOnlySpan<T> dy, ReadOnlySpan<T> scale, double average, double inverse,
        double averageG, double averageGn, Span<T> dx)
        where TVector : struct, IFloatVector<TVector, T>
    {
        ref T from = ref MemoryMarshal.GetReference(x), gradients = ref MemoryMarshal.GetReference(dy);
        ref T weights = ref MemoryMarshal.GetReference(scale), to = ref MemoryMarshal.GetReference(dx);
        TVector middle = TVector.Create(average), factor = TVector.Create(inverse);
        TVector g0 = TVector.Create(-averageG), gn0 = TVector.Create(-averageGn);
        int i = 0;
        for (; i <= x.Length - TVector.Count; i += TVector.Count)
        {
            TVector n = (TVector.Load(in from, i) - middle) * factor;
            TVector g = TVector.MultiplyAdd(TVector.Load(in gradients, i), TVector.Load(in weights, i), g0);
            (factor * TVector.MultiplyAdd(n, gn0, g)).Store(ref to, i);
        }
        if (i == x.Length) return;
        // The last elements, padded to a whole vector and sent through the same loop.
        Span<T> x0 = stackalloc T[TVector.Count], d0 = stackalloc T[TVector.Count], w0 = stackalloc T[TVector.Count];
        x[i..].CopyTo(x0);
        dy[i..].CopyTo(d0);
        scale[i..].CopyTo(w0);
        Gradient<TVector>(x0, d0, w0, average, inverse, averageG, averageGn, x0);
        x0[..(x.Length - i)].CopyTo(dx[i..]);
    }
}
