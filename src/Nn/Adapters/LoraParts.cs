namespace MiniStack.Nn;

/// <summary>A layer that asks <see cref="Module.Acting"/> for its parameters, so that an adapter can have others in their place.</summary>
internal interface IReplaceable;

/// <summary>A layer whose weight can be changed by two thin factors beside it, too.</summary>
internal interface IAdaptable : IReplaceable
{
    /// <summary>What is changed.</summary>
    Parameter Weight { get; }
}

/// <summary>The parts of adapters that one layer has, by the adapters' names; at most one of them acts.</summary>
internal sealed class LoraParts : Module
{
    private readonly Dictionary<string, LoraPart> _parts = new(StringComparer.Ordinal);

    public int Count => _parts.Count;

    /// <summary>The one that acts; null for the layer as it was.</summary>
    public LoraPart? Active { get; private set; }

    public void Add(string name, LoraPart part) => _parts.Add(name, Register(name, part));

    public void Remove(string name)
    {
        LoraPart part = _parts[name];
        if (Active == part) Active = null;
        _parts.Remove(name);
        Unregister(part);
    }

    /// <summary>Lets one act, or none: an adapter need not have a part in every layer.</summary>
    public void Use(string? name) => Active = name is null ? null : _parts.GetValueOrDefault(name);
}

/// <summary>What one adapter has learned for one layer.</summary>
internal abstract class LoraPart : Module
{
    /// <summary>What it learns, under the names that PEFT puts after the layer's path.</summary>
    public abstract IEnumerable<(string Name, Parameter Parameter)> Saved { get; }

    /// <summary>What becomes of the layer's parameters when it is written into them.</summary>
    public abstract IEnumerable<(Parameter Own, Tensor Value)> Merged();
}
