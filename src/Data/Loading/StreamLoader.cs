namespace MiniStack.Data;

/// <summary>
/// Batches of a streaming dataset, in its order, which may be another each epoch. One background thread reads and makes them, since a
/// stream has one place at a time.
/// </summary>
/// <typeparam name="T">An example.</typeparam>
/// <typeparam name="TBatch">A batch, as in <see cref="DataLoader{T, TBatch}"/>.</typeparam>
/// <remarks>
/// Resuming passes over what was seen, which takes as long as the dataset's <see cref="IStreamingDataset{T}.ReadEpoch"/> needs for it.
/// </remarks>
public sealed class StreamLoader<T, TBatch>
{
    private readonly IStreamingDataset<T> _dataset;
    private readonly Func<IReadOnlyList<T>, TBatch> _collate;
    private readonly LoaderOptions _options;
    private readonly ITransform<T>? _transform;

    /// <param name="dataset">The examples.</param>
    /// <param name="collate">Makes one batch of some.</param>
    /// <param name="options">How to cut and deliver; 0 or 1 worker. A last batch with too few examples for every rank is left out.</param>
    /// <param name="transform">Changes each example at random. Its stream follows from seed, epoch and place.</param>
    /// <exception cref="ConfigException">A setting makes no sense.</exception>
    public StreamLoader(
        IStreamingDataset<T> dataset, Func<IReadOnlyList<T>, TBatch> collate, LoaderOptions options, ITransform<T>? transform = null)
    {
        options.Check();
        LoaderOptions.Require(options.Workers <= 1, $"a stream is read by 0 or 1 worker, not {options.Workers}");
        (_dataset, _collate, _options, _transform) = (dataset, collate, options, transform);
    }

    /// <summary>Batches without end, epoch after epoch.</summary>
    /// <param name="from">The first.</param>
    /// <param name="cancellation">Ends the wait for a batch, and the worker.</param>
    /// <exception cref="ConfigException">The position is negative, or was saved with another batch size.</exception>
    public LoaderRun<TBatch> Start(LoaderPosition from = default, CancellationToken cancellation = default) =>
        Run(from, endless: true, cancellation);

    /// <summary>
    /// The batches from a position to the end of its epoch. Only the end of the data tells that it is one: then the run's position is the
    /// next epoch's start.
    /// </summary>
    /// <inheritdoc cref="Start"/>
    public LoaderRun<TBatch> Epoch(LoaderPosition from = default, CancellationToken cancellation = default) =>
        Run(from, endless: false, cancellation);

    private LoaderRun<TBatch> Run(LoaderPosition from, bool endless, CancellationToken cancellation)
    {
        from = _options.Checked(from);
        LoaderOptions.Require(
            from.Epoch >= 0 && from.Batch >= 0, $"there is no position {from.Epoch}:{from.Batch}; epoch and batch count from 0");
        LoaderPosition end = new(from.Epoch + 1, 0, from.BatchSize);
        IEnumerator<(TBatch Batch, LoaderPosition After)> batches = Batches(from, endless).GetEnumerator();
        return new LoaderRun<TBatch>(_options, _options.Workers, from, null, Next, cancellation, batches);

        bool Next(long ticket, out TBatch batch, out LoaderPosition after)
        {
            bool found = batches.MoveNext();
            (batch, after) = found ? batches.Current : (default!, end);
            return found;
        }
    }

    private IEnumerable<(TBatch Batch, LoaderPosition After)> Batches(LoaderPosition position, bool endless)
    {
        do
        {
            long first = position.Batch;
            foreach (T[] chunk in _dataset.ReadEpoch(position.Epoch, first * _options.BatchSize).Chunk(_options.BatchSize))
            {
                if (chunk.Length < (_options.DropLast ? _options.BatchSize : _options.WorldSize)) break;
                LoaderPosition next = position with { Batch = position.Batch + 1 };
                yield return (Batch(chunk, position), next);
                position = next;
            }
            // Without this, an empty stream would be read again and again.
            if (position.Batch == 0)
                throw new DataException("The stream has no whole batch: it is empty, or shorter than a batch that must be whole.");
            position = position with { Epoch = position.Epoch + 1, Batch = 0 };
        }
        while (endless);
    }

    private TBatch Batch(T[] chunk, LoaderPosition position)
    {
        (int start, int end) = _options.Part(chunk.Length);
        T[] examples = chunk[start..end];
        for (int i = 0; _transform is not null && i < examples.Length; i++)
        {
            long place = (position.Batch * _options.BatchSize) + start + i;
            try
            {
                examples[i] = _transform.Apply(examples[i], new Rng(_options.Seed).Split((ulong)position.Epoch).Split((ulong)place));
            }
            catch (Exception exception) when (exception is not OperationCanceledException)
            {
                throw LoaderErrors.Example(place, place, position.Epoch, exception);
            }
        }
        return LoaderErrors.Collated(_collate, examples, position);
    }
}
