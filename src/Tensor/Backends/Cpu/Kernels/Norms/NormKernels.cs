using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using MiniStack.Operators;

namespace MiniStack;

/// <summary>y = (x − mean)·rstd·weight + bias by rows; mean and variance in F64. Without a mean (RMS norm) it counts as 0.</summary>
internal readonly struct NormKernel<T>(
    Operand<T> x, Operand<T> weight, Operand<T>? bias, double epsilon, Tensor y, Tensor? mean, Tensor rstd, int length) : IVectorWork<T>
    where T : unmanaged, IFloatingPointIeee754<T>
{
    private readonly bool _streams = Streaming.Pays(y, length);

    public void Run<TVector, TDouble>(int piece)
        where TVector : struct, IFloatVector<TVector, T>
        where TDouble : struct, IFloatVector<TDouble, double>
    {
        (int first, int rows) = Pieces.Range(piece, rstd.Count, Pieces.Rows(length));
        using RowBuffer<T> buffer = new(x.HasWholeRows(length) ? 0 : length);
        using RowBuffer<T> bufferW = new(length), bufferB = new(length);
        ReadOnlySpan<T> scale = weight.Read(0, length, bufferW.Span), shift = [];
        if (bias is { } given) shift = given.Read(0, length, bufferB.Span);
        Span<T> all = y.Raw<T>(), means = mean is null ? [] : mean.Raw<T>(), rstds = rstd.Raw<T>();
        for (int row = first; row < first + rows; row++)
        {
            ReadOnlySpan<T> from = x.Read((long)row * length, length, buffer.Span);
            double average = mean is null ? 0 : Sums.Sum<T, TDouble>(from) / length;
            double inverse = 1 / Math.Sqrt(Sums.SquaresAround<T, TDouble>(from, average) / length + epsilon);
            Normalize<TVector>(from, average, inverse, scale, shift, all.Slice(row * length, length), _streams);
            if (mean is not null) means[row] = T.CreateTruncating(average);
            rstds[row] = T.CreateTruncating(inverse);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Normalize<TVector>(
        ReadOnlySpan<T> x, double average, double inverse, ReadOnlySpan<T> scale, ReadOnlySpan<T> shift, Span<T> y, bool streams)
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
            TVector v = shifted ? TVector.MultiplyAdd(n, w, TVector.Load(in biases, i)) : n * w;
            if (streams) v.Stream(ref to, i);
            else v.Store(ref to, i);
        }
        if (i == x.Length) return;
        // The last elements, padded to a whole vector and sent through the same loop.
        Span<T> x0 = stackalloc T[TVector.Count], w0 = stackalloc T[TVector.Count], b0 = stackalloc T[shifted ? TVector.Count : 0];
        x[i..].CopyTo(x0);
        scale[i..].CopyTo(w0);
        if (shifted) shift[i..].CopyTo(b0);
        Normalize<TVector>(x0, average, inverse, w0, b0, x0, streams: false);
        x0[..(x.Length - i)].CopyTo(y[i..]);
    }
}

