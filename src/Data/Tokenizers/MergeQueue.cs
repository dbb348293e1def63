namespace MiniStack.Data;

/// <summary>What merging needs besides the tokens, kept to be used again: the pairs that may be next, and a list of what is left.</summary>
internal sealed class MergeQueue
{
    private readonly PriorityQueue<int, ulong> _pairs = new();
    private int[] _next = [], _previous = [];

    /// <summary>Forgets everything; memory for the next token of each, to be filled.</summary>
    public Span<int> Reset(int length)
    {
        _pairs.Clear();
        if (_next.Length < length) (_next, _previous) = (new int[Math.Max(length, 64)], new int[Math.Max(length, 64)]);
        return _next.AsSpan(0, length);
    }

    /// <summary>Memory for the token before each.</summary>
    public Span<int> Previous(int length) => _previous.AsSpan(0, length);

    /// <summary>Lower ranks come first, and of equal ones those further left.</summary>
    public void Enqueue(int rank, int at) => _pairs.Enqueue(at, (ulong)(uint)rank << 32 | (uint)at);

    public bool TryDequeue(out int rank, out int at)
    {
        bool any = _pairs.TryDequeue(out at, out ulong priority);
        rank = (int)(priority >> 32);
        return any;
    }
}
