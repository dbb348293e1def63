namespace MiniStack.Data;

/// <summary>How a <see cref="DataLoader{T, TBatch}"/> or <see cref="StreamLoader{T, TBatch}"/> cuts and delivers its data.</summary>
/// <param name="BatchSize">Examples a batch, over all ranks together, so that a position means the same for any number of ranks.</param>
public sealed record LoaderOptions(int BatchSize)
{
    /// <summary>Background threads that make batches; 0 makes each on the thread that asks, when it asks.</summary>
    public int Workers { get; init; }

    /// <summary>Names the order of the examples and the chance in transforms; for a stream, the chance alone.</summary>
    public ulong Seed { get; init; }

    /// <summary>
    /// False to take the examples in their own order. A sampler given to the loader comes before it, and a stream comes in its own order
    /// whatever is set here: only its maker knows how much of it fits into memory. <see cref="StreamingDataset.ShuffleBlocks"/> shuffles
    /// it, anew each epoch.
    /// </summary>
    public bool Shuffle { get; init; } = true;

    /// <summary>True to leave out the last batch of an epoch when it is smaller.</summary>
    public bool DropLast { get; init; }

    /// <summary>Which of <see cref="WorldSize"/> programs this is, from 0.</summary>
    public int Rank { get; init; }

    /// <summary>How many programs share each batch.</summary>
    public int WorldSize { get; init; } = 1;

    /// <summary>Most bytes of batches that are made or being made ahead of the consumer; one batch is always allowed.</summary>
    /// <remarks>
    /// A batch's size is known for <see cref="ISizedBatch"/> only, and known when it is made: one that is being made counts as the largest
    /// so far.
    /// </remarks>
    public long PrefetchBytes { get; init; } = 256L << 20;

    /// <summary>Most batches that are made ahead, whatever their size.</summary>
    public int PrefetchBatches { get; init; } = 16;

    /// <summary>Told after each batch, on the thread that takes them.</summary>
    public IProgress<LoaderProgress>? Progress { get; init; }

    /// <summary>Throws when a setting makes no sense.</summary>
    internal void Check()
    {
        Require(BatchSize >= 1, $"the batch size must be at least 1, but is {BatchSize}");
        Require(Workers is >= 0 and <= MostWorkers, $"the number of workers must be 0 to {MostWorkers}, but is {Workers}");
        Require(WorldSize >= 1, $"the world size must be at least 1, but is {WorldSize}");
        Require(Rank >= 0 && Rank < WorldSize, $"the rank must be 0 to {WorldSize - 1}, one below the world size, but is {Rank}");
        Require(
            BatchSize % WorldSize == 0,
            $"the batch size {BatchSize} is over all ranks together, and must be a multiple of the world size {WorldSize}");
        Require(PrefetchBytes >= 1, $"the bytes to prefetch must be at least 1, but are {PrefetchBytes}");
        Require(PrefetchBatches >= 1, $"the batches to prefetch must be at least 1, but are {PrefetchBatches}");
    }

    /// <summary>This rank's part of a batch: its share, next to the shares of the other ranks, in the common order.</summary>
    /// <param name="count">Examples of the whole batch.</param>
    internal (int Start, int End) Part(int count) => ((int)((long)count * Rank / WorldSize), (int)((long)count * (Rank + 1) / WorldSize));

    /// <summary>A position of a run, with this batch size; throws when it was saved with another.</summary>
    internal LoaderPosition Checked(LoaderPosition position)
    {
        // The start of an epoch is the same place for every batch size.
        Require(
            position.Batch == 0 || position.BatchSize is 0 || position.BatchSize == BatchSize,
            $"the position {position} was saved with batches of {position.BatchSize} examples, but the loader's have {
                BatchSize}; continue with the old batch size, or at the start of an epoch");
        return position with { BatchSize = BatchSize };
    }

    private const int MostWorkers = 1024;

    internal static void Require(bool condition, FormattableString message)
    {
        if (!condition) throw new ConfigException($"DataLoader: {FormattableString.Invariant(message)}.");
    }
}

/// <summary>How far a run is.</summary>
/// <param name="Position">The batch that comes next.</param>
/// <param name="BatchesPerEpoch">Null when only the end of the data will tell.</param>
/// <param name="Statistics">Of the run.</param>
public sealed record LoaderProgress(LoaderPosition Position, long? BatchesPerEpoch, LoaderStatistics Statistics);

/// <summary>What a run has cost its consumer.</summary>
/// <param name="Batches">Delivered.</param>
/// <param name="Waited">Time that the consumer waited for batches.</param>
/// <param name="Elapsed">Time since the first batch was asked for, until the run ended, failed or was disposed.</param>
/// <param name="PeakBytes">Most bytes of finished batches that ever waited for the consumer.</param>
public readonly record struct LoaderStatistics(long Batches, TimeSpan Waited, TimeSpan Elapsed, long PeakBytes)
{
    /// <summary>Share of the time that the consumer waited: 0 when the loader keeps it busy, 1 when it does nothing else.</summary>
    public double Stall => Elapsed > TimeSpan.Zero ? Waited / Elapsed : 0;
}

/// <summary>A batch that knows how much memory it takes, which bounds how many are made ahead.</summary>
public interface ISizedBatch
{
    /// <summary>Bytes that the batch holds.</summary>
    long Bytes { get; }
}
