namespace MiniStack;

/// <summary>One block of memory on one <see cref="Device"/>, shared by a tensor and all its views.</summary>
public abstract class Storage
{
    private string? _ended;

    /// <summary>A block of <paramref name="bytes"/> bytes on <paramref name="device"/>.</summary>
    protected Storage(Device device, long bytes)
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

    /// <summary>How many gradients in flight share this block (see <see cref="Retain"/>).</summary>
    public int Owners { get; private set; }

    /// <summary>The scope that returns this block to its pool; null when the garbage collector owns it.</summary>
    public MemoryScope? Scope { get; internal set; }

    /// <summary>False once the scope that owned the block has ended.</summary>
    public bool IsAlive => _ended is null;

    /// <summary>Counts a write. Every operation that changes elements after creation calls it.</summary>
    public void CountWrite() => Writes++;

    /// <summary>Declares one more owner: the block outlives the inner scope it was made in.</summary>
    public void Retain() => Owners++;

    /// <summary>Gives up one ownership. The last owner of a block that belongs to a scope returns it to the pool at once.</summary>
    /// <param name="atOnce">False where the block may still be read: it then returns with its scope.</param>
    public void Release(bool atOnce = true)
    {
        if (--Owners == 0 && atOnce && Scope is not null) Scope.ReturnEarly(this);
    }

    /// <summary>Throws if the block was returned, naming the tensor's shape and the remedy.</summary>
    [System.Diagnostics.DebuggerStepThrough]
    internal void CheckAlive(Shape shape)
    {
        if (_ended is not null)
        {
            throw new MemoryScopeException(
                $"The tensor of shape {shape} was used after {_ended}, which returned its memory. Call tensor.Keep() inside " +
                "the scope to keep it, or copy what you need (Item(), ToArray()) before the scope ends.");
        }
    }

    /// <summary>Ends the block's life: it goes back to the device's pool, and later uses throw.</summary>
    internal void End(string reason)
    {
        if (_ended is not null) return;
        _ended = reason;
        Scope = null;
        ReturnToPool();
    }

    /// <summary>Hands the memory back to the device's pool.</summary>
    protected abstract void ReturnToPool();
}
