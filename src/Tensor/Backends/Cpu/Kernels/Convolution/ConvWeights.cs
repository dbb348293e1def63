using System.Runtime.CompilerServices;

namespace MiniStack;

/// <summary>
/// The weights of a phase as the micro kernel reads them: cut into blocks of channels, of those tiles of outputs, each column by column.
/// </summary>
/// <remarks>
/// A tile's columns: row by row of the kernel, in those channel by channel, so that rows which see nothing can be left out.
/// </remarks>
internal readonly unsafe struct ConvWeights<TVector, T> : IWork
    where TVector : struct, IMatMulVector<TVector, T>
    where T : unmanaged
{
    /// <summary>
    /// Channels times taps of a block, about: the panels of a block of pixels then fit the second-level cache, and a tile of weights the
    /// first.
    /// </summary>
    private const int Depth = 256;

    private readonly T* _weight;
    private readonly nint _output, _channel, _row, _column, _group;
    private readonly ConvPhase _phase;
    private readonly T* _packed;

    /// <param name="weight">Of four axes; the first is that of the outputs, or, transposed, that of the channels.</param>
    /// <param name="data">Its elements.</param>
    /// <param name="groups">Of the convolution.</param>
    /// <param name="transposed">Whether outputs and channels change places.</param>
    /// <param name="phase">What is needed of the kernel.</param>
    public ConvWeights(Tensor weight, T* data, int groups, bool transposed, ConvPhase phase)
    {
        int inGroup = weight.Shape[0] / groups;
        _weight = data;
        (_phase, Groups) = (phase, groups);
        (Outputs, Channels) = transposed ? (weight.Shape[1], inGroup) : (inGroup, weight.Shape[1]);
        (nint first, nint second) = ((nint)weight.Strides[0], (nint)weight.Strides[1]);
        (_output, _channel) = transposed ? (second, first) : (first, second);
        (_row, _column, _group) = ((nint)weight.Strides[2], (nint)weight.Strides[3], inGroup * first);
        int most = Math.Max(1, Depth / Math.Max(1, phase.Taps.Length));
        Blocks = Math.Max(1, (Channels + most - 1) / most);
        BlockChannels = (Channels + Blocks - 1) / Blocks;
    }

    private ConvWeights(in ConvWeights<TVector, T> plan, T* packed)
    {
        this = plan;
        _packed = packed;
    }

    public int Groups { get; }

    /// <summary>Results of a group for each pixel.</summary>
    public int Outputs { get; }

    /// <summary>Channels that a group sees.</summary>
    public int Channels { get; }

    /// <summary>Blocks that these are cut into.</summary>
    public int Blocks { get; }

    /// <summary>Channels of a block; the last has fewer.</summary>
    public int BlockChannels { get; }

    /// <summary>Elements that the packed weights take.</summary>
    public long Size => (long)Groups * Blocks * Tiles * TileSize;

    /// <summary>Pieces of the packing.</summary>
    public int Pieces => Groups * Blocks * Tiles;

    private int Tiles => (Outputs + TVector.TileRows - 1) / TVector.TileRows;

    private int TileSize => MatMulPack<TVector, T>.RowsSize(1, BlockChannels * _phase.Taps.Length);

    /// <summary>The same with memory of <see cref="Size"/> elements to pack into.</summary>
    public ConvWeights<TVector, T> In(T* memory) => new(this, memory);

    /// <summary>Where an output's weights for a block of channels begin.</summary>
    public T* At(int group, int block, int output) =>
        _packed + ((nint)(group * Blocks + block) * Tiles + output / TVector.TileRows) * TileSize + output % TVector.TileRows;

    /// <summary>Packs a tile.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Run(int piece)
    {
        (piece, int tile) = Math.DivRem(piece, Tiles);
        (int group, int block) = Math.DivRem(piece, Blocks);
        int output = tile * TVector.TileRows, rows = Math.Min(TVector.TileRows, Outputs - output);
        int channel = block * BlockChannels, channels = Math.Min(BlockChannels, Channels - channel);
        T* from = _weight + group * _group + output * _output + channel * _channel, to = At(group, block, output);
        nint output1 = _output, output3 = 3 * _output;
        for (int r = 0; r < _phase.RowOffsets.Length; r++)
        {
            ReadOnlySpan<ConvTap> row = _phase.Taps.AsSpan(r * _phase.TapColumns, _phase.TapColumns);
            for (int c = 0; c < channels; c++)
            {
                foreach (ConvTap tap in row)
                {
                    T* weight = from + c * _channel + tap.Row * _row + tap.Column * _column;
                    int i = 0;
                    for (; i + 4 <= rows; i += 4, weight += 4 * output1)
                        (to[i], to[i + 1], to[i + 2], to[i + 3]) = (weight[0], weight[output1], weight[2 * output1], weight[output3]);
                    for (; i < rows; i++, weight += output1) to[i] = *weight;
                    to += TVector.TileRows;
                }
            }
        }
    }
}
