using System.IO.Enumeration;

namespace MiniStack.Nn;

/// <summary>Adds adapters to a model, switches between them, and takes them away.</summary>
/// <remarks>
/// A model may hold several and use one at a time. All threads that call it share the choice: switch and merge while none does.
/// </remarks>
public static class Adapters
{
    /// <summary>Adds a low-rank adapter to the layers that fit, freezes everything else, and lets it act.</summary>
    /// <param name="model">The model, as it was trained.</param>
    /// <param name="name">The adapter's name: letters, digits, <c>-</c> and <c>_</c>.</param>
    /// <param name="config">Rank, scale, dropout, and which layers.</param>
    /// <param name="rng">Source of start values and of dropout's masks while training: its state belongs to a checkpoint.</param>
    /// <param name="learned">What an adapter of the same layers has learned before, from <see cref="LoraAdapter.StateDict"/>; null for a
    /// new one.</param>
    /// <exception cref="ConfigException">A number makes no adapter, the name is taken, no layer fits, a layer that fits cannot be adapted,
    /// or an adapter is merged; the model is as it was.</exception>
    /// <exception cref="CheckpointException">What was learned does not fit; the model is as it was.</exception>
    public static LoraAdapter AddLora(this Module model, string name, LoraConfig config, Rng rng, StateDict? learned = null)
    {
        config.Check();
        CheckName(model, name);
        CheckUnmerged(model);
        (string Path, Module Layer)[] inFull = [.. LearningInFull(model, config.InFull ?? [])];
        (string Path, Module Layer)[] adapted = [.. Adapted(model, config.Targets, inFull)];
        List<(string, Module, LoraPart)> parts = [];
        foreach ((string path, Module layer) in adapted)
            parts.Add((path, layer, new LoraPair(config, ((IAdaptable)layer).Weight, layer is Embedding, rng)));
        foreach ((string path, Module layer) in inFull) parts.Add((path, layer, new LoraCopy(layer)));
        LoraAdapter adapter = new(model, name, config, parts);
        if (learned is not null) adapter.LoadStateDict(learned);
        model.Freeze(); // from here on nothing can fail
        adapter.Attach();
        model.Lora.Add(adapter);
        Switch(model, name);
        return adapter;
    }

    /// <summary>Lets an adapter act, or with null none: the model is then what it was.</summary>
    /// <exception cref="ConfigException">There is none of this name, or one is merged.</exception>
    public static void UseAdapter(this Module model, string? name)
    {
        if (name is not null) _ = Find(model, name);
        CheckUnmerged(model);
        Switch(model, name);
    }

    /// <summary>Takes an adapter away. The rest of the model stays frozen; see <see cref="Module.Unfreeze"/>.</summary>
    /// <exception cref="ConfigException">There is none of this name, or it is merged.</exception>
    public static void RemoveAdapter(this Module model, string name)
    {
        LoraAdapter adapter = Find(model, name);
        if (adapter.IsMerged) throw new ConfigException($"Lora: the adapter '{name}' is merged. Unmerge it first.");
        adapter.Detach();
        model.Lora.Remove(adapter);
    }

    /// <summary>Prepares a trained model for learning on, and says what learns: what an optimizer is made for.</summary>
    /// <exception cref="ConfigException">Nothing in the model fits; it is as it was.</exception>
    public static Parameter[] FineTune(this Module model, FineTuning how)
    {
        how.Apply(model);
        return [.. model.Parameters().Where(parameter => parameter.RequiresGrad)];
    }

    /// <summary>The adapters that <see cref="AddLora"/> added to this module, in order.</summary>
    public static IReadOnlyList<LoraAdapter> AdaptersOf(this Module model) => [.. model.Lora];

    internal static void Switch(Module model, string? name)
    {
        foreach ((_, Module module) in model.Modules()) (module as LoraParts)?.Use(name);
    }

    /// <summary>
    /// A merged adapter has changed the weights, its own model's or those of a part of this one, that another would act on.
    /// </summary>
    internal static void CheckUnmerged(Module model)
    {
        if (model.LoraNear.FirstOrDefault(adapter => adapter.IsMerged) is { } merged)
            throw new ConfigException($"Lora: the adapter '{merged.Name}' is merged already. Unmerge it first.");
    }

