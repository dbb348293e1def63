namespace MiniStack.Nn;

/// <summary>Tensors by name, in order: the weights of a model as a checkpoint holds them.</summary>
public sealed class StateDict : Dictionary<string, Tensor>
{
    /// <summary>Tensors under their names.</summary>
    public StateDict(IEnumerable<KeyValuePair<string, Tensor>> tensors)
        : base(tensors, StringComparer.Ordinal)
    {
    }
}

/// <summary>How the names and shapes of a <see cref="StateDict"/> fit a module.</summary>
/// <param name="Missing">Parameters that the state does not have.</param>
/// <param name="Unexpected">Names that no parameter has.</param>
/// <param name="Misshapen">Names on both sides with different shapes, each with a sentence.</param>
public sealed record StateDictReport(
    IReadOnlyList<string> Missing, IReadOnlyList<string> Unexpected, IReadOnlyList<string> Misshapen)
{
    internal static StateDictReport Compare(IEnumerable<(string Name, Parameter Parameter)> parameters, StateDict state)
    {
        List<string> missing = [], misshapen = [];
        HashSet<string> unexpected = [.. state.Keys];
        foreach ((string name, Parameter parameter) in parameters)
        {
            unexpected.Remove(name);
            if (!state.TryGetValue(name, out Tensor? value)) missing.Add(name);
            else if (value.Shape != parameter.Shape) misshapen.Add($"{name} is {value.Shape}, the model wants {parameter.Shape}");
        }
        return new StateDictReport(missing, [.. unexpected.Order(StringComparer.Ordinal)], misshapen);
    }

    internal void ThrowIfWrong(bool strict)
    {
        List<string> faults = [];
        if (Misshapen.Count > 0) faults.Add($"misshapen: {Some(Misshapen)}");
        if (strict && Missing.Count > 0) faults.Add($"missing: {Some(Missing)}");
        if (strict && Unexpected.Count > 0) faults.Add($"unexpected: {Some(Unexpected)}");
        if (faults.Count == 0) return;
        throw new CheckpointException(
            $"The weights do not fit the model. {string.Join(". ", faults)}. Build the model with the configuration the weights were saved with.");
    }

    private static string Some(IReadOnlyList<string> names) =>
        names.Count <= 3 ? string.Join(", ", names) : $"{string.Join(", ", names.Take(3))} and {names.Count - 3} more";
}
