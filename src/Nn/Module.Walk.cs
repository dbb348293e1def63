using System.Text;

namespace MiniStack.Nn;

/// <summary>Walks through a module and all below it. None is recursive: modules may be nested deeper than any stack is.</summary>
public abstract partial class Module
{
    /// <summary>This module and all below it, each before its children.</summary>
    internal IEnumerable<Module> Tree()
    {
        Stack<Module> open = new([this]);
        while (open.TryPop(out Module? module))
        {
            yield return module;
            for (int i = module._children.Count - 1; i >= 0; i--) open.Push(module._children[i].Value);
        }
    }

    /// <summary>
    /// All names of a parameter, counted from the outermost module: several when modules share it, be they below this one or not.
    /// </summary>
    internal IReadOnlyList<string> AllNamesOf(Parameter parameter) =>
        [.. Outermost.Entries().Where(entry => entry.Parameter == parameter).Select(entry => entry.Name())];

    /// <summary>How many numbers the parameters hold, whatever somebody forgot to register.</summary>
    internal long CountNumbers() =>
        Tree().SelectMany(module => module._parameters).Select(named => named.Value).Distinct().Sum(parameter => parameter.Value.Count);

    private Module Outermost
    {
        get
        {
            Module outermost = this;
            while (outermost._parent is { } around) outermost = around;
            return outermost;
        }
    }

    /// <summary>
    /// As <see cref="Tree"/>, with the path from here on; it is valid until the next step, because long ones are costly to write out.
    /// </summary>
    private IEnumerable<(StringBuilder Path, Module Module)> Walk()
    {
        StringBuilder path = new();
        Stack<(Module Module, string Name, int Prefix)> open = new([(this, "", 0)]);
        while (open.TryPop(out (Module Module, string Name, int Prefix) next))
        {
            path.Length = next.Prefix;
            if (path.Length > 0) path.Append('.');
            path.Append(next.Name);
            yield return (path, next.Module);
            int prefix = path.Length;
            for (int i = next.Module._children.Count - 1; i >= 0; i--)
                open.Push((next.Module._children[i].Value, next.Module._children[i].Name, prefix));
        }
    }

    /// <summary>Parameters and buffers under all their names: what is shared comes once under each.</summary>
    private IEnumerable<Entry> Entries()
    {
        foreach ((StringBuilder path, Module module) in Walk())
        {
            foreach ((string name, Parameter parameter) in module._parameters) yield return new Entry(path, name, parameter, null);
            foreach ((string name, ModuleBuffer buffer) in module._buffers) yield return new Entry(path, name, null, buffer);
        }
    }

    /// <summary>The parameters, each once, under its first name.</summary>
    private IEnumerable<(string Name, Parameter Parameter)> OwnAndBelow() =>
        Entries().Where(entry => entry.Parameter is not null).DistinctBy(entry => entry.Parameter)
            .Select(entry => (entry.Name(), entry.Parameter!));

    /// <summary>A parameter or a buffer. Its name can be asked for until the next one is.</summary>
    private readonly record struct Entry(StringBuilder Path, string Last, Parameter? Parameter, ModuleBuffer? Buffer)
    {
        public string Name() => Path.Length == 0 ? Last : $"{Path}.{Last}";
    }
}
