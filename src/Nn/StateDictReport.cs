namespace MiniStack.Nn;

/// <summary>How the names and shapes of a <see cref="StateDict"/> fit a module.</summary>
/// <param name="Missing">Parameters and buffers that the state does not have.</param>
/// <param name="Unexpected">Names that nothing in the module has.</param>
/// <param name="Misshapen">Names on both sides with different shapes, each with a sentence.</param>
public sealed record StateDictReport(
    IReadOnlyList<string> Missing, IReadOnlyList<string> Unexpected, IReadOnlyList<string> Misshapen)
{
    /// <summary>True when every name was found on both sides, with the same shape.</summary>
    public bool IsComplete => Missing.Count + Unexpected.Count + Misshapen.Count == 0;

    /// <summary>Every name that does not fit, by kind; for people.</summary>
    public override string ToString() => IsComplete
        ? "All names and shapes fit."
        : string.Join(Environment.NewLine, Faults(names => string.Join(", ", names)));

    internal static StateDictReport Compare(IEnumerable<(IReadOnlyList<string> Names, Tensor Value)> entries, StateDict state)
    {
        List<string> missing = [], misshapen = [];
        HashSet<string> unexpected = [.. state.Keys];
        foreach ((IReadOnlyList<string> names, Tensor own) in entries)
        {
            unexpected.ExceptWith(names);
            if (state.Find(names) is not { } value) missing.Add(names[0]);
            else if (value.Shape != own.Shape) misshapen.Add($"{names[0]} is {value.Shape}, the model wants {own.Shape}");
        }
        return new StateDictReport(missing, [.. unexpected.Order(StringComparer.Ordinal)], misshapen);
    }

    internal void ThrowIfWrong(bool strict, int wanted)
    {
        if (IsComplete) return;
        bool useless = wanted > 0 && Missing.Count + Misshapen.Count == wanted;
        if (!strict && !useless) return;
        throw new CheckpointException(
            $"The weights do not fit the model. {string.Join(". ", Faults(Texts.Some))}. {Remedy(useless)}");
    }

    private string Remedy(bool useless) => useless && CommonPrefix is { } prefix
        ? $"Every name begins with '{prefix}': load state.WithoutPrefix(\"{prefix}\")."
        : "Build the model with the configuration the weights were saved with.";

    /// <summary>The first part of all unexpected names, when they share one.</summary>
    private string? CommonPrefix
    {
        get
        {
            if (Unexpected.Count == 0 || Unexpected[0].IndexOf('.', StringComparison.Ordinal) is not (> 0 and { } dot)) return null;
            string prefix = Unexpected[0][..(dot + 1)];
            return Unexpected.All(name => name.StartsWith(prefix, StringComparison.Ordinal)) ? prefix : null;
        }
    }

    private List<string> Faults(Func<IReadOnlyList<string>, string> list)
    {
        List<string> faults = [];
        if (Misshapen.Count > 0) faults.Add($"misshapen: {list(Misshapen)}");
        if (Missing.Count > 0) faults.Add($"missing: {list(Missing)}");
        if (Unexpected.Count > 0) faults.Add($"unexpected: {list(Unexpected)}");
        return faults;
    }
}
