using System.Numerics;
using System.Numerics.Tensors;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace MiniStack;

/// <summary>
/// The largest of windows that are all alike. A band of input rows is first dealt out by column modulo the stride, so that what one place
/// in the window meets along a row of the result lies together: then whole vectors of windows are compared, place by place.
/// </summary>
internal readonly struct MaxPoolKernel<T>(
    Operand<T> x, Resampling rows, (int Kernel, int Stride, int Padding) down, Resampling columns,
    (int Kernel, int Stride, int Padding) across,
    Tensor y, Tensor? indices, int band, int bands, int perPiece) : IVectorWork<T>
    where T : unmanaged, IFloatingPointIeee754<T>
{
    public static void Run(
        Tensor x, Resampling rows, (int Kernel, int Stride, int Padding) down, Resampling columns,
        (int Kernel, int Stride, int Padding) across,
        Tensor y, Tensor? indices)
    {
        // From one window there is no step to the next: a stride beyond all sizes would only overflow.
        if (rows.Outputs == 1) down.Stride = 1;
        if (columns.Outputs == 1) across.Stride = 1;
        int band = Math.Min(rows.Outputs, Pieces.Rows((long)columns.Inputs * down.Stride)), bands = Pieces.Count(rows.Outputs, band);
        int perPiece = Pieces.Rows((long)columns.Inputs * down.Stride * band);
        long items = y.Count / ((long)rows.Outputs * columns.Outputs) * bands;
        VectorWork.For<T, MaxPoolKernel<T>>(
            Pieces.Count(items, perPiece), new(new(x), rows, down, columns, across, y, indices, band, bands, perPiece));
    }

    public void Run<TVector, TDouble>(int piece)
        where TVector : struct, IFloatVector<TVector, T>
        where TDouble : struct, IFloatVector<TDouble, double>
    {
        int width = columns.Inputs, widthY = columns.Outputs, padded = (widthY + TVector.Count - 1) / TVector.Count * TVector.Count;
        int phase = padded + (across.Kernel - 1) / across.Stride, dealt = phase * across.Stride,
            bandRows = (band - 1) * down.Stride + down.Kernel;
        using RowBuffer<T> buffer = new(x.HasWholeRows(width) ? 0 : width), bufferDealt = new(bandRows * dealt);
        using RowBuffer<T> bufferBest = new(padded), bufferPlace = new(padded), bufferFirst = new(padded);
        using RowBuffer<int> bufferColumns = new(widthY);
        for (int j = 0; j < widthY; j++)
        {
            bufferColumns.Span[j] = j * across.Stride - across.Padding;
            bufferFirst.Span[j] = T.CreateTruncating(Math.Max(0, -bufferColumns.Span[j]));
        }
        long items = y.Count / ((long)rows.Outputs * widthY) * bands;
        (int first, int count) = Pieces.Range(piece, items, perPiece);
        for (int item = first; item < first + count; item++)
        {
            (int image, int part) = Math.DivRem(item, bands);
            (int rowY, int countY) = Pieces.Range(part, rows.Outputs, band);
            int top = rowY * down.Stride - down.Padding, bottom = Math.Min(rows.Inputs, top + (countY - 1) * down.Stride + down.Kernel);
            for (int row = Math.Max(0, top); row < bottom; row++)
            {
                ReadOnlySpan<T> from = x.Read(((long)image * rows.Inputs + row) * width, width, buffer.Span);
                Deal(from, across.Stride, across.Padding, bufferDealt.Span.Slice((row - top) * dealt, dealt), phase);
            }
            for (int i = rowY; i < rowY + countY; i++)
            {
                int start = i * down.Stride - down.Padding, h0 = Math.Max(0, -start), h1 = Math.Min(down.Kernel, rows.Inputs - start);
                Compare<TVector>(
                    bufferDealt.Span[((start - top) * dealt)..], dealt, phase, h0, h1, width, bufferFirst.Span, bufferBest.Span,
                    bufferPlace.Span);
                int at = (image * rows.Outputs + i) * widthY;
                bufferBest.Span[..widthY].CopyTo(y.Raw<T>()[at..]);
                if (indices is null) continue;
                Span<int> places = indices.Raw<int>().Slice(at, widthY);
                TensorPrimitives.ConvertToIntegerNative<T, int>(bufferPlace.Span[..widthY], places);
                TensorPrimitives.Add(places, bufferColumns.Span, places);
                TensorPrimitives.Add(places, start * width, places);
            }
        }
    }

    /// <summary>best = the largest of each window, and place = where in it, h·width + w.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Compare<TVector>(
        ReadOnlySpan<T> dealt, int rowLength, int phase, int h0, int h1, int width, ReadOnlySpan<T> first, Span<T> best, Span<T> place)
        where TVector : struct, IFloatVector<TVector, T>
    {
        ref T from = ref MemoryMarshal.GetReference(dealt), firsts = ref MemoryMarshal.GetReference(first);
        ref T toBest = ref MemoryMarshal.GetReference(best), toPlace = ref MemoryMarshal.GetReference(place);
        int kernel = across.Kernel, stride = across.Stride;
        for (int j = 0; j < best.Length; j += TVector.Count)
        {
            // What is outside the image is −∞, and is never chosen: before all others comes the first element inside.
            TVector largest = TVector.Create(double.NegativeInfinity), at = TVector.Load(in firsts, j) + TVector.Create(h0 * width);
            for (int h = h0; h < h1; h++)
            {
                int lane = 0, behind = 0;
                for (int w = 0; w < kernel; w++)
                {
                    TVector v = TVector.Load(in from, h * rowLength + lane * phase + behind + j);
                    TVector better = TVector.GreaterOrNaN(v, largest);
                    largest = TVector.Select(better, v, largest);
                    at = TVector.Select(better, TVector.Create(h * width + w), at);
                    if (++lane == stride) (lane, behind) = (0, behind + 1);
                }
            }
            largest.Store(ref toBest, j);
            at.Store(ref toPlace, j);
        }
    }

    /// <summary>Column j·stride + lane − padding of the row to place j of lane number lane; −∞ where there is none.</summary>
    private static void Deal(ReadOnlySpan<T> row, int stride, int padding, Span<T> to, int phase)
    {
        to.Fill(T.NegativeInfinity);
        for (int lane = 0; lane < stride; lane++)
        {
            int j = Math.Max(0, (padding - lane + stride - 1) / stride), column = j * stride + lane - padding;
            Span<T> own = to.Slice(lane * phase, phase);
            int count = Math.Min(phase - j, (row.Length - column + stride - 1) / stride);
            if (count <= 0) continue;
            if (stride == 1) row.Slice(column, count).CopyTo(own[j..]);
            else if (stride == 2 && typeof(T) == typeof(float)) EverySecond(row[column..], own.Slice(j, count));
            else for (int i = 0; i < count; i++) own[j + i] = row[column + i * stride];
        }
    }

    /// <summary>Two floats are one long number, whose lower half is the first.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void EverySecond(ReadOnlySpan<T> row, Span<T> to)
    {
        ref T from = ref Unsafe.AsRef(in MemoryMarshal.GetReference(row)), first = ref MemoryMarshal.GetReference(to);
        int i = 0;
        for (; 2 * (i + 8) <= row.Length && i + 8 <= to.Length; i += 8)
        {
            Vector256<ulong> a = Vector256.LoadUnsafe(ref from, (nuint)(2 * i)).AsUInt64(),
                b = Vector256.LoadUnsafe(ref from, (nuint)(2 * i + 8)).AsUInt64();
            Vector256.Narrow(a, b).As<uint, T>().StoreUnsafe(ref first, (nuint)i);
        }
        for (; i < to.Length; i++) to[i] = row[2 * i];
    }
}

