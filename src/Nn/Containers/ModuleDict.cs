using System.Collections;
using System.Diagnostics.CodeAnalysis;

namespace MiniStack.Nn;

/// <summary>
/// Modules by name, in the order they were added, that are a module together: what is in it is trained, saved and moved under its name.
/// </summary>
/// <typeparam name="TModule">What it holds.</typeparam>
public sealed class ModuleDict<TModule> : Module, IReadOnlyDictionary<string, TModule>
    where TModule : Module
{
    private readonly OrderedDictionary<string, TModule> _modules = new(StringComparer.Ordinal);

    /// <summary>How many modules.</summary>
    public int Count => _modules.Count;

    /// <inheritdoc/>
    public IEnumerable<string> Keys => _modules.Keys;

    /// <inheritdoc/>
    public IEnumerable<TModule> Values => _modules.Values;

    /// <summary>A module by its name.</summary>
    /// <exception cref="ConfigException">There is none of this name.</exception>
    public TModule this[string name] => _modules.TryGetValue(name, out TModule? module)
        ? module
        : throw new ConfigException($"ModuleDict: there is no module '{name}'. There are {Texts.Some([.. Keys])}.");

    /// <summary>Adds a module under a name and returns it.</summary>
    /// <exception cref="ConfigException">The name is taken or empty, or the module belongs to another one already.</exception>
    public TModule Add(string name, TModule module)
    {
        _modules.Add(name, Register(name, module));
        return module;
    }

    /// <inheritdoc/>
    public bool ContainsKey(string name) => _modules.ContainsKey(name);

    /// <inheritdoc/>
    public bool TryGetValue(string name, [MaybeNullWhen(false)] out TModule module) => _modules.TryGetValue(name, out module);

    /// <inheritdoc/>
    public IEnumerator<KeyValuePair<string, TModule>> GetEnumerator() => _modules.GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
