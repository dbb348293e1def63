using System.Buffers;
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace MiniStack;

/// <summary>A number for each channel, or the same for all where there is no tensor.</summary>
internal readonly struct PerChannel<T>(Tensor? tensor, double otherwise) where T : unmanaged
{
    private readonly Operand<T>? _numbers = tensor is null ? null : new Operand<T>(tensor);

    public double this[int channel] => _numbers is { } numbers ? Sums.ToDouble(numbers.At(channel)) : otherwise;
}

/// <summary>
/// y = (x − mean)/√(variance + ε)·weight + bias over sets of rows. A piece is one set, or some small ones: its second and third pass find
/// it in a cache.
/// </summary>
internal readonly struct ChannelNormKernel<T>(
    NormSets sets, Operand<T> x, PerChannel<T> weight, PerChannel<T> bias, double epsilon, Tensor y, Tensor mean,
    Tensor variance) : IVectorWork<T>
    where T : unmanaged, IFloatingPointIeee754<T>
{
    private readonly bool _streams = Streaming.Pays(y, sets.Length);

    public void Run<TVector, TDouble>(int piece)
        where TVector : struct, IFloatVector<TVector, T>
        where TDouble : struct, IFloatVector<TDouble, double>
    {
        (int first, int count) = Pieces.Range(piece, sets.Sets, Pieces.Rows(sets.Size));
        using RowBuffer<T> buffer = new(x.HasWholeRows(sets.Length) ? 0 : sets.Length);
        for (int set = first; set < first + count; set++)
        {
            double sum = 0, squares = 0;
            for (int i = 0; i < sets.Rows; i++) sum += Sums.Sum<T, TDouble>(Read(sets.Row(set, i), buffer.Span));
            double average = sum / sets.Size;
            for (int i = 0; i < sets.Rows; i++) squares += Sums.SquaresAround<T, TDouble>(Read(sets.Row(set, i), buffer.Span), average);
            double inverse = 1 / Math.Sqrt(squares / sets.Size + epsilon);
            for (int i = 0; i < sets.Rows; i++)
            {
                int row = sets.Row(set, i), channel = row % sets.Channels;
                ReadOnlySpan<T> from = Read(row, buffer.Span);
                CenteredRow<TVector> formula = new(CenteredRow<TVector>.Split<T>(average), inverse * weight[channel], bias[channel]);
                RowLoop.Map<T, TVector, CenteredRow<TVector>>(
                    formula, from, from, y.Raw<T>().Slice(row * sets.Length, sets.Length), _streams);
            }
            mean.Raw<double>()[set] = average;
            variance.Raw<double>()[set] = squares / sets.Size;
        }
    }

    private ReadOnlySpan<T> Read(int row, Span<T> buffer) => x.Read((long)row * sets.Length, sets.Length, buffer);
}

