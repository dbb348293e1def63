namespace MiniStack.Nn;

/// <summary>Tensors by name, in order: the weights of a model as a checkpoint holds them.</summary>
public sealed class StateDict : Dictionary<string, Tensor>
{
    /// <summary>Tensors under their names.</summary>
    public StateDict(IEnumerable<KeyValuePair<string, Tensor>> tensors)
        : base(tensors, StringComparer.Ordinal)
    {
    }

    /// <summary>
    /// The tensors whose names begin so, under the rest of their names: <c>module.fc.weight</c> becomes <c>fc.weight</c>.
    /// </summary>
    /// <param name="prefix">Such as <c>module.</c>, which PyTorch's DataParallel puts before every name.</param>
    /// <exception cref="CheckpointException">No name begins so.</exception>
    public StateDict WithoutPrefix(string prefix)
    {
        StateDict rest = new(this.Where(pair => pair.Key.StartsWith(prefix, StringComparison.Ordinal))
            .Select(pair => KeyValuePair.Create(pair.Key[prefix.Length..], pair.Value)));
        return rest.Count > 0
            ? rest
            : throw new CheckpointException($"No name of the state begins with '{prefix}'. Its names are {Texts.Some([.. Keys])}.");
    }

    /// <summary>The tensor under the first of these names that there is.</summary>
    internal Tensor? Find(IReadOnlyList<string> names)
    {
        foreach (string name in names)
            if (TryGetValue(name, out Tensor? value)) return value;
        return null;
    }
}
