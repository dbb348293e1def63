using System.Diagnostics;

namespace MiniStack;

/// <summary>One block of memory on one <see cref="Device"/>, shared by a tensor and all its views.</summary>
public abstract class Storage
{
    private string? _ended;
    private MemoryScope? _scope;
    private volatile bool _escaped;

    /// <summary>A block of <paramref name="bytes"/> bytes on <paramref name="device"/>.</summary>
    private protected Storage(Device device, long bytes)
    {
        Device = device;
        Bytes = bytes;
    }

    /// <summary>Where the block lies.</summary>
    public Device Device { get; }

    /// <summary>Size in bytes.</summary>
    public long Bytes { get; }

    /// <summary>How often the block was written after its creation; autograd compares it to find changed saved tensors.</summary>
    public int Writes { get; private set; }

    /// <summary>The scope that returns this block to its pool; null when the garbage collector owns it.</summary>
    public MemoryScope? Scope => Volatile.Read(ref _scope);

    /// <summary>False once the scope that owned the block has ended.</summary>
    public bool IsAlive => Volatile.Read(ref _ended) is null;

    /// <summary>How many gradients in flight share this block (see <see cref="Retain"/>).</summary>
    internal int Owners { get; private set; }

    /// <summary>True for memory of the caller's, which can change without a write that is counted.</summary>
    internal virtual bool IsForeign => false;

    /// <summary>Counts a write. Every operation that changes elements after creation calls it.</summary>
    internal void CountWrite() => Writes++;

    /// <summary>Goes on counting where another block stopped, whose place this one takes.</summary>
    internal void CountWritesAfter(Storage other) => Writes = other.Writes + 1;

    /// <summary>Declares one more owner: the block outlives the inner scope it was made in.</summary>
    internal void Retain() => Owners++;

    /// <summary>Gives up one ownership. The last owner of a block that belongs to a scope returns it to the pool at once.</summary>
    /// <param name="atOnce">False where the block may still be read: it then returns with its scope.</param>
    internal void Release(bool atOnce = true)
    {
        if (--Owners == 0 && atOnce && Scope is { } scope)
            scope.ReturnEarly(this, "the last gradient that used it was consumed by Backward");
    }

    /// <summary>Gives the block to a scope.</summary>
    internal void Enter(MemoryScope scope) => Volatile.Write(ref _scope, scope);

    /// <summary>Takes the block from a scope; false if it is not the scope's any more.</summary>
    internal bool Leave(MemoryScope scope) => Interlocked.CompareExchange(ref _scope, null, scope) == scope;

    /// <summary>
    /// Throws if the block was returned, naming the tensor's shape and the remedy. Everything that reads or writes the block calls it
    /// first.
    /// </summary>
    [DebuggerStepThrough]
    internal void CheckAlive(Shape shape)
    {
        // The scope's own thread cannot end it while it computes here; any other thread could.
        if (!_escaped && Scope is { IsHere: false }) Escape();
        if (_ended is { } ended)
        {
            throw new MemoryScopeException(
                $"The tensor of shape {shape} was used after {ended}, which returned its memory. Call tensor.Keep() inside " +
                "the scope to keep it (in a layer or a hook, Persist()), or copy what you need (Item(), ToArray()) before the scope ends.");
        }
    }

    /// <summary>
    /// Notes that somebody may be using the block whom its scope does not wait for, so that the pool must not give it to others.
    /// </summary>
    /// <remarks>Either who ends the block sees this note, or who wrote the note sees the end: both look after a full fence.</remarks>
    internal void Escape()
    {
        _escaped = true;
        Interlocked.MemoryBarrier();
    }

    /// <summary>Ends the block's life: later uses throw.</summary>
    /// <param name="reason">Completes the sentence "the tensor was used after …".</param>
    /// <param name="recycle">Whether it goes back to the device's pool, if nobody else may be using it; otherwise the garbage collector
    /// gets it.</param>
    internal void End(string reason, bool recycle)
    {
        if (Interlocked.CompareExchange(ref _ended, reason, null) is null) LetGo(recycle && !_escaped);
    }

    /// <summary>Hands the memory back to the device's pool, or, when it must not be used again, to the garbage collector.</summary>
    private protected abstract void LetGo(bool recycle);
}
