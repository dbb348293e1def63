namespace MiniStack;

/// <summary>Owns what is created while it is open, and returns all of it to the pool on <see cref="Dispose"/>.</summary>
/// <remarks>
/// <para>Scopes nest, and belong to the thread that opened them. A tensor that must live longer is moved out with
/// <see cref="Tensor.Keep"/>. Without any scope, tensors belong to the garbage collector, which frees what nobody refers to, later and more
/// slowly. A <c>Tape</c> is a scope as well, until its Backward.</para>
/// <para>Nothing should <c>await</c> inside a scope; <see cref="Run{T}(Func{T})"/> is the form in which nobody can. Where something does,
/// the scope owns what was created before the first <c>await</c>, what is created after it belongs to the garbage collector, and Dispose
/// ends the scope on whatever thread it is called. Memory that other threads have used goes to the garbage collector instead of the pool,
/// because they might still be computing with it.</para>
/// </remarks>
public sealed partial class MemoryScope : IDisposable
{
    /// <summary>What a scope is to the thread that opened it: in use, put away while another flow uses the thread, or over.</summary>
    private const int Attached = 0, Detached = 1, Ended = 2;

    [ThreadStatic]
    private static MemoryScope? _current;

    /// <summary>The innermost scope of this flow of control, on whichever thread it runs.</summary>
    private static readonly AsyncLocal<MemoryScope?> Flow = new(Arrive);

    private readonly MemoryScope? _outer, _before;
    private readonly string _name;
    private readonly bool _owns;
    private readonly int _thread = Environment.CurrentManagedThreadId;
    private readonly Lock _gate = new(); // another thread may end the scope
    private List<Storage> _storages = [];
    private int _state = Attached;

    private MemoryScope(string name, bool owns)
    {
        _name = name;
        _owns = owns;
        _outer = Current;
        _before = Flow.Value;
        _current = this;
        Flow.Value = this;
    }

    /// <summary>The innermost open scope of this thread, or null.</summary>
    public static MemoryScope? Current
    {
        get
        {
            // Another thread may have ended it.
            while (_current is { _state: Ended } ended) _current = ended._outer;
            return _current;
        }
    }

    /// <summary>Bytes of the blocks that it owns now.</summary>
    public long Bytes
    {
        get
        {
            lock (_gate) return _storages.Sum(storage => storage.Scope == this ? storage.Bytes : 0);
        }
    }

    /// <summary>True when the innermost scope of this thread will return new blocks to the pool.</summary>
    internal static bool OwnsNewBlocks => Current is { _owns: true };

    /// <summary>True on the thread that opened it, and on those that help it, while no other flow has the thread.</summary>
    internal bool IsHere => _state == Attached && _thread == CpuPool.CallingThread;

    /// <summary>Opens a scope: tensors created from now on are returned to the pool when it is disposed.</summary>
    public static MemoryScope Begin() => new("its MemoryScope ended", owns: true);

    /// <summary>Opens a scope whose tensors outlive every other scope: parameters, optimizer state, caches.</summary>
    public static MemoryScope Persistent() => new("", owns: false);

    /// <summary>Opens a scope that says in errors why its tensors are gone, such as "its Tape ended".</summary>
    /// <param name="ending">Completes the sentence "the tensor was used after …".</param>
    internal static MemoryScope Begin(string ending) => new(ending, owns: true);

    /// <summary>Gives a new block to the innermost scope of this thread.</summary>
    internal static void Adopt(Storage storage)
    {
        if (OwnsNewBlocks) _current!.Add(storage);
    }

    /// <summary>Moves a block to the scope around the one that owns it, or to the garbage collector when there is none.</summary>
    /// <remarks>The garbage collector takes it also when another thread asks: the scopes around belong to this one's.</remarks>
    internal static void MoveOut(Storage storage)
    {
        // The owner's list keeps a stale entry; Scope says who really owns the block.
        if (storage.Scope is not { } owner || !storage.Leave(owner)) return;
        if (owner.IsHere) owner._outer?.AddIfOwning(storage);
    }

    /// <summary>Gives a block to the garbage collector, whichever scope owns it.</summary>
    internal static void Free(Storage storage)
    {
        while (storage.Scope is { } owner && !storage.Leave(owner))
        {
        }
    }