/// <summary>
/// Gradients of <see cref="NormKernel{T}"/>. A piece is some rows; its dweight, then its dbias, go to <c>partial</c>, to be added in order.
/// </summary>
internal readonly struct NormBackwardKernel<T>(
    Operand<T> x, Operand<T> weight, Operand<T>? mean, Operand<T> rstd, Operand<T> dy, Tensor dx, double[] partial, bool hasBias,
    int length)
    : IVectorWork<T>
    where T : unmanaged, IFloatingPointIeee754<T>
{
    /// <summary>Rows whose dweight and dbias are added up in their own type before F64 takes over.</summary>
    private const int Group = 32;

    private readonly bool _streams = Streaming.Pays(dx, length);

    /// <summary>Rows of one piece: enough that the partial sums are few.</summary>
    public static int RowsAtOnce(int length) => Math.Max(2 * Group, Pieces.Rows(length));

    public void Run<TVector, TDouble>(int piece)
        where TVector : struct, IFloatVector<TVector, T>
        where TDouble : struct, IFloatVector<TDouble, double>
    {
        (int first, int rows) = Pieces.Range(piece, rstd.Count, RowsAtOnce(length));
        using RowBuffer<T> buffer = new(x.HasWholeRows(length) ? 0 : length), bufferD = new(dy.HasWholeRows(length) ? 0 : length);
        int sumsLength = hasBias ? 2 * length : length;
        using RowBuffer<T> bufferW = new(length), bufferSums = new(sumsLength);
        ReadOnlySpan<T> scale = weight.Read(0, length, bufferW.Span);
        Span<T> sums = bufferSums.Span, all = dx.Raw<T>();
        Span<double> total = partial.AsSpan(piece * sumsLength, sumsLength);
        total.Clear();
        for (int row = first; row < first + rows; row++)
        {
            if ((row - first) % Group == 0) sums.Clear();
            ReadOnlySpan<T> from = x.Read((long)row * length, length, buffer.Span);
            ReadOnlySpan<T> gradient = dy.Read((long)row * length, length, bufferD.Span);
            double average = mean is { } means ? Sums.ToDouble(means.At(row)) : 0, inverse = Sums.ToDouble(rstd.At(row));
            double sumG = 0, sumGn = 0;
            for (int i = 0; i < length; i += RowMath.Chunk)
            {
                int count = Math.Min(RowMath.Chunk, length - i);
                (double g, double gn) = Accumulate<TVector>(
                    from.Slice(i, count), gradient.Slice(i, count), scale.Slice(i, count), average, inverse, sums.Slice(i, count));
                sumG += g;
                sumGn += gn;
            }
            if (hasBias) VectorLoops.Map<T, Add>(sums[length..], gradient, sums[length..], streams: false);
            Gradient<TVector>(
                from, gradient, scale, average, inverse, mean is null ? 0 : sumG / length, sumGn / length,
                all.Slice(row * length, length), _streams);
            if ((row - first) % Group == Group - 1 || row == first + rows - 1) Sums.AddTo<T, TDouble>(sums, total);
        }
    }

    /// <summary>dweight += dy·n; returns Σ g and Σ g·n with n = (x − mean)·rstd and g = dy·weight.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static (double SumG, double SumGn) Accumulate<TVector>(
        ReadOnlySpan<T> x, ReadOnlySpan<T> dy, ReadOnlySpan<T> scale, double average, double inverse, Span<T> dweight)
        where TVector : struct, IFloatVector<TVector, T>
    {
        ref T from = ref MemoryMarshal.GetReference(x), gradients = ref MemoryMarshal.GetReference(dy);
        ref T weights = ref MemoryMarshal.GetReference(scale);
        ref T sums = ref MemoryMarshal.GetReference(dweight);
        int whole = x.Length - x.Length % TVector.Count;
        double restG = 0, restGn = 0;
        // The end comes first: a call while the sums live would keep them in memory, inside the loop too.
        if (whole < x.Length)
            (restG, restGn) = AccumulateEnd<TVector>(x[whole..], dy[whole..], scale[whole..], average, inverse, dweight[whole..]);
        TVector middle = TVector.Create(average), factor = TVector.Create(inverse), sumG = default, sumGn = default;
        for (int i = 0; i < whole; i += TVector.Count)
        {
            TVector n = (TVector.Load(in from, i) - middle) * factor, d = TVector.Load(in gradients, i);
            TVector g = d * TVector.Load(in weights, i);
            sumG += g;
            sumGn = TVector.MultiplyAdd(g, n, sumGn);
            TVector.MultiplyAdd(d, n, TVector.Load(in sums, i)).Store(ref sums, i);
        }
        return (sumG.Sum() + restG, sumGn.Sum() + restGn);
    }

    /// <summary>
    /// The last elements, padded to a whole vector and sent through the same loop; the padding has dy = 0 and adds nothing.
    /// </summary>
    private static (double SumG, double SumGn) AccumulateEnd<TVector>(
        ReadOnlySpan<T> x, ReadOnlySpan<T> dy, ReadOnlySpan<T> scale, double average, double inverse, Span<T> dweight)
        where TVector : struct, IFloatVector<TVector, T>
    {
        Span<T> x0 = stackalloc T[TVector.Count], d0 = stackalloc T[TVector.Count], w0 = stackalloc T[TVector.Count];
        Span<T> dweight0 = stackalloc T[TVector.Count];
        x.CopyTo(x0);
        dy.CopyTo(d0);
        scale.CopyTo(w0);
        dweight.CopyTo(dweight0);
        (double, double) sums = Accumulate<TVector>(x0, d0, w0, average, inverse, dweight0);
        dweight0[..dweight.Length].CopyTo(dweight);
        return sums;
    }

    /// <summary>dx = rstd·(g − average(g) − n·average(g·n)).</summary>
    /// <remarks>In a loop of its own: stores retire in order, so those above would wait behind dx, which is not in a near cache.</remarks>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Gradient<TVector>(
        ReadOnlySpan<T> x, ReadOnlySpan<T> dy, ReadOnlySpan<T> scale, double average, double inverse,
        double averageG, double averageGn, Span<T> dx, bool streams)
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
            TVector v = factor * TVector.MultiplyAdd(n, gn0, g);
            if (streams) v.Stream(ref to, i);
            else v.Store(ref to, i);
        }
        if (i == x.Length) return;
        // The last elements, padded to a whole vector and sent through the same loop.
        Span<T> x0 = stackalloc T[TVector.Count], d0 = stackalloc T[TVector.Count], w0 = stackalloc T[TVector.Count];
        x[i..].CopyTo(x0);
        dy[i..].CopyTo(d0);
        scale[i..].CopyTo(w0);
        Gradient<TVector>(x0, d0, w0, average, inverse, averageG, averageGn, x0, streams: false);
        x0[..(x.Length - i)].CopyTo(dx[i..]);
    }
}
