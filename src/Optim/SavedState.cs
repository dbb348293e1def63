namespace MiniStack.Optim;

/// <summary>Names and takes over state tensors.</summary>
internal static class SavedState
{
    /// <summary>A parameter's name, or its number where it has none.</summary>
    public static string NameOf(IReadOnlyList<Parameter> parameters, int index) => parameters[index].Name is { Length: > 0 } name
        ? name
        : index.ToString(System.Globalization.CultureInfo.InvariantCulture);

    /// <summary>Copies saved tensors over live ones, all or none.</summary>
    /// <exception cref="CheckpointException">A tensor is missing or misshapen; nothing was changed.</exception>
    public static void Load(
        IEnumerable<KeyValuePair<string, Tensor>> live, IReadOnlyDictionary<string, Tensor> saved, string owner, string reason)
    {
        KeyValuePair<string, Tensor>[] all = [.. live];
        foreach ((string name, Tensor own) in all)
        {
            if (!saved.TryGetValue(name, out Tensor? found))
                throw new CheckpointException($"The {owner}'s state lacks '{name}'. {reason}");
            if (found.Shape != own.Shape)
                throw new CheckpointException($"The {owner}'s state '{name}' is {found.Shape}, the model wants {own.Shape}. It was saved with another model.");
        }
        foreach ((string name, Tensor own) in all) own.CopyFrom(saved[name]);
    }
}
