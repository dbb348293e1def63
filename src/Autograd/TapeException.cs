namespace MiniStack;

/// <summary>
/// A tape was used in a way that would give wrong gradients: twice, too late, from another thread, or after a saved tensor changed.
/// </summary>
public sealed class TapeException(string message) : MiniStackException(message);
