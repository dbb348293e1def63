namespace MiniStack.Training;

/// <summary>Passes a setting on if it makes sense, and otherwise says who wants what: before anything is trained.</summary>
internal static class Settings
{
    /// <summary>A count.</summary>
    public static long AtLeast(string owner, long least, long value, string what) => value >= least
        ? value
        : throw new ConfigException(FormattableString.Invariant($"{owner}: {what} must be at least {least}, not {value}."));

    /// <summary>A finite number above 0.</summary>
    public static double Positive(string owner, double value, string what) => value > 0 && double.IsFinite(value)
        ? value
        : throw new ConfigException(FormattableString.Invariant($"{owner}: {what} must be a number above 0, not {value}."));

    /// <summary>A path that could name something.</summary>
    public static string Path(string owner, string? path) =>
        string.IsNullOrWhiteSpace(path) || path.Contains('\0', StringComparison.Ordinal)
            ? throw new ConfigException($"{owner}: the path is empty. Name a file or folder.")
            : path;
}
