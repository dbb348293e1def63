using System.IO.Enumeration;

namespace MiniStack.Nn;

/// <summary>Adds adapters to a model, switches between them, and takes them away.</summary>
/// <remarks>A model may hold several and use one at a time; all threads that call it share the choice.</remarks>
public static class Adapters
{
    /// <summary>Adds a low-rank adapter to the layers that fit, freezes everything else, and lets it act.</summary>
    /// <param name="model">The model, as it was trained.</param>
    /// <param name="name">The adapter's name: letters, digits, <c>-</c> and <c>_</c>.</param>
    /// <param name="config">Rank, scale, dropout, and which layers.</param>
    /// <param name="rng">Source of start values and of dropout's masks while training: its state belongs to a checkpoint.</param>
    /// <exception cref="ConfigException">A number makes no adapter, the name is taken, no layer fits, a layer that fits cannot be adapted, or an adapter is merged;
    /// the model is as it was.</exception>
    public static LoraAdapter AddLora(this Module model, string name, LoraConfig config, Rng rng)
    {
        config.Check();
        CheckName(model, name);
        CheckUnmerged(model);
        (string Path, Module Layer)[] inFull = [.. LearningInFull(model, config.InFull ?? [])];
        (string Path, Module Layer)[] adapted = [.. Adapted(model, config.Targets, inFull)];
        model.Freeze();
        List<(string, Module, LoraPart)> parts = [];
        foreach ((string path, Module layer) in adapted) parts.Add((path, layer, new LoraPair(config, ((IAdaptable)layer).Weight, layer is Embedding, rng)));
        foreach ((string path, Module layer) in inFull) parts.Add((path, layer, new LoraCopy(layer)));
        foreach ((_, Module layer, LoraPart part) in parts)
        {
            part.Train(layer.IsTraining);
            layer.AddParts().Add(name, part);
        }
        LoraAdapter adapter = new(model, name, config, parts);
        model.Lora.Add(adapter);
        model.UseAdapter(name);
        return adapter;
    }

    /// <summary>Lets an adapter act, or with null none: the model is then what it was.</summary>
    /// <exception cref="ConfigException">There is none of this name, or one is merged.</exception>
    public static void UseAdapter(this Module model, string? name)
    {
        if (name is not null)
        {
            _ = Find(model, name);
            CheckUnmerged(model);
        }
        foreach ((_, Module module) in model.Modules()) (module as LoraParts)?.Use(name);
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

    internal static void CheckUnmerged(Module model)
    {
        if (model.Lora.Find(adapter => adapter.IsMerged) is { } merged)
            throw new ConfigException($"Lora: the adapter '{merged.Name}' is merged already. Unmerge it first.");
    }

    private static LoraAdapter Find(Module model, string name) =>
        model.Lora.Find(adapter => adapter.Name == name) ?? throw new ConfigException(
            $"Lora: there is no adapter '{name}'. {(model.Lora.Count == 0 ? "There is none; see AddLora." : $"There are {Texts.Some([.. model.Lora.Select(adapter => adapter.Name)])}.")}");

    private static void CheckName(Module model, string name)
    {
        if (name.Length == 0 || !name.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_'))
            throw new ConfigException($"Lora: '{name}' is no name for an adapter. Use letters, digits, - and _.");
        if (model.Lora.Exists(adapter => adapter.Name == name))
            throw new ConfigException($"Lora: there is an adapter '{name}' already. Choose another name, or remove that one.");
    }

    /// <summary>The layers that get factors, with their paths from the model on.</summary>
    private static IEnumerable<(string Path, Module Layer)> Adapted(Module model, IReadOnlyList<string>? targets, (string Path, Module Layer)[] inFull)
    {
        (string Path, Module Layer)[] all = [.. Layers<IAdaptable>(model)];
        if (all.Length == 0) throw NoneToAdapt(model);
        (string Path, Module Layer)[] fitting = targets is null
            ? [.. all.Where(named => named.Layer is Linear)]
            : [.. Fitting(all, targets, "Linear or Embedding")];
        fitting = [.. fitting.Except(inFull)]; // what learns as it is needs no factors
        if (fitting.Length == 0) throw NoneToAdapt(model);
        foreach ((string path, Module layer) in fitting) CheckNotShared(model, path, "weight", ((IAdaptable)layer).Weight);
        return fitting;
    }

    /// <summary>The layers that learn as they are, with their paths from the model on.</summary>
    private static IEnumerable<(string Path, Module Layer)> LearningInFull(Module model, IReadOnlyList<string> patterns)
    {
        (string Path, Module Layer)[] fitting = [.. Fitting([.. Layers<IReplaceable>(model).Where(named => named.Layer.OwnParameters.Count > 0)], patterns, "layer that can learn in full")];
        foreach ((string path, Module layer) in fitting)
            foreach ((string name, Parameter parameter) in layer.OwnParameters) CheckNotShared(model, path, name, parameter);
        return fitting;
    }

    private static IEnumerable<(string Path, Module Layer)> Layers<TKind>(Module model)
    {
        int start = model.Path.Length == 0 ? 0 : model.Path.Length + 1;
        return model.Modules().Where(named => named.Module is TKind && named.Path.Length >= start).Select(named => (named.Path[start..], named.Module));
    }

    private static IEnumerable<(string Path, Module Layer)> Fitting((string Path, Module Layer)[] all, IReadOnlyList<string> patterns, string what)
    {
        HashSet<string> paths = [];
        foreach (string pattern in patterns)
        {
            string[] fit = [.. all.Select(named => named.Path).Where(path => Fits(path, pattern))];
            paths.UnionWith(fit.Contains(pattern) ? [pattern] : fit); // a whole path stands for itself alone
            if (fit.Length == 0)
            {
                throw new ConfigException(
                    $"Lora: no {what} fits '{pattern}'. There {(all.Length == 0 ? "is none" : $"are {Texts.Some([.. all.Select(named => named.Path)])}")}; * stands for any text.");
            }
        }
        return all.Where(named => paths.Contains(named.Path));
    }

    private static void CheckNotShared(Module model, string path, string name, Parameter parameter)
    {
        string[] names = [.. model.NamesOf(parameter)];
        if (names.Length == 1) return;
        throw new ConfigException(
            $"Lora: the {name} of '{path}' is shared, as {Texts.Some(names)}: an adapter would change one use of it and not the other. Leave the layer out of the targets.");
    }

    private static ConfigException NoneToAdapt(Module model) => new($"Lora: {Texts.Name(model.GetType())} has no Linear layer to adapt.");

    /// <summary>A pattern stands for a whole path or for its last names: <c>c_attn</c> for <c>h.0.attn.c_attn</c>, as in PEFT.</summary>
    private static bool Fits(string path, string pattern) =>
        path.Length == 0 ? pattern == "*" : // the model is the layer
        FileSystemName.MatchesSimpleExpression(pattern, path, ignoreCase: false) || FileSystemName.MatchesSimpleExpression("*." + pattern, path, ignoreCase: false);
}
