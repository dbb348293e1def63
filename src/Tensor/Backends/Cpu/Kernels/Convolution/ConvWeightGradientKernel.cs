using System.Numerics;
using System.Numerics.Tensors;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics.X86;

namespace MiniStack;

/// <summary>The gradient of a convolution's weight as a product of matrices over all pixels: dwᵀ = pixels · dyᵀ.</summary>
/// <remarks>
/// <para>A piece takes some channels and a run of pixels, a block after the other. As for <see cref="ConvKernel{TVector, THalf, T}"/>, a
/// block copies what it sees and makes of it a row for each channel and tap: the rows of a tile. dy is transposed, so that outputs lie in
/// the lanes.</para>
/// <para>How many runs the pixels are cut into depends on the sizes only, and their sums are added in order: the same bits for every thread
/// count.</para>
/// </remarks>
internal readonly unsafe struct ConvWeightGradientKernel<TVector, THalf, T> : IWork
    where TVector : struct, IMatMulVector<TVector, T>
    where THalf : struct, IMatMulVector<THalf, T>
    where T : unmanaged, INumber<T>
{
    /// <summary>Pixels of a block.</summary>
    private const int Depth = 256;

    /// <summary>Rows of a piece, about: with them a block fills half of a second-level cache of one MiB.</summary>
    private const int MostRows = 288;

    /// <summary>Pieces that there should be, so that threads find work.</summary>
    private const int Pieces = 16;

    /// <summary>Elements of all the runs' sums together, at most, unless one run has more.</summary>
    private const long MostSums = 1 << 21;

    private const long WorthSharing = 1 << 17;

    /// <summary>How far ahead of its use a row of dy is fetched, in elements: rows are pages apart, which no hardware foresees.</summary>
    private const int Ahead = 64;

    private readonly ConvImages<T> _x, _dy;
    private readonly ConvPhase _phase;
    private readonly T* _sums, _dweight;
    private readonly int _groups, _channels, _outputs, _pieceChannels, _runs;
    private readonly bool _isCut;

    private ConvWeightGradientKernel(Tensor x, T* xData, Tensor dy, T* dyData, Tensor dweight, T* dweightData, in ConvOptions options)
    {
        _dweight = dweightData;
        (_x, _dy, _groups) = (new(x, xData), new(dy, dyData), options.Groups);
        (_channels, _outputs) = (dweight.Shape[1], dweight.Shape[0] / options.Groups);
        _phase = ConvPhase.Forward(options, dweight.ImageSize, dy.Shape[0], dy.ImageSize);
        int parts = (_channels * Taps + MostRows - 1) / MostRows;
        _pieceChannels = (_channels + parts - 1) / parts;
        long pieces = (long)_groups * ChannelPieces, blocks = (Pixels + Depth - 1) / Depth;
        _runs = (int)Math.Clamp(Math.Min((Pieces + pieces - 1) / pieces, MostSums / SumsSize), 1, blocks);
        _isCut = MatMulChain.IsCut(blocks / _runs * Depth);
    }

    private ConvWeightGradientKernel(in ConvWeightGradientKernel<TVector, THalf, T> plan, T* sums)
    {
        this = plan;
        _sums = sums;
    }

    private static int Width => 2 * TVector.Count;

    private int Taps => _phase.Taps.Length;

    private long Pixels => (long)_dy.Batch * _dy.Height * _dy.Width;

    private int ChannelPieces => (_channels + _pieceChannels - 1) / _pieceChannels;

    /// <summary>Outputs of a group in whole panels.</summary>
    private int Lanes => (_outputs + Width - 1) / Width * Width;

    /// <summary>Elements of one run's sums: [groups][channels · taps][lanes].</summary>
    private long SumsSize => (long)_groups * _channels * Taps * Lanes;

    /// <summary>dweight = Σ dy·x.</summary>
    public static void Run(Tensor x, Tensor dy, Tensor dweight, in ConvOptions options)
    {
        if (dweight.Count == 0) return;
        fixed (T* xData = x.Raw<T>(), dyData = dy.Raw<T>(), dweightData = dweight.Raw<T>())
        {
            if (dy.Count == 0)
            {
                new Span<T>(dweightData, checked((int)dweight.Count)).Clear();
                return;
            }
            var plan = new ConvWeightGradientKernel<TVector, THalf, T>(x, xData, dy, dyData, dweight, dweightData, options);
            int threads = plan.Pixels * dweight.Count >= WorthSharing ? CpuThreads.Count : 1;
            long[] memory = CpuMemory.Rent(plan._runs * plan.SumsSize * sizeof(T));
            try
            {
                fixed (long* words = memory)
                {
                    var work = new ConvWeightGradientKernel<TVector, THalf, T>(plan, (T*)((nint)words + CpuMemory.AlignedOffset(memory)));
                    CpuThreads.For(plan._groups * plan.ChannelPieces * plan._runs, work, threads);
                    var end = new Collect(work);
                    CpuThreads.For(end.Pieces, end, threads);
                }
            }
            finally
            {
                CpuMemory.Return(memory);
            }
        }
    }

    /// <summary>Sums one run of pixels for some channels of a group.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    [SkipLocalsInit]
    public void Run(int piece)
    {
        (piece, int run) = Math.DivRem(piece, _runs);
        (int group, int part) = Math.DivRem(piece, ChannelPieces);
        int channel = part * _pieceChannels, channels = Math.Min(_pieceChannels, _channels - channel), taps = Taps, rows = channels * taps;
        long blocks = (Pixels + Depth - 1) / Depth, first = blocks * run / _runs * Depth,
            end = Math.Min(blocks * (run + 1) / _runs * Depth, Pixels);

        ConvBand* bands = stackalloc ConvBand[ConvBlock.MostBands(_phase, Depth)];
        ConvRun* runs = stackalloc ConvRun[Depth], vectors = stackalloc ConvRun[Depth];
        int row = Depth + TVector.Count;
        int copySize = checked((int)(channels * ConvBlock.MostChannelSize(_phase, Depth) + 2 * Width + Width - 1) / Width * Width);
        T* copy = MatMulPack<TVector, T>.Buffer(checked(copySize + (rows + 1) * row + (Depth + 13 + taps) * Width));
        T* panel = copy + copySize, start = panel + Depth * Width, edge = start + Width, patches = edge + 12 * Width;
        int* offsets = (int*)(patches + (nint)(rows + 1) * row);
        new Span<T>(start, Width).Clear();

        ConvImages<T> x = _x.From(group * _channels), dy = _dy.From(group * _outputs);
        T* sums = _sums + run * SumsSize + ((long)group * _channels + channel) * taps * Lanes;
        MatMulTile<T> tile = default;
        tile.B = panel;
        (tile.ARow, tile.AColumn, tile.BRow, tile.CRow) = (row, 1, Width, Lanes);
        for (long pixel = first; pixel < end; pixel += Depth)
        {
            tile.Depth = (int)Math.Min(Depth, end - pixel);
            var seen = new ConvBlock(_phase, pixel, tile.Depth, bands);
            for (int t = 0; t < taps; t++) offsets[t] = seen.OffsetOf(_phase.Taps[t]);
            seen.Copy<TVector, T>(x, channel, channels, copy);
            int count = ConvPack<TVector, T>.Vectors(runs, seen.Places(pixel, tile.Depth, runs), vectors);
            ConvPack<TVector, T>.Rows(copy, channels, seen.ChannelSize, offsets, taps, vectors, count, patches, row);
            for (int output = 0; output < _outputs; output += Width)
            {
                int lanes = Math.Min(Width, _outputs - output);
                Transpose(dy, output, lanes, pixel, tile.Depth, panel);
                for (int i = 0, height; i < rows; i += height)
                {
                    height = MatMulMicroKernel<TVector, T>.Height(rows - i);
                    tile.A = patches + i * row;
                    T* c = sums + (nint)i * Lanes + output;
                    bool adds = _isCut && pixel > first, starts = adds || pixel == first;
                    tile.C = adds ? edge : c;
                    tile.CRow = adds ? Width : Lanes;
                    tile.Start = starts ? start : c;
                    tile.StartRow = starts ? 0 : Lanes;
                    if (lanes <= Width / 2) MatMulMicroKernel<THalf, T>.Rows(height, tile);
                    else MatMulMicroKernel<TVector, T>.Rows(height, tile);
                    if (adds) MatMulChain.Add<THalf, T>(edge, Width, c, Lanes, height, lanes <= Width / 2 ? Width / 2 : Width);
                }
            }
        }
    }

    /// <summary>Some pixels of some channels of dy, a row for each pixel; lanes without a channel become 0.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Transpose(in ConvImages<T> dy, int channel, int lanes, long pixel, int count, T* to)
    {
        long size = (long)dy.Height * dy.Width;
        bool isPlane = dy.Column == 1 && (dy.Row == dy.Width || dy.Height == 1);
        if (lanes < Width) new Span<T>(to, count * Width).Clear();
        for (int done = 0; done < count;)
        {
            (long image, long within) = Math.DivRem(pixel + done, size);
            (int row, int column) = Math.DivRem((int)within, dy.Width);
            int run = (int)Math.Min(count - done, isPlane ? size - within : dy.Width - column);
            T* from = dy.At((int)image, channel) + row * dy.Row + column * dy.Column, cell = to + done * Width;
            int squares = sizeof(T) == sizeof(int) && Transposer.Size > 0 && Width % Transposer.Size == 0 && dy.Column == 1
                ? Transposer.Size
                : 0, p = 0;
            for (; squares > 0 && p + squares <= run; p += squares)
            {
                int j = 0;
                if (Sse.IsSupported)
                    for (; j < lanes; j++) Sse.Prefetch0(from + p + Ahead + j * dy.Channel);
                j = 0;
                for (; j + squares <= lanes; j += squares)
                {
                    Transposer.Square(
                        ref *(int*)(from + p + j * dy.Channel), dy.Channel, ref *(int*)(cell + p * Width + j), Width, streams: false);
                }
                for (; j < lanes; j++)
                    for (int i = p; i < p + squares; i++) cell[i * Width + j] = from[j * dy.Channel + i];
            }
            for (; p < run; p++)
                for (int j = 0; j < lanes; j++) cell[p * Width + j] = from[j * dy.Channel + p * dy.Column];
            done += run;
        }
    }

    /// <summary>
    /// Adds the sums of all runs, in order, and turns them round: [channels · taps][outputs] becomes [outputs][channels · taps].
    /// </summary>
    private readonly struct Collect(ConvWeightGradientKernel<TVector, THalf, T> kernel) : IWork
    {
        private const int Rows = 16;

        private readonly ConvWeightGradientKernel<TVector, THalf, T> _kernel = kernel;

        public int Pieces => _kernel._groups * PiecesPerGroup;

        private int Depth => _kernel._channels * _kernel.Taps;

        private int PiecesPerGroup => (Depth + Rows - 1) / Rows;

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public void Run(int piece)
        {
            (int group, piece) = Math.DivRem(piece, PiecesPerGroup);
            int first = piece * Rows, rows = Math.Min(Rows, Depth - first), lanes = _kernel.Lanes, outputs = _kernel._outputs,
                depth = Depth;
            long runSize = _kernel.SumsSize;
            T* sums = _kernel._sums + ((nint)group * depth + first) * lanes, to = _kernel._dweight + (nint)group * outputs * depth + first;
            Span<T> sum = new(sums, rows * lanes);
            for (int run = 1; run < _kernel._runs; run++)
                TensorPrimitives.Add(sum, new ReadOnlySpan<T>(sums + run * runSize, rows * lanes), sum);
            int squares = sizeof(T) == sizeof(int) && Transposer.Size > 0 && rows == Rows ? Transposer.Size : 0, output = 0;
            for (; squares > 0 && output + squares <= outputs; output += squares)
            {
                for (int i = 0; i < Rows; i += squares)
                {
                    Transposer.Square(
                        ref *(int*)(sums + i * lanes + output), lanes, ref *(int*)(to + (nint)output * depth + i), depth, streams: false);
                }
            }
            for (; output < outputs; output++)
                for (int i = 0; i < rows; i++) to[(nint)output * depth + i] = sums[i * lanes + output];
        }
    }
}
