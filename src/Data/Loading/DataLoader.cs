namespace MiniStack.Data;

/// <summary>
/// Batches of a map-style dataset, in an order that depends on seed and epoch alone: not on the workers, not on the ranks, not on where a
/// run was resumed.
/// </summary>
/// <typeparam name="T">An example.</typeparam>
/// <typeparam name="TBatch">A batch. Workers make it outside of every <see cref="MemoryScope"/>, so that its tensors belong to whoever
/// takes it.</typeparam>
/// <example><code>
/// DataLoader&lt;ImageExample, TensorBatch&gt; loader = new(digits, Collate.Images, new LoaderOptions(64) { Workers = 1, Seed = 7 });
/// using LoaderRun&lt;TensorBatch&gt; run = loader.Start(LoaderPosition.Parse(checkpoint.Notes["data"]));
/// foreach (TensorBatch batch in run) { … checkpoint.Notes["data"] = run.Position.ToString(); }
/// </code></example>
public sealed class DataLoader<T, TBatch>
{
    private readonly IDataset<T> _dataset;
    private readonly Func<IReadOnlyList<T>, TBatch> _collate;
    private readonly LoaderOptions _options;
    private readonly ISampler _sampler;
    private readonly ITransform<T>? _transform;

    /// <param name="dataset">The examples.</param>
    /// <param name="collate">Makes one batch of some, such as <see cref="Collate.Images"/>; workers call it at the same time.</param>
    /// <param name="options">How to cut and deliver.</param>
    /// <param name="sampler">Which example stands where; null for a shuffle, or for the dataset's own order without
    /// <see cref="LoaderOptions.Shuffle"/>.</param>
    /// <param name="transform">Changes each example at random. Its stream follows from seed, epoch and place.</param>
    /// <exception cref="ConfigException">A setting makes no sense or leaves no batch, or the sampler was made for a dataset of another
    /// size.</exception>
    public DataLoader(
        IDataset<T> dataset, Func<IReadOnlyList<T>, TBatch> collate, LoaderOptions options, ISampler? sampler = null,
        ITransform<T>? transform = null)
    {
        options.Check();
        LoaderOptions.Require(dataset.Count > 0, $"the dataset is empty; there is nothing to load");
        LoaderOptions.Require(
            sampler?.Examples is not { } examples || examples == dataset.Count,
            $"the sampler was made for {sampler?.Examples} examples, but the dataset has {dataset.Count}; make it from this dataset's");
        _sampler = sampler ?? (options.Shuffle ? new ShuffledSampler(dataset.Count, options.Seed) : new SequentialSampler(dataset.Count));
        (_dataset, _collate, _options, _transform) = (dataset, collate, options, transform);
        long rest = _sampler.Count % options.BatchSize;
        BatchesPerEpoch = (_sampler.Count / options.BatchSize) + (rest > 0 && !options.DropLast ? 1 : 0);
        LoaderOptions.Require(
            BatchesPerEpoch > 0,
            $"an epoch of {_sampler.Count} examples has no whole batch of {options.BatchSize}; make it smaller, or do not drop the last");
        LoaderOptions.Require(
            options.DropLast || rest == 0 || rest >= options.WorldSize,
            $"the last batch of an epoch has {rest} examples, too few for {
                options.WorldSize} ranks; drop the last, or choose another batch size");
    }

    /// <summary>Batches of an epoch, the same for each rank.</summary>
    public long BatchesPerEpoch { get; }

    /// <summary>Batches without end, epoch after epoch.</summary>
    /// <param name="from">The first.</param>
    /// <param name="cancellation">Ends the wait for a batch, and the workers.</param>
    /// <exception cref="ConfigException">There is no such position, or it was saved with another batch size.</exception>
    public LoaderRun<TBatch> Start(LoaderPosition from = default, CancellationToken cancellation = default) =>
        Run(from, long.MaxValue, cancellation);

    /// <summary>The batches from a position to the end of its epoch.</summary>
    /// <inheritdoc cref="Start"/>
    public LoaderRun<TBatch> Epoch(LoaderPosition from = default, CancellationToken cancellation = default) =>
        Run(from, BatchesPerEpoch - from.Batch, cancellation);

    private LoaderRun<TBatch> Run(LoaderPosition from, long batches, CancellationToken cancellation)
    {
        from = _options.Checked(from);
        LoaderOptions.Require(
            from.Epoch >= 0 && from.Batch >= 0 && from.Batch < BatchesPerEpoch,
            $"there is no position {from.Epoch}:{from.Batch}; an epoch has the batches 0 to {
                BatchesPerEpoch - 1}. Was it saved with another batch size?");
        return new LoaderRun<TBatch>(_options, _options.Workers, from, BatchesPerEpoch, Make, cancellation);

        bool Make(long ticket, out TBatch batch, out LoaderPosition after)
        {
            after = Plus(from, Math.Min(ticket + 1, batches));
            batch = default!;
            if (ticket >= batches) return false;
            batch = Batch(Plus(from, ticket));
            return true;
        }
    }

    private LoaderPosition Plus(LoaderPosition position, long batches)
    {
        (long epochs, long batch) = Math.DivRem(position.Batch + batches, BatchesPerEpoch);
        return position with { Epoch = position.Epoch + epochs, Batch = batch };
    }

    private TBatch Batch(LoaderPosition position)
    {
        long first = position.Batch * _options.BatchSize;
        (int start, int end) = _options.Part((int)Math.Min(_options.BatchSize, _sampler.Count - first));
        T[] examples = new T[end - start];
        for (int i = 0; i < examples.Length; i++) examples[i] = Example(position.Epoch, first + start + i);
        return LoaderErrors.Collated(_collate, examples, position);
    }

    private T Example(long epoch, long place)
    {
        long index = _sampler.IndexOf(epoch, place);
        try
        {
            T example = _dataset.Get(index);
            // The place, not the index: a sampler that draws an example twice in an epoch shall show it in two ways.
            return _transform is null ? example : _transform.Apply(example, new Rng(_options.Seed).Split((ulong)epoch).Split((ulong)place));
        }
        catch (Exception exception) when (exception is not OperationCanceledException)
        {
            throw LoaderErrors.Example(index, place, epoch, exception);
        }
    }
}
