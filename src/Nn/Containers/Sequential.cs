using System.Collections;

namespace MiniStack.Nn;

/// <summary>
/// Layers one after the other, named 0, 1, 2, … as in PyTorch:
/// <c>new Sequential(new Linear(2, 16, rng), new Tanh(), new Linear(16, 1, rng))</c>.
/// </summary>
public sealed class Sequential : Layer, IReadOnlyList<Layer>
{
    private readonly List<Layer> _layers = [];

    /// <summary>Layers in the order they are applied; with none, the output is the input.</summary>
    /// <exception cref="ConfigException">A layer belongs to another module already.</exception>
    public Sequential(params ReadOnlySpan<Layer> layers)
    {
        foreach (Layer layer in layers) Add(layer);
    }

    /// <summary>How many layers.</summary>
    public int Count => _layers.Count;

    /// <summary>A layer by its place.</summary>
    public Layer this[int index] => _layers[index];

    /// <summary>Adds a layer at the end.</summary>
    /// <exception cref="ConfigException">The layer belongs to another module already.</exception>
    public void Add(Layer layer) => _layers.Add(Register(Texts.Number(_layers.Count), layer));

    /// <inheritdoc/>
    public override Variable Forward(Variable x) => _layers.Chain(x);

    /// <inheritdoc/>
    public IEnumerator<Layer> GetEnumerator() => _layers.GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
