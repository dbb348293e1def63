namespace MiniStack;

/// <summary>Ends a section of a <see cref="Profiler"/> when disposed; does nothing when none was open.</summary>
public readonly struct ProfilerSection : IDisposable
{
    private readonly Profiler? _profiler;
    private readonly int _depth;

    internal ProfilerSection(Profiler profiler, int depth) => (_profiler, _depth) = (profiler, depth);

    /// <summary>Ends the section, and those inside it that are still open.</summary>
    public void Dispose() => _profiler?.CloseSections(_depth);
}
