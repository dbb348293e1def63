namespace MiniStack.Nn;

/// <summary>Hooks in the order they were added. The list is replaced, not changed: a hook may add or remove others while it runs.</summary>
internal sealed class HookList<THook>
    where THook : Delegate
{
    private THook[] _hooks = [];

    public int Count => _hooks.Length;

    public IDisposable Add(THook hook)
    {
        _hooks = [.. _hooks, hook];
        return new Entry(this, hook);
    }

    public ReadOnlySpan<THook>.Enumerator GetEnumerator() => ((ReadOnlySpan<THook>)_hooks).GetEnumerator();

    private sealed class Entry(HookList<THook> list, THook hook) : IDisposable
    {
        public void Dispose()
        {
            int at = Array.FindIndex(list._hooks, other => ReferenceEquals(other, hook));
            if (at >= 0) list._hooks = [.. list._hooks[..at], .. list._hooks[(at + 1)..]];
        }
    }
}