    /// <summary>Returns a block before the scope ends.</summary>
    /// <param name="storage">The block.</param>
    /// <param name="reason">Completes the sentence "the tensor was used after …".</param>
    internal void ReturnEarly(Storage storage, string reason)
    {
        if (storage.Leave(this)) storage.End(reason, recycle: true);
    }

    /// <summary>
    /// No new block belongs to it from now on. Its blocks are handed to the caller, who gives them back before the scope is disposed, or
    /// leaves them to the garbage collector: a block that somebody keeps knows its scope, and must not keep all others with it.
    /// </summary>
    internal List<Storage> StepOut()
    {
        if (_current == this)
        {
            _current = _outer;
            Flow.Value = _before;
        }
        lock (_gate)
        {
            List<Storage> storages = _storages;
            _storages = [];
            return storages;
        }
    }

    /// <summary>Takes back what <see cref="StepOut"/> handed out.</summary>
    internal void TakeBack(List<Storage> storages)
    {
        lock (_gate) _storages = storages;
    }

    /// <summary>Ends the scope: its blocks return to the pool, except those with owners, which move to the outer scope.</summary>
    /// <exception cref="MemoryScopeException">A scope opened inside is still open; it has been ended too.</exception>
    public void Dispose()
    {
        bool inside = _thread == Environment.CurrentManagedThreadId && IsInside(_current), misnested = inside && _current != this;
        // Scopes opened inside that nobody disposed would stay open for ever.
        for (MemoryScope? inner = _current; misnested && inner != this; inner = inner!._outer) inner!.End();
        if (!End()) return;
        if (inside)
        {
            _current = _outer;
            Flow.Value = _before;
        }
        else if (Flow.Value == this)
        {
            Flow.Value = _before;
        }
        if (misnested)
        {
            throw new MemoryScopeException(
                "A MemoryScope was disposed while one opened inside it is still open; both have ended. " +
                "Dispose inner scopes first; `using` does.");
        }
    }

    /// <summary>Does what <see cref="Dispose"/> does with the blocks, and stays open for others.</summary>
    internal void Clear() => Clear(recycle: true);

    /// <summary>Called where a flow of control leaves a thread and another comes, as at an <c>await</c>.</summary>
    private static void Arrive(AsyncLocalValueChangedArgs<MemoryScope?> change)
    {
        if (!change.ThreadContextChanged) return;
        int thread = Environment.CurrentManagedThreadId;
        for (MemoryScope? scope = change.PreviousValue; scope is not null; scope = scope._outer)
            if (scope._thread == thread) Interlocked.CompareExchange(ref scope._state, Detached, Attached);
        for (MemoryScope? scope = change.CurrentValue; scope is not null; scope = scope._outer)
            if (scope._thread == thread) Interlocked.CompareExchange(ref scope._state, Attached, Detached);
        _current = change.CurrentValue is { } current && current._thread == thread ? current : null;
    }

    /// <summary>Returns the blocks; false if that was done before.</summary>
    private bool End()
    {
        int state = Interlocked.Exchange(ref _state, Ended);
        if (state == Ended) return false;
        // Its own thread may be computing with the blocks while another ends the scope.
        Clear(recycle: state == Detached || _thread == Environment.CurrentManagedThreadId);
        return true;
    }

    private void Clear(bool recycle)
    {
        lock (_gate)
        {
            foreach (Storage storage in _storages)
            {
                if (!storage.Leave(this)) continue;
                if (storage.Owners > 0) _outer?.AddIfOwning(storage);
                else storage.End(_name, recycle);
            }
            _storages.Clear();
        }
    }

    private bool IsInside(MemoryScope? innermost)
    {
        for (MemoryScope? scope = innermost; scope is not null; scope = scope._outer)
            if (scope == this) return true;
        return false;
    }

    private void AddIfOwning(Storage storage)
    {
        if (_owns) Add(storage);
    }

    private void Add(Storage storage)
    {
        lock (_gate)
        {
            if (_state == Ended) return;
            storage.Enter(this);
            _storages.Add(storage);
        }
    }
}
