using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace MiniStack;

/// <summary>Rows of one image that some results see.</summary>
/// <param name="Image">Number of the image.</param>
/// <param name="FirstRow">First row of the grid.</param>
/// <param name="Rows">Rows of each plane, halo included.</param>
/// <param name="Start">Rows of the bands before.</param>
internal readonly record struct ConvBand(int Image, int FirstRow, int Rows, int Start);

/// <summary>Some elements one after the other, here and there.</summary>
internal record struct ConvRun(nint From, nint To, int Count);

/// <summary>
/// A block of results one after the other in the grids of all images, and the part of the source that they see, copied with its zeros
/// around it.
/// </summary>
/// <remarks>The copy, in which no tap falls beside the image: [channel][plane][row of all bands][column].</remarks>
internal readonly unsafe struct ConvBlock
{
    private readonly ConvPhase _phase;
    private readonly ConvBand* _bands;
    private readonly int _bandCount, _rows;
    private readonly long _first;

    /// <param name="phase">The grid.</param>
    /// <param name="first">First result, counted over all images.</param>
    /// <param name="count">How many.</param>
    /// <param name="bands">Room for as many bands as <see cref="MostBands"/> says.</param>
    public ConvBlock(ConvPhase phase, long first, int count, ConvBand* bands)
    {
        _phase = phase;
        _bands = bands;
        _first = first;
        long unit = phase.Unit, end = first + count;
        while (first < end)
        {
            long within = first % unit, run = Math.Min(end - first, unit - within);
            (int image, int row, _) = phase.Locate(first);
            int rows = (int)((within + run - 1) / phase.Grid.Width - within / phase.Grid.Width) + 1 + phase.Halo.Height;
            bands[_bandCount++] = new ConvBand(image, row, rows, _rows);
            _rows += rows;
            first += run;
        }
    }

    /// <summary>Elements of the copy for each channel.</summary>
    public int ChannelSize => _phase.Planes.Length * PlaneSize;

    private int PlaneSize => _rows * _phase.Pitch;

    public static int MostBands(ConvPhase phase, int count) => (int)Math.Min(count, count / phase.Unit + 2);

    /// <summary>Elements of the copy that any block of <paramref name="count"/> results needs at most, for each channel.</summary>
    public static long MostChannelSize(ConvPhase phase, int count)
    {
        long bands = MostBands(phase, count), rows = Math.Min(count, count / phase.Grid.Width + 2 * bands) + bands * phase.Halo.Height;
        return phase.Planes.Length * rows * phase.Pitch;
    }

    /// <summary>Where a tap looks, from where its result is in the copy.</summary>
    public int OffsetOf(in ConvTap tap) => tap.Plane * PlaneSize + tap.Down * _phase.Pitch + tap.Right;

    /// <summary>Copies what some channels show to this block.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Copy<TVector, T>(in ConvImages<T> source, int firstChannel, int channels, T* to)
        where TVector : struct, IMatMulVector<TVector, T>
        where T : unmanaged
    {
        ConvPhase phase = _phase;
        int pitch = phase.Pitch;
        nint step = source.Column * phase.Step.Width;
        for (int channel = firstChannel; channel < firstChannel + channels; channel++)
        {
            foreach (Pair plane in phase.Planes)
            {
                // The columns of the plane that lie in the image are the same in every row.
                int column = phase.Origin.Width + plane.Width;
                int begin = Math.Min(column < 0 ? (-column + phase.Step.Width - 1) / phase.Step.Width : 0, pitch);
                int end = column >= source.Width ? begin : Math.Clamp((source.Width - 1 - column) / phase.Step.Width + 1, begin, pitch);
                for (int i = 0; i < _bandCount; i++)
                {
                    ConvBand band = _bands[i];
                    T* image = source.At(band.Image, channel);
                    int row = band.FirstRow * phase.Step.Height + phase.Origin.Height + plane.Height;
                    for (int j = band.Rows; j > 0; j--, row += phase.Step.Height, to += pitch)
                    {
                        bool isInside = (uint)row < (uint)source.Height;
                        int from = isInside ? begin : pitch, until = isInside ? end : pitch;
                        for (int k = 0; k < from; k++) to[k] = default;
                        if (from < until)
                        {
                            T* first = image + row * source.Row + (column + from * phase.Step.Width) * source.Column;
                            if (Sse.IsSupported) FetchAhead(first + source.Channel, source.Column * phase.Step.Width * (until - from));
                            CopyRow<TVector, T>(first, step, to + from, until - from);
                        }
                        for (int k = until; k < pitch; k++) to[k] = default;
                    }
                }
            }
        }
    }

    /// <summary>Asks for a row of the next channel: its rows are too short to be foreseen.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void FetchAhead<T>(T* row, nint count) where T : unmanaged
    {
        for (nint i = 0; i < count; i += 64 / sizeof(T)) Sse.Prefetch0(row + i);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void CopyRow<TVector, T>(T* from, nint step, T* to, int count)
        where TVector : struct, IMatMulVector<TVector, T>
        where T : unmanaged
    {
        if (step == 1 && count >= TVector.Count)
        {
            // The last vector ends with the row: some elements are written twice.
            for (int i = 0; i < count - TVector.Count; i += TVector.Count) TVector.Load(from + i).Store(to + i);
            TVector.Load(from + count - TVector.Count).Store(to + count - TVector.Count);
            return;
        }
        if (step == 1 && count * sizeof(T) >= 16)
        {
            CopyShort((byte*)from, (byte*)to, count * sizeof(T));
            return;
        }
        if (step == 2 && count >= TVector.Count)
        {
            for (int i = 0; i < count - TVector.Count; i += TVector.Count) TVector.LoadEverySecond(from + 2 * i).Store(to + i);
            TVector.LoadEverySecond(from + 2 * (count - TVector.Count)).Store(to + count - TVector.Count);
            return;
        }
        for (int i = 0; i < count; i++, from += step) to[i] = *from;
    }

    /// <summary>Copies 16 to 64 bytes, those in the middle twice.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void CopyShort(byte* from, byte* to, int bytes)
    {
        if (bytes >= 32)
        {
            Vector256<byte> first = Vector256.Load(from), last = Vector256.Load(from + bytes - 32);
            first.Store(to);
            last.Store(to + bytes - 32);
        }
        else
        {
            Vector128<byte> first = Vector128.Load(from), last = Vector128.Load(from + bytes - 16);
            first.Store(to);
            last.Store(to + bytes - 16);
        }
    }

    /// <summary>Where some of the block's results are in the copy, in runs of neighbours.</summary>
    /// <param name="first">The first of them, counted over all images.</param>
    /// <param name="count">How many.</param>
    /// <param name="runs">Room for as many runs. From is the place in the copy, To counts the results.</param>
    /// <returns>The number of runs.</returns>
    public int Places(long first, int count, ConvRun* runs)
    {
        int length = 0, width = _phase.Grid.Width;
        for (int done = 0; done < count;)
        {
            (_, int row, int column) = _phase.Locate(first + done);
            ConvBand band = _bands[(first + done) / _phase.Unit - _first / _phase.Unit];
            int run = Math.Min(width - column, count - done);
            Append(runs, ref length, (nint)(band.Start + row - band.FirstRow) * _phase.Pitch + column, done, run);
            done += run;
        }
        return length;
    }

    /// <summary>Where some results are in y, in runs of neighbours.</summary>
    /// <param name="phase">The grid.</param>
    /// <param name="y">Where the results go.</param>
    /// <param name="first">The first of them, counted over all images.</param>
    /// <param name="count">How many.</param>
    /// <param name="runs">Room for as many runs. From counts the results, To is the place in the first channel of y.</param>
    /// <returns>The number of runs.</returns>
    public static int Targets<T>(ConvPhase phase, in ConvImages<T> y, long first, int count, ConvRun* runs) where T : unmanaged
    {
        int length = 0;
        for (int done = 0; done < count;)
        {
            (int image, int row, int column) = phase.Locate(first + done);
            int run = Math.Min(phase.Grid.Width - column, count - done);
            nint to = (nint)(y.At(image, 0) - y.Data)
                + (phase.First.Height + row * phase.Apart.Height) * y.Row + phase.First.Width + column * phase.Apart.Width;
            if (phase.Apart.Width == 1) Append(runs, ref length, done, to, run);
            else runs[length++] = new ConvRun(done, to, run);
            done += run;
        }
        return length;
    }

    private static void Append(ConvRun* runs, ref int length, nint from, nint to, int count)
    {
        if (length > 0 && runs[length - 1] is var last && last.From + last.Count == from && last.To + last.Count == to)
            runs[length - 1].Count += count;
        else runs[length++] = new ConvRun(from, to, count);
    }
}
