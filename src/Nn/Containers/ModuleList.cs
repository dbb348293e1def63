using System.Collections;

namespace MiniStack.Nn;

/// <summary>A list of modules that is one itself: what is in it is trained, saved and moved under the names 0, 1, 2, …</summary>
/// <typeparam name="TModule">What the list holds, such as <see cref="TransformerBlock"/>.</typeparam>
public sealed class ModuleList<TModule> : Module, IReadOnlyList<TModule>
    where TModule : Module
{
    private readonly List<TModule> _modules = [];

    /// <summary>A list of these modules.</summary>
    /// <exception cref="ConfigException">One of them belongs to another module already.</exception>
    public ModuleList(params IEnumerable<TModule> modules)
    {
        foreach (TModule module in modules) Add(module);
    }

    /// <summary>How many modules.</summary>
    public int Count => _modules.Count;

    /// <summary>A module by its place.</summary>
    public TModule this[int index] => _modules[index];

    /// <summary>Adds a module at the end and returns it.</summary>
    /// <exception cref="ConfigException">The module belongs to another one already.</exception>
    public TModule Add(TModule module)
    {
        _modules.Add(Register(Texts.Number(_modules.Count), module));
        return module;
    }

    /// <summary>A struct, so that a loop over the blocks of a model allocates nothing.</summary>
    public List<TModule>.Enumerator GetEnumerator() => _modules.GetEnumerator();

    IEnumerator<TModule> IEnumerable<TModule>.GetEnumerator() => GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
