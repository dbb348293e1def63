namespace MiniStack.Nn;

/// <summary>A low-rank adapter of a model: what it has learned beside the model, small enough to be kept for each task.</summary>
/// <remarks>
/// <para>Made by <see cref="Adapters.AddLora"/>. Hu et al. 2021, arXiv:2106.09685: the change that fine-tuning makes to a weight is of low
/// rank to a good approximation, so that two thin factors of it are learned instead.</para>
/// <para>While it is attached, its parameters are the model's too, under <c>….lora.NAME.A</c> and <c>….B</c>: they are moved, and saved in
/// the model's checkpoints; those of a layer that learns in full under <c>….lora.NAME.weight</c> and the like. <see cref="StateDict"/> has
/// them alone, under PEFT's names.</para>
/// </remarks>
public sealed class LoraAdapter
{
    private readonly Module _model;
    private readonly List<(string Path, Module Layer, LoraPart Part)> _parts;
    private (Parameter Own, Tensor Before)[]? _unmerged;

    internal LoraAdapter(Module model, string name, LoraConfig config, List<(string Path, Module Layer, LoraPart Part)> parts)
    {
        (_model, Name, Config, _parts) = (model, name, config, parts);
    }

    /// <summary>Its name in the model.</summary>
    public string Name { get; }

    /// <summary>What it is made of.</summary>
    public LoraConfig Config { get; }

    /// <summary>The paths of the layers that it has factors for.</summary>
    public IReadOnlyList<string> Layers => [.. _parts.Where(part => part.Part is LoraPair).Select(part => part.Path)];

    /// <summary>The paths of the layers that it has learned in full.</summary>
    public IReadOnlyList<string> LayersInFull => [.. _parts.Where(part => part.Part is LoraCopy).Select(part => part.Path)];

    /// <summary>What it learns, and what an optimizer of it is made for.</summary>
    public IReadOnlyList<Parameter> Parameters => [.. _parts.SelectMany(part => part.Part.Saved.Select(saved => saved.Parameter))];

    /// <summary>Whether it is written into the model's weights.</summary>
    public bool IsMerged => _unmerged is not null;

    /// <summary>Whether the model still has it.</summary>
    public bool IsAttached { get; private set; }

    /// <summary>
    /// Adds the change to the model's weights, and puts what was learned in full in their place: the model is then as fast as without an
    /// adapter. What the weights were is kept beside them, because a sum of floats cannot be taken apart again.
    /// </summary>
    /// <exception cref="ConfigException">The adapter was removed, or this or another one is merged.</exception>
    public void Merge()
    {
        CheckAttached(nameof(Merge));
        Adapters.CheckUnmerged(_model);
        using MemoryScope scope = MemoryScope.Begin();
        (Parameter Own, Tensor Value)[] merged = [.. _parts.SelectMany(part => part.Part.Merged())];
        _unmerged = [.. merged.Select(one => (one.Own, one.Own.Value.Clone().Persist()))];
        foreach ((Parameter own, Tensor value) in merged) own.Value.CopyFrom(value);
        Adapters.Switch(_model, null);
    }

    /// <summary>Puts the weights back to the bit, and lets the adapter act beside them again.</summary>
    /// <exception cref="ConfigException">It is not merged.</exception>
    public void Unmerge()
    {
        if (_unmerged is null) throw new ConfigException($"Lora: the adapter '{Name}' is not merged.");
        using MemoryScope scope = MemoryScope.Begin(); // what converting needs, when the model has moved since
        foreach ((Parameter own, Tensor before) in _unmerged) own.Value.CopyFrom(before.To(own.Value.DType).To(own.Value.Device));
        _unmerged = null;
        Adapters.Switch(_model, Name);
    }

    /// <summary>
    /// The factors under PEFT's names, such as <c>base_model.model.h.0.attn.c_attn.lora_A.weight</c>, and what was learned in full under
    /// names such as <c>base_model.model.ln_f.weight</c>. The tensors are the live ones, not copies.
    /// </summary>
    public StateDict StateDict() => new(Entries());

    /// <summary>Copies what another adapter has learned into this one; converts dtype and device.</summary>
    /// <exception cref="CheckpointException">Names or shapes do not fit; nothing was changed.</exception>
    public void LoadStateDict(StateDict state)
    {
        KeyValuePair<string, Tensor>[] own = [.. Entries()];
        foreach ((string name, Tensor value) in own)
        {
            if (!state.TryGetValue(name, out Tensor? other))
            {
                throw new CheckpointException(
                    $"Lora: the state lacks '{name}'. It has {Texts.Some([.. state.Keys])}; is it of another model?");
            }
            if (other.Shape != value.Shape)
            {
                throw new CheckpointException(
                    $"Lora: '{name}' is {other.Shape} in the state and {value.Shape} here. " +
                    "Give the adapter the rank and the model it was trained with.");
            }
        }
        if (state.Keys.FirstOrDefault(name => !own.Any(entry => entry.Key == name)) is { } unknown)
        {
            throw new CheckpointException(
                $"Lora: the state has '{unknown}', which this adapter does not. Adapt the same layers as it did.");
        }
        using MemoryScope scope = MemoryScope.Begin(); // what converting needs
        foreach ((string name, Tensor value) in own) value.CopyFrom(state[name].To(value.DType));
    }

    internal void Attach()
    {
        foreach ((_, Module layer, LoraPart part) in _parts)
        {
            part.Train(layer.Mode);
            layer.AddParts().Add(Name, part);
        }
        IsAttached = true;
    }

    internal void Detach()
    {
        foreach ((_, Module layer, _) in _parts)
        {
            layer.Parts!.Remove(Name);
            if (layer.Parts.Count == 0) layer.RemoveParts();
        }
        IsAttached = false;
    }

    internal void CheckAttached(string operation)
    {
        if (!IsAttached) throw new ConfigException($"Lora: {operation}: the adapter '{Name}' was removed from its model. Add it again.");
    }

    private IEnumerable<KeyValuePair<string, Tensor>> Entries()
    {
        foreach ((string path, _, LoraPart part) in _parts)
        {
            string prefix = path.Length == 0 ? "base_model.model." : $"base_model.model.{path}.";
            foreach ((string name, Parameter parameter) in part.Saved) yield return KeyValuePair.Create(prefix + name, parameter.Value);
        }
    }
}
