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
        (string Path, IAdaptable Layer)[] layers = [.. Fitting(model, config.Targets)];
        model.Freeze();
        List<(string, IAdaptable, LoraPair)> pairs = [];
        foreach ((string path, IAdaptable layer) in layers)
        {
            LoraPair pair = new(config, layer.Weight, layer is Embedding, rng);
            pair.Train(((Module)layer).IsTraining);
            layer.AddAdapters().Add(name, pair);
            pairs.Add((path, layer, pair));
        }
        LoraAdapter adapter = new(model, name, config, pairs);
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
        foreach ((_, Module module) in model.Modules()) (module as LoraPairs)?.Use(name);
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

    /// <summary>The layers that fit, with their paths from the model on.</summary>
    private static IEnumerable<(string Path, IAdaptable Layer)> Fitting(Module model, IReadOnlyList<string>? targets)
    {
        int start = model.Path.Length == 0 ? 0 : model.Path.Length + 1;
        (string Path, IAdaptable Layer)[] all = [.. model.Modules().Where(named => named.Module is IAdaptable && named.Path.Length >= start)
            .Select(named => (named.Path[start..], (IAdaptable)named.Module))];
        if (all.Length == 0) throw new ConfigException($"Lora: {Texts.Name(model.GetType())} has no Linear layer to adapt.");
        HashSet<string> paths = [.. all.Where(named => targets is null && named.Layer is Linear).Select(named => named.Path)];
        foreach (string target in targets ?? [])
        {
            string[] fit = [.. all.Select(named => named.Path).Where(path => Fits(path, target))];
            paths.UnionWith(fit.Contains(target) ? [target] : fit); // a whole path stands for itself alone
            if (fit.Length == 0)
                throw new ConfigException($"Lora: no Linear or Embedding fits '{target}'. There are {Texts.Some([.. all.Select(named => named.Path)])}; * stands for any text.");
        }
        (string Path, IAdaptable Layer)[] fitting = [.. all.Where(named => paths.Contains(named.Path))];
        if (fitting.Length == 0) throw new ConfigException($"Lora: {Texts.Name(model.GetType())} has no Linear layer to adapt.");
        foreach ((string path, IAdaptable layer) in fitting)
        {
            string[] names = [.. model.NamesOf(layer.Weight)];
            if (names.Length > 1)
            {
                throw new ConfigException(
                    $"Lora: the weight of '{path}' is shared, as {Texts.Some(names)}: an adapter would change one use of it and not the other. Leave the layer out of the targets.");
            }
        }
        return fitting;
    }

    /// <summary>A pattern stands for a whole path or for its last names: <c>c_attn</c> for <c>h.0.attn.c_attn</c>, as in PEFT.</summary>
    private static bool Fits(string path, string pattern) =>
        path.Length == 0 ? pattern == "*" : // the model is the layer
        FileSystemName.MatchesSimpleExpression(pattern, path, ignoreCase: false) || FileSystemName.MatchesSimpleExpression("*." + pattern, path, ignoreCase: false);
}
