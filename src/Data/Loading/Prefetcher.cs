using System.Diagnostics.CodeAnalysis;
using System.Runtime.ExceptionServices;

namespace MiniStack.Data;

/// <summary>Threads that make batches ahead of the consumer, within bounds of bytes and number.</summary>
internal sealed class Prefetcher<TBatch> : IDisposable
{
    private readonly object _lock = new(); // an object: the threads wait on it, which a Lock cannot
    private readonly BatchSource<TBatch> _source;
    private readonly LoaderOptions _options;
    private readonly Dictionary<long, Made> _made = [];
    private readonly Thread[] _workers;
    private long _next, _taken, _madeBytes, _largest = -1;
    private int _madeWhenFull;
    private bool _stopped;

    public Prefetcher(BatchSource<TBatch> source, LoaderOptions options, int workers)
    {
        (_source, _options) = (source, options);
        _workers = [.. Enumerable.Range(0, workers).Select(i => new Thread(Work) { IsBackground = true, Name = $"DataLoader worker {i}" })];
        foreach (Thread worker in _workers) worker.Start();
    }

    private readonly record struct Made(bool IsBatch, TBatch? Batch, LoaderPosition After, long Bytes, Exception? Error);

    /// <summary>Most bytes that were ready at a time.</summary>
    public long PeakBytes { get; private set; }

    public bool TryTake(long ticket, [MaybeNullWhen(false)] out TBatch batch, out LoaderPosition after, CancellationToken cancellation)
    {
        Made made;
        lock (_lock)
        {
            while (!_made.Remove(ticket, out made))
            {
                cancellation.ThrowIfCancellationRequested();
                // Stopped, and nobody is making it any more: nothing would ever end the wait.
                LoaderOptions.Require(
                    !_stopped || _next - _taken > _made.Count,
                    $"the run was stopped while a batch was waited for; start another from its Position");
                Monitor.Wait(_lock);
            }
            _madeBytes -= made.Bytes;
            _taken = ticket + 1;
            // Workers that wait are woken when half of what they had made is gone: a woken thread may push the consumer off its core, which
            // shall not happen at every batch.
            if (_made.Count <= _madeWhenFull / 2) Monitor.PulseAll(_lock);
        }
        if (made.Error is not null)
        {
            Stop();
            ExceptionDispatchInfo.Throw(made.Error);
        }
        (batch, after) = (made.Batch, made.After);
        return made.IsBatch;
    }

    /// <summary>Lets the workers end, and wakes whoever waits.</summary>
    public void Stop()
    {
        lock (_lock)
        {
            _stopped = true;
            Monitor.PulseAll(_lock);
        }
    }

    public void Dispose()
    {
        Stop();
        foreach (Thread worker in _workers) worker.Join();
    }

    private void Work()
    {
        while (TakeTicket(out long ticket))
        {
            Made made = Make(ticket);
            lock (_lock)
            {
                _made.Add(ticket, made);
                _madeBytes += made.Bytes;
                _largest = Math.Max(_largest, made.Bytes);
                PeakBytes = Math.Max(PeakBytes, _madeBytes);
                // After the end or an error nothing more is wanted; tickets before this one are being made by others.
                if (!made.IsBatch) _stopped = true;
                Monitor.PulseAll(_lock);
            }
        }
    }

    private bool TakeTicket(out long ticket)
    {
        lock (_lock)
        {
            while (!_stopped && !MayStart())
            {
                _madeWhenFull = _made.Count;
                Monitor.Wait(_lock);
            }
            ticket = _next;
            if (_stopped) return false;
            _next++;
            return true;
        }
    }

    /// <summary>The batch that the consumer waits for may always be made, so that nobody waits for ever.</summary>
    private bool MayStart()
    {
        long ahead = _next - _taken;
        if (ahead == 0) return true;
        if (ahead >= _options.PrefetchBatches || _largest < 0) return false; // the first alone: it tells how large batches are
        long inProgress = ahead - _made.Count;
        return _madeBytes + (inProgress + 1) * _largest <= _options.PrefetchBytes;
    }

    private Made Make(long ticket)
    {
        try
        {
            bool isBatch = _source(ticket, out TBatch batch, out LoaderPosition after);
            return new Made(isBatch, batch, after, (batch as ISizedBatch)?.Bytes ?? 0, null);
        }
        catch (Exception exception)
        {
            return new Made(false, default, default, 0, exception);
        }
    }
}
