namespace MiniStack;

/// <summary>Keeps a thread-static value with the flow that set it: where an <c>await</c> lets another flow use the thread, the value goes,
/// and it comes back when the flow does, if it comes back to the same thread.</summary>
/// <remarks>Without it, what was opened before an <c>await</c> would stay open for whoever uses the thread next.</remarks>
/// <param name="arrive">Sets the thread-static value: called on a thread to which a flow comes, with null where nothing of the flow belongs
/// there.</param>
internal sealed class ThreadFlow<T>(Action<T?> arrive) where T : class
{
    private readonly AsyncLocal<Entry?> _flow = new(change =>
    {
        if (change.ThreadContextChanged)
            arrive(change.CurrentValue is { } entry && entry.Thread == Environment.CurrentManagedThreadId ? entry.Value : null);
    });

    /// <summary>Notes that this flow has set the value on this thread. The thread-static value itself is the caller's to set.</summary>
    public void Set(T? value) => _flow.Value = value is null ? null : new Entry(value, Environment.CurrentManagedThreadId);

    private sealed record Entry(T Value, int Thread);
}
