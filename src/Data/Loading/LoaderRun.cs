using System.Collections;
using System.Diagnostics;
using System.Diagnostics.CodeAnalysis;
using System.Runtime.ExceptionServices;

namespace MiniStack.Data;

/// <summary>One pass over batches: enumerate it once, and dispose it, which stops its workers (<c>foreach</c> does).</summary>
/// <remarks>
/// The workers start when the first batch is asked for. They take tickets in order and the consumer takes batches in order of their
/// tickets, so that nothing depends on who was faster. Only one thread may take batches. After an error every further call throws it again:
/// nothing is left out unseen. Disposing waits for examples that are being made: afterwards nothing reads the dataset any more.
/// </remarks>
public sealed class LoaderRun<TBatch> : IEnumerable<TBatch>, IDisposable
{
    private readonly LoaderOptions _options;
    private readonly int _workers;
    private readonly long? _perEpoch;
    private readonly BatchSource<TBatch> _source;
    private readonly CancellationToken _cancellation;
    private readonly IDisposable? _reader;
    private Prefetcher<TBatch>? _prefetcher;
    private CancellationTokenRegistration _wake;
    private ExceptionDispatchInfo? _error;
    private long _taken, _started, _stopped, _waited;
    private bool _ended, _enumerated, _disposed;

    internal LoaderRun(
        LoaderOptions options, int workers, LoaderPosition from, long? perEpoch, BatchSource<TBatch> source, CancellationToken cancellation,
        IDisposable? reader = null)
    {
        (_options, _workers, _perEpoch, _source, _cancellation, _reader, Position) =
            (options, workers, perEpoch, source, cancellation, reader, from);
    }

    /// <summary>
    /// The batch that comes next: save it, and <see cref="DataLoader{T, TBatch}.Start"/> continues there. After the end of an epoch, the
    /// first of the next.
    /// </summary>
    public LoaderPosition Position { get; private set; }

    /// <summary>What the run has cost until now.</summary>
    public LoaderStatistics Statistics => new(
        _taken, Stopwatch.GetElapsedTime(0, _waited), Elapsed, _prefetcher?.PeakBytes ?? 0);

    private TimeSpan Elapsed =>
        _started == 0 ? TimeSpan.Zero : Stopwatch.GetElapsedTime(_started, _stopped > 0 ? _stopped : Stopwatch.GetTimestamp());

    /// <summary>Takes the next batch, and waits until there is one.</summary>
    /// <returns>False at the end of the data.</returns>
    /// <exception cref="DataException">The batch could not be made; the message names the example.</exception>
    /// <exception cref="OperationCanceledException">The run was cancelled.</exception>
    /// <exception cref="ConfigException">The run was disposed.</exception>
    public bool TryNext([MaybeNullWhen(false)] out TBatch batch)
    {
        LoaderOptions.Require(!_disposed, $"the run was disposed; start another from its Position");
        _error?.Throw();
        batch = default;
        if (_ended) return false;
        long start = Stopwatch.GetTimestamp();
        if (_started == 0) _started = start;
        try
        {
            _cancellation.ThrowIfCancellationRequested();
            if (!TakeNext(out batch, out LoaderPosition after))
            {
                (Position, _ended) = (after, true);
                return false;
            }
            (Position, _taken) = (after, _taken + 1);
        }
        catch (Exception exception)
        {
            _error = ExceptionDispatchInfo.Capture(exception);
            throw;
        }
        finally
        {
            long now = Stopwatch.GetTimestamp();
            _waited += now - start;
            if (_ended || _error is not null) _stopped = now;
        }
        _options.Progress?.Report(new LoaderProgress(Position, _perEpoch, Statistics));
        return true;
    }

    /// <summary>The batches; the run is disposed when the enumeration is, once that has begun: before, nothing is there to stop.</summary>
    /// <exception cref="ConfigException">It is enumerated a second time.</exception>
    public IEnumerator<TBatch> GetEnumerator()
    {
        LoaderOptions.Require(!_enumerated, $"a run can be enumerated once; start another from its Position");
        _enumerated = true;
        return Enumerate();

        IEnumerator<TBatch> Enumerate()
        {
            using (this)
            {
                while (TryNext(out TBatch? batch)) yield return batch;
            }
        }
    }

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    /// <summary>Stops the workers and waits for them.</summary>
    public void Dispose()
    {
        if (_disposed) return;
        _disposed = true;
        if (_stopped == 0) _stopped = Stopwatch.GetTimestamp();
        _wake.Dispose();
        _prefetcher?.Dispose();
        _reader?.Dispose(); // when no worker reads any more
    }

    private bool TakeNext([MaybeNullWhen(false)] out TBatch batch, out LoaderPosition after)
    {
        if (_workers > 0)
        {
            if (_prefetcher is null)
            {
                _prefetcher = new Prefetcher<TBatch>(_source, _options, _workers);
                _wake = _cancellation.Register(_prefetcher.Stop);
            }
            return _prefetcher.TryTake(_taken, out batch, out after, _cancellation);
        }
        // As on a worker, what is made here belongs to no scope: a batch lives as long wherever it was made.
        using MemoryScope scope = MemoryScope.Persistent();
        return _source(_taken, out batch, out after);
    }
}
