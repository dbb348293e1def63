using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace MiniStack;

/// <summary>
/// y = rows·x·columnsᵀ for bands: the few rows of an image that make one row of the result are added up, whole vectors at a time; then its
/// columns are. Pieces are rows of the result.
/// </summary>
internal readonly struct ResampleKernel<T>(
    Operand<T> x, Resampling rows, Resampling columns, Taps<T> taps, Tensor y, int perPiece) : IVectorWork<T>
    where T : unmanaged, IFloatingPointIeee754<T>
{
    /// <summary>Rows that are added up in one chain: a longer one would lose digits.</summary>
    private const int LongestChain = 256;

    /// <summary>Whether rows are copies of rows of x: those from the same one are alike.</summary>
    private readonly bool _repeats = rows.Taps<T>().ArePicks;

    public static void Run(Tensor x, Resampling rows, Resampling columns, Tensor y)
    {
        int perPiece = Pieces.Rows(Math.Max(columns.Inputs, columns.Outputs));
        VectorWork.For<T, ResampleKernel<T>>(
            Pieces.Count(y.Count / columns.Outputs, perPiece), new(new(x), rows, columns, columns.Taps<T>(), y, perPiece));
    }

    public void Run<TVector, TDouble>(int piece)
        where TVector : struct, IFloatVector<TVector, T>
        where TDouble : struct, IFloatVector<TDouble, double>
    {
        int width = columns.Inputs, widthY = columns.Outputs;
        (int first, int count) = Pieces.Range(piece, y.Count / widthY, perPiece);
        using RowBuffer<T> bufferSum = new(width + Math.Max(TVector.Count, Vector256<T>.Count)),
            buffer = new(x.IsContiguous ? 0 : width * MostRows());
        Span<T> all = y.Raw<T>(), sum = bufferSum.Span;
        for (int i = first; i < first + count; i++)
        {
            (int image, int row) = Math.DivRem(i, rows.Outputs);
            (int start, double[] weights) = rows[row];
            Span<T> to = all.Slice(i * widthY, widthY);
            if (weights.Length == 0)
            {
                to.Clear();
                continue;
            }
            if (_repeats && i > first && row > 0 && rows[row - 1].Start == start)
            {
                all.Slice((i - 1) * widthY, widthY).CopyTo(to);
                continue;
            }
            SumRows<TVector>(x.Read(((long)image * rows.Inputs + start) * width, weights.Length * width, buffer.Span), width, weights, sum);
            sum[width] = T.Zero; // what stands in for an input that is not there
            if (taps.ArePicks) Pick(sum, taps.Inputs, to);
            else SumColumns(sum, taps, to);
        }
    }

    private int MostRows()
    {
        int most = 0;
        for (int i = 0; i < rows.Outputs; i++) most = Math.Max(most, rows[i].Weights.Length);
        return most;
    }

    /// <summary>sum = Σ weight·row; past the width there may be anything.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void SumRows<TVector>(ReadOnlySpan<T> x, int width, double[] weights, Span<T> sum)
        where TVector : struct, IFloatVector<TVector, T>
    {
        ref T from = ref MemoryMarshal.GetReference(x), to = ref MemoryMarshal.GetReference(sum);
        int i = 0;
        for (; i <= width - TVector.Count; i += TVector.Count)
        {
            TVector v = TVector.Load(in from, i) * TVector.Create(weights[0]), total = TVector.Create(0);
            for (int k = 1; k < weights.Length; k++)
            {
                if (k % LongestChain == 0) (total, v) = (total + v, TVector.Create(0));
                v = TVector.MultiplyAdd(TVector.Load(in from, k * width + i), TVector.Create(weights[k]), v);
            }
            (weights.Length > LongestChain ? total + v : v).Store(ref to, i);
        }
        if (i == width) return;
        TVector last = TVector.LoadPartFrom(in from, i, width - i) * TVector.Create(weights[0]), lastTotal = TVector.Create(0);
        for (int k = 1; k < weights.Length; k++)
        {
            if (k % LongestChain == 0) (lastTotal, last) = (lastTotal + last, TVector.Create(0));
            last = TVector.MultiplyAdd(TVector.LoadPartFrom(in from, k * width + i, width - i), TVector.Create(weights[k]), last);
        }
        (weights.Length > LongestChain ? lastTotal + last : last).Store(ref to, i);
    }

    /// <summary>y[j] = Σ weight·x over the inputs of column j.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void SumColumns(ReadOnlySpan<T> x, Taps<T> taps, Span<T> y)
    {
        ref T from = ref MemoryMarshal.GetReference(x);
        ref int inputs = ref MemoryMarshal.GetArrayDataReference(taps.Inputs);
        ref T weights = ref MemoryMarshal.GetArrayDataReference(taps.Weights);
        int count = y.Length;
        switch (taps.Most)
        {
            case 1:
                for (int j = 0; j < y.Length; j++) y[j] = Tap(ref from, ref inputs, ref weights, j);
                break;
            case 2:
                for (int j = 0; j < y.Length; j++)
                    y[j] = Tap(ref from, ref inputs, ref weights, j) + Tap(ref from, ref inputs, ref weights, count + j);
                break;
            case 3:
                for (int j = 0; j < y.Length; j++)
                {
                    y[j] = Tap(ref from, ref inputs, ref weights, j) + Tap(ref from, ref inputs, ref weights, count + j)
                        + Tap(ref from, ref inputs, ref weights, 2 * count + j);
                }
                break;
            default:
                for (int j = 0; j < y.Length; j++)
                {
                    double sum = 0; // windows may be as long as a sequence
                    for (int k = 0; k < taps.Most; k++) sum += Sums.ToDouble(Tap(ref from, ref inputs, ref weights, k * count + j));
                    y[j] = Sums.FromDouble<T>(sum);
                }
                break;
        }
    }

    /// <summary>y[j] = x[inputs[j]]; behind x are a vector's elements of anything.</summary>
    /// <remarks>
    /// Enlarged, neighbours in y come from neighbours in x: a vector of them is one of x with its elements in other places.
    /// </remarks>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Pick(ReadOnlySpan<T> x, int[] inputs, Span<T> y)
    {
        ref T from = ref MemoryMarshal.GetReference(x);
        int j = 0;
        if (Avx2.IsSupported && Unsafe.SizeOf<T>() == sizeof(float))
        {
            for (; j <= y.Length - Vector256<int>.Count; j += Vector256<int>.Count)
            {
                int first = inputs[j];
                Vector256<int> places = Vector256.LoadUnsafe(ref inputs[j]) - Vector256.Create(first);
                if (!Vector256.LessThanAll(places.AsUInt32(), Vector256.Create((uint)Vector256<int>.Count))) break;
                Vector256<float> picked = Avx2.PermuteVar8x32(
                    Vector256.LoadUnsafe(ref Unsafe.As<T, float>(ref from), (nuint)first), places);
                picked.StoreUnsafe(ref Unsafe.As<T, float>(ref y[j]));
            }
        }
        for (; j < y.Length; j++) y[j] = x[inputs[j]];
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static T Tap(ref T from, ref int inputs, ref T weights, int k) =>
        Unsafe.Add(ref from, Unsafe.Add(ref inputs, k)) * Unsafe.Add(ref weights, k);
}
