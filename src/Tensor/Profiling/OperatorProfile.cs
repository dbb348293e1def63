namespace MiniStack;

/// <summary>What an operator did in a session of the <see cref="Profiler"/>.</summary>
/// <param name="Name">The operator, as in <see cref="Backend"/>.</param>
/// <param name="Shapes">What it worked on, when the session tells shapes apart; otherwise empty.</param>
/// <param name="Calls">How often.</param>
/// <param name="Time">In sum.</param>
/// <param name="Bytes">Inputs and outputs, each once a call.</param>
/// <param name="Flops">Floating-point operations of its formula; null where it has none.</param>
public sealed record OperatorProfile(string Name, string Shapes, long Calls, TimeSpan Time, long Bytes, double? Flops)
{
    /// <summary>10⁹ bytes a second.</summary>
    public double GigabytesPerSecond => Bytes / Time.TotalSeconds / 1e9;

    /// <summary>10⁹ floating-point operations a second; null where it has none.</summary>
    public double? GigaflopsPerSecond => Flops / Time.TotalSeconds / 1e9;

    /// <summary>Floating-point operations for each byte moved: the arithmetic intensity; null where it has none.</summary>
    public double? Intensity => Flops / Bytes;
}

/// <summary>What a section of a <see cref="Profiler"/> took.</summary>
/// <param name="Name">As given to <see cref="Profiler.Section"/>.</param>
/// <param name="Depth">0 for the outermost.</param>
/// <param name="Calls">How often.</param>
/// <param name="Time">In sum.</param>
/// <param name="OperatorTime">How much of it was inside operators.</param>
public sealed record SectionProfile(string Name, int Depth, long Calls, TimeSpan Time, TimeSpan OperatorTime);
