namespace MiniStack;

/// <summary>
/// Notes which streams its thread draws from and where each stood before: what it takes to draw the same numbers once more.
/// </summary>
/// <remarks>
/// For code that is run twice and must not notice, as the segments of <c>Variable.Checkpoint</c>. Recordings may be nested.
/// </remarks>
internal sealed class RngRecording : IDisposable
{
    /// <summary>How many are open on any thread: while it is 0, a draw costs one comparison more than without recordings.</summary>
    private static int _open;

    [ThreadStatic]
    private static RngRecording? _current;

    private readonly Dictionary<Rng, RngState> _before = new(ReferenceEqualityComparer.Instance);
    private readonly RngRecording? _outer;
    private bool _ended;
    private ulong _draws = 14695981039346656037;

    private RngRecording(RngRecording? outer) => _outer = outer;

    internal static bool AnyOpen => Volatile.Read(ref _open) != 0;

    /// <summary>Notes the draws of this thread until the result is disposed.</summary>
    public static RngRecording Begin()
    {
        Interlocked.Increment(ref _open);
        return _current = new RngRecording(Current());
    }

    /// <summary>Notes where a stream stands that another thread may draw from meanwhile.</summary>
    public void Include(Rng stream) => _before.TryAdd(stream, stream.State);

    /// <summary>Ends the notes. They stay, for <see cref="Rewind"/>.</summary>
    public void Dispose()
    {
        if (_ended) return;
        _ended = true;
        Interlocked.Decrement(ref _open);
        Current();
    }

    /// <summary>
    /// Puts every stream that was drawn from back to where it stood before, until the result is disposed: then each continues from where it
    /// stands now.
    /// </summary>
    public Replay Rewind()
    {
        Replay replay = new([.. _before.Keys.Select(stream => (stream, stream.State))]);
        foreach ((Rng stream, RngState state) in _before) stream.Set(state);
        return replay;
    }

    /// <summary>Whether the same numbers were drawn in the same order, here and there.</summary>
    public bool DrewAs(RngRecording other) => _draws == other._draws;

    /// <summary>Called before <paramref name="words"/> words are taken from a stream, or it is set elsewhere (0).</summary>
    internal static void Note(Rng stream, long words)
    {
        for (RngRecording? recording = Current(); recording is not null; recording = recording._outer)
        {
            recording._before.TryAdd(stream, stream.State);
            // FNV-1a over words of 64 bits.
            if (words > 0)
            {
                recording._draws =
                    (((((recording._draws ^ stream.Key) * 1099511628211) ^ stream.State.Position) * 1099511628211) ^ (ulong)words)
                    * 1099511628211;
            }
        }
    }

    /// <summary>The innermost that has not ended, be it on this thread or on another one.</summary>
    private static RngRecording? Current()
    {
        while (_current is { _ended: true }) _current = _current._outer;
        return _current;
    }

    /// <summary>Streams stand where they stood before, until this is disposed.</summary>
    public sealed class Replay : IDisposable
    {
        private (Rng Stream, RngState State)[] _now;

        internal Replay((Rng Stream, RngState State)[] now) => _now = now;

        /// <summary>Every stream continues from where it stood when <see cref="Rewind"/> was called.</summary>
        public void Dispose()
        {
            foreach ((Rng stream, RngState state) in _now) stream.Set(state);
            _now = [];
        }
    }
}
