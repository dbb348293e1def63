using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics.X86;

namespace MiniStack;

/// <summary>
/// Convolution and transposed convolution as products of matrices, y = weights · pixels, without ever storing the pixels of more than one
/// panel.
/// </summary>
/// <remarks>
/// <para>Results are cut into blocks of neighbouring pixels; a block copies what it sees of some channels, with the zeros around it
/// (<see cref="ConvBlock"/>). From there it fills, two vectors of pixels at a time, a panel with a row for each channel and tap
/// (<see cref="ConvPack{TVector, T}"/>), and multiplies all its panels by the weights (<see cref="MatMulMicroKernel{TVector, T}"/>), twelve
/// outputs at a time. So pixels lie in the lanes, results are written as rows of y, and each number is loaded into a panel once for
/// all outputs. Chetlur et al. 2014, arXiv:1410.0759, call this an implicit product of matrices.</para>
/// <para>Every result is one chain of multiply-adds, channel by channel and tap by tap, started from the bias: no cut changes its
/// bits.</para>
/// </remarks>
internal readonly unsafe struct ConvKernel<TVector, THalf, T> : IWork
    where TVector : struct, IMatMulVector<TVector, T>
    where THalf : struct, IMatMulVector<THalf, T>
    where T : unmanaged
{
    /// <summary>Panels of a block at most: they share a look at the weights, and stay in the second-level cache meanwhile.</summary>
    private const int MostPanels = 12;

    /// <summary>Images up to this wide are small: of wider ones, the share is less than looking at more rows costs.</summary>
    private const int SmallWidth = 8;

    /// <summary>Below this many multiply-adds, sharing costs more than it gains.</summary>
    private const long WorthSharing = 1 << 17;

    private readonly ConvImages<T> _source, _y;
    private readonly T* _bias;
    private readonly nint _biasStride;
    private readonly ConvPhase[] _phases;
    private readonly ConvWeights<TVector, T>[] _weights;
    private readonly int _blocks;

    private ConvKernel(
        in ConvImages<T> source, in ConvImages<T> y, T* bias, nint biasStride, ConvPhase[] phases, ConvWeights<TVector, T>[] weights,
        int blocks)
    {
        _bias = bias;
        (_source, _y, _biasStride, _phases, _weights, _blocks) = (source, y, biasStride, phases, weights, blocks);
    }

    private static int Width => 2 * TVector.Count;

    /// <summary>y = weight ∗ x + bias.</summary>
    public static void Convolve(Tensor x, Tensor weight, Tensor? bias, Tensor y, bool transposed, in ConvOptions options)
    {
        if (y.Count == 0) return;
        Pair kernel = weight.ImageSize, results = y.ImageSize;
        // A share of the products of small images is with padding: their results are taken row by row, so that it can be left out.
        bool rowByRow = results.Width <= SmallWidth && y.Shape[0] > 1 && kernel.Height > 1;
        ConvPhase[] phases = transposed
            ? ConvPhase.Transposed(options, kernel, y.Shape[0], results, rowByRow)
            : [ConvPhase.Forward(options, kernel, y.Shape[0], results, rowByRow)];
        fixed (T* xData = x.Raw<T>(), weightData = weight.Raw<T>(), yData = y.Raw<T>())
        fixed (T* biasData = bias is null ? [] : bias.Raw<T>())
        {
            var weights = new ConvWeights<TVector, T>[phases.Length];
            long size = 0, products = 0;
            int panels = 0;
            for (int i = 0; i < phases.Length; i++)
            {
                weights[i] = new ConvWeights<TVector, T>(weight, weightData, options.Groups, transposed, phases[i]);
                size += weights[i].Size;
                long pixels = phases[i].Pixels;
                panels = Math.Max(panels, checked((int)((pixels + Width - 1) / Width)));
                products += pixels * weights[i].Outputs * weights[i].Channels * phases[i].Taps.Length * options.Groups;
            }
            int threads = products >= WorthSharing ? CpuThreads.Count : 1;
            long[] memory = CpuMemory.Rent(size * sizeof(T));
            try
            {
                fixed (long* words = memory)
                {
                    T* packed = (T*)((nint)words + CpuMemory.AlignedOffset(memory));
                    for (int i = 0; i < phases.Length; i++)
                    {
                        weights[i] = weights[i].In(packed);
                        CpuThreads.For(weights[i].Pieces, weights[i], threads);
                        packed += weights[i].Size;
                    }
                    int blocks = Cut(panels, weights[0].Outputs, options.Groups, threads);
                    var work = new ConvKernel<TVector, THalf, T>(
                        new(x, xData), new(y, yData), biasData, bias is null ? 0 : (nint)bias.Strides[0], phases, weights, blocks);
                    CpuThreads.For(options.Groups * blocks, work, threads);
                }
            }
            finally
            {
                CpuMemory.Return(memory);
            }
        }
    }

    /// <summary>
    /// Blocks of a group: small ones for large panels of sums, and enough for all threads. It decides how fast the result comes, never what
    /// it is.
    /// </summary>
    private static int Cut(int panels, int outputs, int groups, int threads)
    {
        int most = PanelsOf(outputs), blocks = (panels + most - 1) / most;
        if (threads == 1) return blocks;
        blocks = Math.Max(blocks, Math.Min(panels, 4 * threads / groups));
        return Math.Min(panels, (blocks + threads - 1) / threads * threads);
    }

    private static int PanelsOf(int outputs) => Math.Clamp(256 * MostPanels / Math.Max(outputs, 1), 2, MostPanels);

    /// <summary>Computes one block of results of one group, phase by phase.</summary>
    public void Run(int piece)
    {
        (int group, int block) = Math.DivRem(piece, _blocks);
        for (int i = 0; i < _phases.Length; i++) Run(group, block, _phases[i], _weights[i]);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    [SkipLocalsInit]
    private void Run(int group, int block, ConvPhase phase, in ConvWeights<TVector, T> weights)
    {
        long pixels = phase.Pixels, allPanels = (pixels + Width - 1) / Width;
        long first = allPanels * block / _blocks * Width, end = Math.Min(allPanels * (block + 1) / _blocks * Width, pixels);
        if (first >= end) return;
        int panels = (int)((end - first + Width - 1) / Width), outputs = weights.Outputs, taps = phase.Taps.Length;

        ConvBand* bands = stackalloc ConvBand[ConvBlock.MostBands(phase, (int)(end - first))];
        ConvRun* runs = stackalloc ConvRun[Width], vectors = stackalloc ConvRun[panels * Width];
        int* counts = stackalloc int[panels];
        var seen = new ConvBlock(phase, first, (int)(end - first), bands);
        int panelSize = (weights.BlockChannels * taps + 2) * Width;
        int copySize = (weights.BlockChannels * seen.ChannelSize + 3 * Width) / Width * Width;
        T* copy = MatMulPack<TVector, T>.Buffer(
            checked(copySize + panels * (panelSize + outputs * Width) + (TVector.TileRows + taps) * Width));
        T* packed = copy + copySize, start = packed + (nint)panels * panelSize, sums = start + TVector.TileRows * Width;
        int* offsets = (int*)(sums + (nint)panels * outputs * Width);
        for (int t = 0; t < taps; t++) offsets[t] = seen.OffsetOf(phase.Taps[t]);
        (int First, int End)* inside = stackalloc (int, int)[panels];
        for (int j = 0; j < panels; j++)
        {
            long pixel = first + j * Width;
            int columns = Columns(pixel, end);
            counts[j] = ConvPack<TVector, T>.Vectors(runs, seen.Places(pixel, columns, runs), vectors + j * Width);
            inside[j] = phase.IsRowByRow
                ? phase.RowsInside(phase.Locate(pixel).Row, phase.Locate(pixel + columns - 1).Row, _source.Height)
                : (0, phase.RowOffsets.Length);
        }
        if (_bias == null) new Span<T>(start, Width).Clear();

        ConvImages<T> source = _source.From(group * weights.Channels), y = _y.From(group * outputs);
        MatMulTile<T> tile = default;
        (tile.BRow, tile.ARow, tile.AColumn) = (Width, 1, TVector.TileRows);
        for (int k = 0; k < weights.Blocks; k++)
        {
            int channel = k * weights.BlockChannels, channels = Math.Min(weights.BlockChannels, weights.Channels - channel);
            seen.Copy<TVector, T>(source, channel, channels, copy);
            for (int j = 0; j < panels; j++)
            {
                T* to = packed + (nint)j * panelSize;
                for (int r = inside[j].First; r < inside[j].End; r++, to += channels * phase.TapColumns * Width)
                {
                    int* row = offsets + r * phase.TapColumns;
                    ConvPack<TVector, T>.Rows(
                        copy, channels, seen.ChannelSize, row, phase.TapColumns, vectors + j * Width, counts[j], to, Width);
                }
            }
            for (int i = 0, height; i < outputs; i += height)
            {
                height = MatMulMicroKernel<TVector, T>.Height(outputs - i);
                if (k == 0 && _bias != null) SpreadBias(group * outputs + i, height, start);
                T* a = weights.At(group, k, i);
                for (int j = 0; j < panels; j++)
                {
                    long pixel = first + j * Width;
                    int columns = Columns(pixel, end), tapRow = channels * phase.TapColumns;
                    bool isWhole = IsWhole(phase, pixel, columns);
                    tile.CRow = isWhole ? y.Channel : Width;
                    tile.C =
                        (isWhole ? y.At((int)(pixel / phase.Unit), 0) + pixel % phase.Unit : sums + (nint)j * outputs * Width)
                        + i * tile.CRow;
                    tile.A = a + inside[j].First * tapRow * TVector.TileRows;
                    tile.Depth = (inside[j].End - inside[j].First) * tapRow;
                    tile.B = packed + (nint)j * panelSize;
                    tile.Start = k > 0 ? tile.C : start;
                    tile.StartRow = k > 0 ? tile.CRow : _bias == null ? 0 : Width;
                    if (columns <= Width / 2) MatMulMicroKernel<THalf, T>.Rows(height, tile);
                    else MatMulMicroKernel<TVector, T>.Rows(height, tile);
                }
            }
        }
        for (int j = 0; j < panels; j++)
        {
            long pixel = first + j * Width;
            int columns = Columns(pixel, end);
            if (!IsWhole(phase, pixel, columns))
            {
                Scatter(
                    sums + (nint)j * outputs * Width, outputs, runs, ConvBlock.Targets(phase, y, pixel, columns, runs), phase.Apart.Width,
                    y);
            }
        }
    }

    /// <summary>A whole panel of one image goes to y at once; others have to be taken apart, when they are complete.</summary>
    private static bool IsWhole(ConvPhase phase, long pixel, int columns) =>
        !phase.IsRowByRow && columns == Width && pixel % phase.Unit + Width <= phase.Unit && phase.Apart == 1;

    /// <summary>
    /// Writes every second or third element, and asks for those that come two channels later: a row is too short to be foreseen.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Spread(T* from, T* to, nint apart, int count, T* later)
    {
        int line = 64 / sizeof(T);
        if (Sse.IsSupported)
            for (nint i = 0; i < count * apart; i += line) Sse.Prefetch0(later + i);
        nint apart2 = 2 * apart, apart3 = 3 * apart;
        int p = 0;
        for (; p + 4 <= count; p += 4, to += 4 * apart)
        {
            to[0] = from[p];
            to[apart] = from[p + 1];
            to[apart2] = from[p + 2];
            to[apart3] = from[p + 3];
        }
        for (; p < count; p++, to += apart) *to = from[p];
    }

    private static int Columns(long first, long end) => (int)Math.Min(Width, end - first);

    private void SpreadBias(int output, int rows, T* to)
    {
        for (int i = 0; i < rows; i++, to += Width)
        {
            TVector bias = TVector.Spread(_bias[(output + i) * _biasStride]);
            bias.Store(to);
            bias.Store(to + TVector.Count);
        }
    }

    /// <summary>Writes the sums of a panel where they belong.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Scatter(T* sums, int outputs, ConvRun* runs, int count, int apart, in ConvImages<T> y)
    {
        for (int i = 0; i < count; i++)
        {
            ConvRun run = runs[i];
            T* from = sums + run.From, to = y.Data + run.To;
            for (int o = 0; o < outputs; o++, from += Width, to += y.Channel)
            {
                if (apart == 1) new ReadOnlySpan<T>(from, run.Count).CopyTo(new Span<T>(to, run.Count));
                else Spread(from, to, apart, run.Count, to + 2 * y.Channel);
            }
        }
    }
}
