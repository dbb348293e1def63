using System.Runtime.CompilerServices;

namespace MiniStack;

/// <summary>Gathers what some results see: a row for each weight of the kernel, in which the results' pixels are neighbours.</summary>
internal static unsafe class ConvPack<TVector, T>
    where TVector : struct, IMatMulVector<TVector, T>
    where T : unmanaged
{
    /// <summary>Cuts runs into whole vectors.</summary>
    /// <remarks>
    /// A vector may be longer than what is left of its run: what it writes too much, the next vector or row writes again.
    /// </remarks>
    /// <returns>The number of vectors, at most that of the runs' elements.</returns>
    public static int Vectors(ConvRun* runs, int count, ConvRun* vectors)
    {
        int length = 0;
        for (int i = 0; i < count; i++)
        {
            ConvRun run = runs[i];
            for (int done = 0; done < run.Count; done += TVector.Count)
                vectors[length++] = new ConvRun(run.From + done, run.To + done, TVector.Count);
        }
        return length;
    }

    /// <summary>One row after the other: channel by channel, tap by tap.</summary>
    /// <param name="block">The copy of what the block sees; see <see cref="ConvBlock"/>.</param>
    /// <param name="channels">Channels of the copy.</param>
    /// <param name="channelSize">Elements of each of them.</param>
    /// <param name="taps">Where each tap looks.</param>
    /// <param name="tapCount">How many.</param>
    /// <param name="vectors">What to copy for a tap that looks at its result's own place.</param>
    /// <param name="count">How many.</param>
    /// <param name="to">The first row.</param>
    /// <param name="row">Elements from a row to the next.</param>
    public static void Rows(T* block, int channels, int channelSize, int* taps, int tapCount, ConvRun* vectors, int count, T* to, nint row)
    {
        switch (count)
        {
            case 2: Rows2(block, channels, channelSize, taps, tapCount, vectors, to, row); break;
            case 3: Rows3(block, channels, channelSize, taps, tapCount, vectors, to, row); break;
            case 4: Rows4(block, channels, channelSize, taps, tapCount, vectors, to, row); break;
            default: RowsOfMany(block, channels, channelSize, taps, tapCount, vectors, count, to, row); break;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Rows2(T* block, int channels, int channelSize, int* taps, int tapCount, ConvRun* vectors, T* to, nint row)
    {
        (nint from0, nint to0, nint from1, nint to1) = (vectors[0].From, vectors[0].To, vectors[1].From, vectors[1].To);
        for (; channels > 0; channels--, block += channelSize)
        {
            for (int t = 0; t < tapCount; t++, to += row)
            {
                T* from = block + taps[t];
                TVector.Load(from + from0).Store(to + to0);
                TVector.Load(from + from1).Store(to + to1);
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Rows3(T* block, int channels, int channelSize, int* taps, int tapCount, ConvRun* vectors, T* to, nint row)
    {
        (nint from0, nint to0, nint from1, nint to1) = (vectors[0].From, vectors[0].To, vectors[1].From, vectors[1].To);
        (nint from2, nint to2) = (vectors[2].From, vectors[2].To);
        for (; channels > 0; channels--, block += channelSize)
        {
            for (int t = 0; t < tapCount; t++, to += row)
            {
                T* from = block + taps[t];
                TVector.Load(from + from0).Store(to + to0);
                TVector.Load(from + from1).Store(to + to1);
                TVector.Load(from + from2).Store(to + to2);
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Rows4(T* block, int channels, int channelSize, int* taps, int tapCount, ConvRun* vectors, T* to, nint row)
    {
        (nint from0, nint to0, nint from1, nint to1) = (vectors[0].From, vectors[0].To, vectors[1].From, vectors[1].To);
        (nint from2, nint to2, nint from3, nint to3) = (vectors[2].From, vectors[2].To, vectors[3].From, vectors[3].To);
        for (; channels > 0; channels--, block += channelSize)
        {
            for (int t = 0; t < tapCount; t++, to += row)
            {
                T* from = block + taps[t];
                TVector.Load(from + from0).Store(to + to0);
                TVector.Load(from + from1).Store(to + to1);
                TVector.Load(from + from2).Store(to + to2);
                TVector.Load(from + from3).Store(to + to3);
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void RowsOfMany(
        T* block, int channels, int channelSize, int* taps, int tapCount, ConvRun* vectors, int count, T* to, nint row)
    {
        for (; channels > 0; channels--, block += channelSize)
        {
            for (int t = 0; t < tapCount; t++, to += row)
            {
                T* from = block + taps[t];
                for (int i = 0; i < count; i++) TVector.Load(from + vectors[i].From).Store(to + vectors[i].To);
            }
        }
    }
}