    private static LoraAdapter Find(Module model, string name) =>
        model.Lora.Find(adapter => adapter.Name == name) ?? throw new ConfigException(
            $"Lora: there is no adapter '{name}'. " +
            $"{(model.Lora.Count == 0
                ? "There is none; see AddLora."
                : $"There are {Texts.Some([.. model.Lora.Select(adapter => adapter.Name)])}.")}");

    private static void CheckName(Module model, string name)
    {
        if (name.Length == 0 || !name.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_'))
            throw new ConfigException($"Lora: '{name}' is no name for an adapter. Use letters, digits, - and _.");
        if (model.LoraNear.Any(adapter => adapter.Name == name))
            throw new ConfigException($"Lora: there is an adapter '{name}' already. Choose another name, or remove that one.");
    }

    /// <summary>The layers that get factors, with their paths from the model on.</summary>
    private static IEnumerable<(string Path, Module Layer)> Adapted(
        Module model, IReadOnlyList<string>? targets, (string Path, Module Layer)[] inFull)
    {
        (string Path, Module Layer)[] all = [.. Layers<IAdaptable>(model)];
        if (all.Length == 0) throw NoneToAdapt(model);
        (string Path, Module Layer)[] fitting = targets is null
            ? [.. all.Where(named => named.Layer is Linear { Weight: { } weight } && model.AllNamesOf(weight).Count == 1)]
            : [.. Fitting(all, targets, "Linear or Embedding")];
        if (fitting.Length == 0) throw NoneToAdapt(model);
        fitting = [.. fitting.Except(inFull)]; // what learns as it is needs no factors
        if (fitting.Length == 0)
        {
            throw new ConfigException(
                "Lora: all layers of the targets learn in full, and none is left for factors. " +
                "Take one out of InFull, or use FineTuning.Only without an adapter.");
        }
        foreach ((string path, Module layer) in fitting) CheckNotShared(model, path, "weight", ((IAdaptable)layer).Weight);
        return fitting;
    }

    /// <summary>The layers that learn as they are, with their paths from the model on.</summary>
    private static IEnumerable<(string Path, Module Layer)> LearningInFull(Module model, IReadOnlyList<string> patterns)
    {
        (string Path, Module Layer)[] fitting =
        [
            .. Fitting(
                [.. Layers<IReplaceable>(model).Where(named => named.Layer.OwnParameters.Count > 0)],
                patterns, "layer that can learn in full")
        ];
        foreach ((string path, Module layer) in fitting)
            foreach ((string name, Parameter parameter) in layer.OwnParameters) CheckNotShared(model, path, name, parameter);
        return fitting;
    }

    private static IEnumerable<(string Path, Module Layer)> Layers<TKind>(Module model) =>
        model.Modules().Where(named => named.Module is TKind);

    private static IEnumerable<(string Path, Module Layer)> Fitting(
        (string Path, Module Layer)[] all, IReadOnlyList<string> patterns, string what)
    {
        HashSet<string> paths = [];
        foreach (string pattern in patterns)
        {
            string[] fit = [.. all.Select(named => named.Path).Where(path => Fits(path, pattern))];
            paths.UnionWith(fit.Contains(pattern) ? [pattern] : fit); // a whole path stands for itself alone
            if (fit.Length == 0)
            {
                throw new ConfigException(
                    $"Lora: no {what} fits '{pattern}'. " +
                    $"There {(all.Length == 0 ? "is none" : $"are {Texts.Some([.. all.Select(named => named.Path)])}")}; " +
                    "* stands for any text.");
            }
        }
        return all.Where(named => paths.Contains(named.Path));
    }

    private static void CheckNotShared(Module model, string path, string name, Parameter parameter)
    {
        IReadOnlyList<string> names = model.AllNamesOf(parameter);
        if (names.Count == 1) return;
        throw new ConfigException(
            $"Lora: the {name} of '{path}' is shared, as {Texts.Some(names)}: an adapter would change one use of it and not the other. " +
            "Leave the layer out.");
    }

    private static ConfigException NoneToAdapt(Module model) => new($"Lora: {Texts.Name(model.GetType())} has no Linear layer to adapt.");

    /// <summary>A pattern stands for a whole path or for its last names: <c>c_attn</c> for <c>h.0.attn.c_attn</c>, as in PEFT.</summary>
    private static bool Fits(string path, string pattern) =>
        path.Length == 0 ? pattern is "*" or "" : // the model is the layer
        FileSystemName.MatchesSimpleExpression(pattern, path, ignoreCase: false)
        || FileSystemName.MatchesSimpleExpression("*." + pattern, path, ignoreCase: false);
}
