namespace MiniStack.Data;

/// <summary>Makes streams of streams; no more than a block of examples is in memory.</summary>
public static class StreamingDataset
{
    /// <summary>Every example through a function that is always the same.</summary>
    public static IStreamingDataset<TResult> Select<T, TResult>(this IStreamingDataset<T> stream, Func<T, TResult> function) =>
        new Generated<TResult>((epoch, first) => stream.ReadEpoch(epoch, first).Select(function));

    /// <summary>
    /// Shuffles each block of so many examples within itself, in another way each epoch; the larger the block, the better the shuffle.
    /// </summary>
    /// <param name="stream">What is shuffled.</param>
    /// <param name="blockSize">Examples that are held in memory.</param>
    /// <param name="seed">Which family of orders.</param>
    /// <exception cref="ConfigException">The block is empty.</exception>
    /// <remarks>
    /// Blocks rather than a buffer that examples are drawn from: where each example comes is then known, so that a run can continue in the
    /// middle.
    /// </remarks>
    public static IStreamingDataset<T> ShuffleBlocks<T>(this IStreamingDataset<T> stream, int blockSize, ulong seed)
    {
        if (blockSize < 1)
        {
            throw new ConfigException(FormattableString.Invariant(
                $"StreamingDataset.ShuffleBlocks: a block must have at least 1 example, not {blockSize}."));
        }
        return new Generated<T>(Shuffled);

        IEnumerable<T> Shuffled(long epoch, long first)
        {
            ulong key = new Rng(seed).Split((ulong)epoch).Key;
            (long block, long skipped) = Math.DivRem(first, blockSize);
            foreach (T[] examples in stream.ReadEpoch(epoch, block * blockSize).Chunk(blockSize))
            {
                KeyedPermutation order = new(examples.Length, key, (ulong)block++);
                for (long place = skipped; place < examples.Length; place++) yield return examples[order[place]];
                skipped = 0;
            }
        }
    }

    /// <summary>Reads a stream into memory as a map-style dataset.</summary>
    public static IDataset<T> ToDataset<T>(this IStreamingDataset<T> stream) => Dataset.From<T>([.. stream.ReadFrom()]);

    private sealed class Generated<T>(Func<long, long, IEnumerable<T>> read) : IStreamingDataset<T>
    {
        public IEnumerable<T> ReadFrom(long first = 0) => read(0, first);

        public IEnumerable<T> ReadEpoch(long epoch, long first = 0) => read(epoch, first);
    }
}
