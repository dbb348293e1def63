namespace MiniStack;

/// <summary>Owns what is created while it is open, and returns all of it to the pool on <see cref="Dispose"/>.</summary>
/// <remarks>
/// Scopes nest, and belong to the thread that opened them. A tensor that must live longer is moved out with
/// <see cref="Tensor.Keep"/>. Without any scope, tensors belong to the garbage collector, which frees what nobody refers to, later and more slowly.
/// A <c>Tape</c> is a scope as well: what is computed while it is open lives until it is disposed.
/// </remarks>
public sealed class MemoryScope : IDisposable
{
    [ThreadStatic]
    private static MemoryScope? _current;

    private readonly MemoryScope? _outer;
    private readonly string _name;
    private readonly bool _owns;
    private readonly int _thread = Environment.CurrentManagedThreadId;
    private readonly List<Storage> _storages = [];
    private bool _ended;

    private MemoryScope(string name, bool owns)
    {
        _name = name;
        _owns = owns;
        _outer = _current;
        _current = this;
    }

    /// <summary>The innermost open scope of this thread, or null.</summary>
    public static MemoryScope? Current => _current;

    /// <summary>Bytes of the blocks that it owns now.</summary>
    public long Bytes => _storages.Sum(storage => storage.Scope == this ? storage.Bytes : 0);

    /// <summary>Opens a scope: tensors created from now on are returned to the pool when it is disposed.</summary>
    public static MemoryScope Begin() => new("its MemoryScope ended", owns: true);

    /// <summary>Opens a scope whose tensors outlive every other scope: parameters, optimizer state, caches.</summary>
    public static MemoryScope Persistent() => new("", owns: false);

    /// <summary>Opens a scope that says in errors why its tensors are gone, such as "its Tape ended".</summary>
    /// <param name="ending">Completes the sentence "the tensor was used after …".</param>
    public static MemoryScope Begin(string ending) => new(ending, owns: true);

    /// <summary>True when the innermost scope of this thread will return new blocks to the pool.</summary>
    internal static bool OwnsNewBlocks => _current is { _owns: true };

    /// <summary>Gives a new block to the innermost scope of this thread.</summary>
    internal static void Adopt(Storage storage)
    {
        if (OwnsNewBlocks) _current!.Add(storage);
    }

    /// <summary>Moves a block to the scope around the one that owns it, or to the garbage collector when there is none.</summary>
    internal static void MoveOut(Storage storage)
    {
        // The owner's list keeps a stale entry; Scope says who really owns the block.
        if (storage.Scope is not { } owner) return;
        storage.Scope = null;
        owner._outer?.AddIfOwning(storage);
    }

    /// <summary>Gives a block to the garbage collector, whichever scope owns it.</summary>
    internal static void Free(Storage storage) => storage.Scope = null;

    /// <summary>Returns a block before the scope ends, because its last owner let go.</summary>
    internal void ReturnEarly(Storage storage) => storage.End("the last gradient that used it was consumed by Backward");

    /// <summary>Leaves all blocks to the garbage collector and steps out: what an abandoned tape does.</summary>
    public void Abandon()
    {
        foreach (Storage storage in _storages)
            if (storage.Scope == this) storage.Scope = null;
        _storages.Clear();
        Close();
    }

    /// <summary>Ends the scope: its blocks return to the pool, except those with owners, which move to the outer scope.</summary>
    /// <exception cref="MemoryScopeException">A scope opened inside is still open, or this is another thread.</exception>
    public void Dispose()
    {
        if (_ended) return;
        if (_thread != Environment.CurrentManagedThreadId)
            throw new MemoryScopeException("A MemoryScope must be disposed on the thread that opened it.");
        if (_current != this)
        {
            throw new MemoryScopeException(
                "A MemoryScope was disposed while one opened inside it is still open. Dispose inner scopes first; `using` does.");
        }
        Clear();
        Close();
    }

    /// <summary>Does what <see cref="Dispose"/> does with the blocks, and stays open for others.</summary>
    public void Clear()
    {
        foreach (Storage storage in _storages)
        {
            if (storage.Scope != this) continue;
            if (storage.Owners > 0) MoveOut(storage);
            else storage.End(_name);
        }
        _storages.Clear();
    }

    private void Close()
    {
        _ended = true;
        if (_current == this) _current = _outer;
    }

    private void AddIfOwning(Storage storage)
    {
        if (_owns) Add(storage);
    }

    private void Add(Storage storage)
    {
        storage.Scope = this;
        _storages.Add(storage);
    }
}