/// <summary>The largest of windows of any sizes, one by one.</summary>
internal readonly struct MaxPoolAnyKernel<T>(
    Operand<T> x, Resampling rows, Resampling columns, Tensor y, Tensor? indices, int perPiece) : IWork
    where T : unmanaged, IFloatingPointIeee754<T>
{
    public static void Run(Tensor x, Resampling rows, Resampling columns, Tensor y, Tensor? indices)
    {
        long size = Math.Max((long)rows.Inputs * columns.Inputs, (long)rows.Outputs * columns.Outputs);
        int perPiece = Pieces.Rows(size);
        CpuThreads.For(
            Pieces.Count(y.Count / ((long)rows.Outputs * columns.Outputs), perPiece),
            new MaxPoolAnyKernel<T>(new(x), rows, columns, y, indices, perPiece));
    }

    public void Run(int piece)
    {
        int width = columns.Inputs, size = rows.Inputs * width, sizeY = rows.Outputs * columns.Outputs;
        (int first, int count) = Pieces.Range(piece, y.Count / sizeY, perPiece);
        using RowBuffer<T> buffer = new(x.HasWholeRows(size) ? 0 : size);
        for (int image = first; image < first + count; image++)
        {
            ReadOnlySpan<T> from = x.Read((long)image * size, size, buffer.Span);
            for (int i = 0, at = image * sizeY; i < rows.Outputs; i++)
            {
                (int top, int height) = (rows[i].Start, rows[i].Weights.Length);
                for (int j = 0; j < columns.Outputs; j++, at++)
                {
                    (int left, int across) = (columns[j].Start, columns[j].Weights.Length);
                    int best = top * width + left;
                    T largest = from[best];
                    for (int row = top * width; row < (top + height) * width; row += width)
                    {
                        for (int place = row + left; place < row + left + across; place++)
                            if (from[place] > largest || T.IsNaN(from[place])) (largest, best) = (from[place], place);
                    }
                    y.Raw<T>()[at] = largest;
                    if (indices is not null) indices.Raw<int>()[at] = best;
                }
            }
        }
    }
}
