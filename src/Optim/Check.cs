namespace MiniStack.Optim;

/// <summary>Passes a setting on if it makes sense, and otherwise says who wants what.</summary>
internal static class Check
{
    /// <summary>A finite number of at least 0.</summary>
    public static double NotNegative(string owner, double value, string what) => value >= 0 && double.IsFinite(value)
        ? value
        : throw new ConfigException(FormattableString.Invariant($"{owner}: the {what} must be a number of at least 0, not {value}."));

    /// <summary>A finite number above 0.</summary>
    public static double Positive(string owner, double value, string what) => value > 0 && double.IsFinite(value)
        ? value
        : throw new ConfigException(FormattableString.Invariant($"{owner}: the {what} must be a number above 0, not {value}."));

    /// <summary>What an average keeps of its past: from 0 to below 1.</summary>
    public static double Share(string owner, double value, string what) => value >= 0 && value < 1
        ? value
        : throw new ConfigException(FormattableString.Invariant($"{owner}: the {what} must be at least 0 and below 1, not {value}."));

    /// <summary>A count.</summary>
    public static long AtLeast(string owner, long least, long value, string what) => value >= least
        ? value
        : throw new ConfigException(FormattableString.Invariant($"{owner}: the {what} must be at least {least}, not {value}."));
}
