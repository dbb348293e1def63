namespace MiniStack.Nn;

/// <summary>A layer whose weight adapters can change.</summary>
internal interface IAdaptable
{
    /// <summary>What is changed.</summary>
    Parameter Weight { get; }

    /// <summary>The adapters it has; null while it has none.</summary>
    LoraPairs? Adapters { get; }

    /// <summary>Gives it room for adapters, as a child named <c>lora</c>.</summary>
    LoraPairs AddAdapters();

    /// <summary>Takes the room away again.</summary>
    void RemoveAdapters();
}

/// <summary>The adapters that one layer has, by name; at most one of them acts.</summary>
internal sealed class LoraPairs : Module
{
    private readonly Dictionary<string, LoraPair> _pairs = new(StringComparer.Ordinal);

    public int Count => _pairs.Count;

    /// <summary>The one that acts; null for the layer as it was.</summary>
    public LoraPair? Active { get; private set; }

    public void Add(string name, LoraPair pair) => _pairs.Add(name, Register(name, pair));

    public void Remove(string name)
    {
        LoraPair pair = _pairs[name];
        if (Active == pair) Active = null;
        _pairs.Remove(name);
        Unregister(pair);
    }

    /// <summary>Lets one act, or none: an adapter need not have a pair in every layer.</summary>
    public void Use(string? name) => Active = name is null ? null : _pairs.GetValueOrDefault(name);
}