/// <summary>
/// Gradients of <see cref="ChannelNormKernel{T}"/>: the sums over each row are kept, to be added up by channel in the order of the rows.
/// </summary>
internal readonly struct ChannelNormBackwardKernel<T>(
    NormSets sets, Operand<T> x, PerChannel<T> weight, double epsilon, PerChannel<double> mean, PerChannel<double> variance, Operand<T> dy,
    Tensor dx, (double Dy, double DyN)[] rowSums) : IVectorWork<T>
    where T : unmanaged, IFloatingPointIeee754<T>
{
    private readonly bool _streams = Streaming.Pays(dx, sets.Length);

    public static void Run(
        NormSets sets, Tensor x, Tensor? weight, double epsilon, Tensor mean, Tensor variance, Tensor dy, Tensor dx, Tensor dweight,
        Tensor dbias)
    {
        int rows = sets.Sets * sets.Rows;
        (double Dy, double DyN)[] rowSums = ArrayPool<(double, double)>.Shared.Rent(rows);
        if (dx.Count > 0)
        {
            VectorWork.For<T, ChannelNormBackwardKernel<T>>(
                Pieces.Count(sets.Sets, Pieces.Rows(sets.Size)),
                new(sets, new(x), new(weight, 1), epsilon, new(mean, 0), new(variance, 0), new(dy), dx, rowSums));
        }
        else rowSums.AsSpan(0, rows).Clear();
        Span<T> weights = dweight.Raw<T>(), biases = dbias.Raw<T>();
        for (int channel = 0; channel < sets.Channels; channel++)
        {
            double sum = 0, sumN = 0;
            for (int row = channel; row < rows; row += sets.Channels) (sum, sumN) = (sum + rowSums[row].Dy, sumN + rowSums[row].DyN);
            (weights[channel], biases[channel]) = (Sums.FromDouble<T>(sumN), Sums.FromDouble<T>(sum));
        }
        ArrayPool<(double, double)>.Shared.Return(rowSums);
    }

    public void Run<TVector, TDouble>(int piece)
        where TVector : struct, IFloatVector<TVector, T>
        where TDouble : struct, IFloatVector<TDouble, double>
    {
        (int first, int count) = Pieces.Range(piece, sets.Sets, Pieces.Rows(sets.Size));
        using RowBuffer<T> buffer = new(x.HasWholeRows(sets.Length) ? 0 : sets.Length),
            bufferD = new(dy.HasWholeRows(sets.Length) ? 0 : sets.Length);
        for (int set = first; set < first + count; set++)
        {
            double average = mean[set], inverse = 1 / Math.Sqrt(variance[set] + epsilon), sumG = 0, sumGn = 0;
            for (int i = 0; i < sets.Rows; i++)
            {
                int row = sets.Row(set, i);
                (double sum, double sumX) = Accumulate<TDouble>(Read(x, row, buffer.Span), Read(dy, row, bufferD.Span), average);
                rowSums[row] = (sum, sumX * inverse);
                double scale = weight[row % sets.Channels];
                sumG += sum * scale;
                sumGn += sumX * inverse * scale;
            }
            // With n = (x − mean)·rstd and g = dy·weight:  dx = rstd·(g − average(g) − n·average(g·n)).
            for (int i = 0; i < sets.Rows; i++)
            {
                int row = sets.Row(set, i);
                NormGradientRow<TVector> formula = new(
                    CenteredRow<TVector>.Split<T>(average), -inverse * inverse * sumGn / sets.Size, -inverse * sumG / sets.Size,
                    inverse * weight[row % sets.Channels]);
                RowLoop.Map<T, TVector, NormGradientRow<TVector>>(
                    formula, Read(x, row, buffer.Span), Read(dy, row, bufferD.Span), dx.Raw<T>().Slice(row * sets.Length, sets.Length),
                    _streams);
            }
        }
    }

    private ReadOnlySpan<T> Read(Operand<T> from, int row, Span<T> buffer) => from.Read((long)row * sets.Length, sets.Length, buffer);

    /// <summary>Σ dy and Σ dy·(x − center).</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static (double Sum, double SumX) Accumulate<TDouble>(ReadOnlySpan<T> x, ReadOnlySpan<T> dy, double center)
        where TDouble : struct, IFloatVector<TDouble, double>
    {
        ref T from = ref MemoryMarshal.GetReference(x), gradients = ref MemoryMarshal.GetReference(dy);
        TDouble middle = TDouble.Create(center), sum0 = default, sum1 = default, sumX0 = default, sumX1 = default;
        int i = 0, width = TDouble.Count;
        for (; i <= x.Length - 2 * width; i += 2 * width)
        {
            TDouble d0 = TDouble.LoadFrom(in gradients, i), d1 = TDouble.LoadFrom(in gradients, i + width);
            sum0 += d0;
            sum1 += d1;
            sumX0 = TDouble.MultiplyAdd(d0, TDouble.LoadFrom(in from, i) - middle, sumX0);
            sumX1 = TDouble.MultiplyAdd(d1, TDouble.LoadFrom(in from, i + width) - middle, sumX1);
        }
        double sum = 0, sumX = 0;
        for (; i < x.Length; i++)
        {
            double d = Sums.ToDouble(Unsafe.Add(ref gradients, i));
            sum += d;
            sumX += d * (Sums.ToDouble(Unsafe.Add(ref from, i)) - center);
        }
        return ((sum0 + sum1).Sum() + sum, (sumX0 + sumX1).Sum() + sumX);
    }
}

/// <summary>
/// (a − mean)·scale + shift, the mean in two parts: rounded to F32 alone it would shift rows whose mean is large against their deviation.
/// </summary>
internal readonly struct CenteredRow<TVector>((double High, double Low) mean, double scale, double shift) : IRowFormula<TVector>
    where TVector : struct, IFloatVector<TVector>
{
    private readonly TVector _high = TVector.Create(mean.High), _low = TVector.Create(mean.Low), _scale = TVector.Create(scale),
        _shift = TVector.Create(shift);

    public static (double High, double Low) Split<T>(double mean) where T : unmanaged
    {
        double high = Sums.ToDouble(Sums.FromDouble<T>(mean));
        return (high, mean - high);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public TVector Apply(TVector a, TVector b) => TVector.MultiplyAdd(a - _high - _low, _scale, _shift);
}

/// <summary>(a − mean)·slope + shift + b·scale, with x as a and dy as b.</summary>
internal readonly struct NormGradientRow<TVector>(
    (double High, double Low) mean, double slope, double shift, double scale) : IRowFormula<TVector>
    where TVector : struct, IFloatVector<TVector>
{
    private readonly CenteredRow<TVector> _centered = new(mean, slope, shift);
    private readonly TVector _scale = TVector.Create(scale);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public TVector Apply(TVector a, TVector b) => TVector.MultiplyAdd(b, _scale, _centered.Apply(a, b));
}
