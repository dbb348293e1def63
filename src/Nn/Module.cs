using System.Diagnostics;

namespace MiniStack.Nn;

/// <summary>A part of a model: parameters, buffers and child modules under explicit names.</summary>
/// <remarks>
/// Names are PyTorch's, so that checkpoints load. What is registered is trained, saved and moved, under the name it was registered with:
/// renaming a field renames nothing in a checkpoint. A field that holds a parameter or a module which nobody registered, be it in
/// an array or a list, is an error as soon as the parameters are asked for.
/// </remarks>
[DebuggerDisplay("{DebugText,nq}")]
public abstract partial class Module
{
    private readonly List<(string Name, Parameter Value)> _parameters = [];
    private readonly List<(string Name, ModuleBuffer Value)> _buffers = [];
    private readonly List<(string Name, Module Value)> _children = [];
    private Module? _parent;
    private string _name = "";

    /// <summary>True while training; layers such as <see cref="Dropout"/> act only then. False in every module for what runs inside of
    /// <see cref="Evaluation.Run{T}"/> and of Predict.</summary>
    public bool IsTraining
    {
        get => Mode && !Evaluation.IsRunning;
        internal set => Mode = value;
    }

    /// <summary>The mode that <see cref="Train"/> and <see cref="Eval"/> switch.</summary>
    internal bool Mode { get; private set; } = true;

    /// <summary>Names from the outermost module to this one, joined by dots, such as <c>h.0.attn</c>; empty for the outermost.</summary>
    public string Path => _parent is null ? _name : Join(_parent.Path, _name);

    /// <summary>The modules registered in this one, in order.</summary>
    public IEnumerable<(string Name, Module Module)> Children => _children;

    /// <summary>This module and all below it under their names from here on, each before its children.</summary>
    public IEnumerable<(string Path, Module Module)> Modules() => Modules("");

    /// <summary>All parameters of this module and its children under their names from here on, each once: its own
    /// first, then each child's, in the order of registration, as in PyTorch.</summary>
    /// <remarks>Also sets each <see cref="Parameter.Name"/>, which always counts from the outermost module: a listing of one layer must not
    /// rename what an optimizer saves its state under.</remarks>
    /// <exception cref="ConfigException">A field holds a parameter or a module that is not registered, and would not be trained.</exception>
    public IEnumerable<(string Name, Parameter Parameter)> NamedParameters()
    {
        Module outermost = Outermost;
        Registration.Check(outermost);
        foreach ((string name, Parameter parameter) in outermost.Walk()) parameter.Name = name;
        return Walk();
    }

    /// <summary>The buffers of this module and its children under their names from here on, each once, in the order of <see cref="NamedParameters"/>.</summary>
    public IEnumerable<(string Name, ModuleBuffer Buffer)> NamedBuffers() =>
        Entries("").Where(entry => entry.Buffer is not null).DistinctBy(entry => entry.Buffer).Select(entry => (entry.Name, entry.Buffer!));

    /// <summary>All parameters of this module and its children, each once.</summary>
    public IEnumerable<Parameter> Parameters() => NamedParameters().Select(named => named.Parameter);

    /// <summary>How many numbers the parameters hold.</summary>
    public long ParameterCount => Walk().Sum(named => named.Parameter.Value.Count);

    /// <summary>Switches this module and its children to training (or, with false, to evaluation).</summary>
    public void Train(bool training = true)
    {
        IsTraining = training;
        foreach ((_, Module child) in _children) child.Train(training);
    }

    /// <summary>Switches to evaluation: dropout is off.</summary>
    public void Eval() => Train(false);

    /// <summary>Moves all parameters and buffers to a device.</summary>
    public void MoveTo(Device device)
    {
        foreach (Parameter parameter in Parameters()) parameter.MoveTo(device);
        foreach ((_, ModuleBuffer buffer) in NamedBuffers()) buffer.Replace(value => value.To(device));
    }

    /// <summary>Converts all parameters, and all buffers that hold floats, to another float type, such as F64 to check gradients.</summary>
    /// <exception cref="DTypeException">The type is not a float.</exception>
    public void ConvertTo(DType dtype)
    {
        foreach (Parameter parameter in Parameters()) parameter.ConvertTo(dtype);
        foreach ((_, ModuleBuffer buffer) in NamedBuffers())
            if (buffer.Value.DType.IsFloat()) buffer.Replace(value => value.To(dtype));
    }

    /// <summary>Makes a tensor a parameter of this module.</summary>
    /// <param name="name">Its name in this module, without dots.</param>
    /// <param name="value">Its start value.</param>
    protected Parameter Register(string name, Tensor value) => Register(name, new Parameter(value));

    /// <summary>Registers a parameter, perhaps one that another module holds too: it is then trained and saved once.</summary>
    protected Parameter Register(string name, Parameter parameter)
    {
        CheckName(name);
        _parameters.Add((name, parameter));
        if (parameter.Name.Length == 0) parameter.Name = name;
        return parameter;
    }

    /// <summary>Makes a tensor a buffer of this module: it is moved and saved like a parameter, but not learned.</summary>
    /// <param name="name">Its name in this module, without dots.</param>
    /// <param name="value">Its start value.</param>
    /// <param name="persistent">Whether a <see cref="StateDict"/> holds it.</param>
    protected ModuleBuffer RegisterBuffer(string name, Tensor value, bool persistent = true)
    {
        CheckName(name);
        ModuleBuffer buffer = new(value, persistent);
        _buffers.Add((name, buffer));
        return buffer;
    }

    /// <summary>Makes a module a child of this one.</summary>
    /// <param name="name">Its name in this module; dots are allowed, as in <c>h.0</c>.</param>
    /// <param name="child">The module; it can have one parent only.</param>
    /// <exception cref="ConfigException">The name is taken, or the child has a parent.</exception>
    protected TModule Register<TModule>(string name, TModule child) where TModule : Module
    {
        CheckName(name);
        if (child._parent is not null)
        {
            throw new ConfigException(
                $"{GetType().Name}: the module '{name}' is already registered as '{child.Path}'. Share its parameters instead of the module.");
        }
        (child._parent, child._name) = (this, name);
        _children.Add((name, child));
        return child;
    }

    /// <summary>Takes a child away again.</summary>
    private protected void Unregister(Module child)
    {
        _children.RemoveAll(named => named.Value == child);
        (child._parent, child._name) = (null, "");
    }

    /// <summary>Whether <see cref="Layer{TInput, TOutput}.Call"/> has more to do than to compute.</summary>
    private protected virtual bool HasHooks => false;

    /// <summary>Told of each call before (with null) and after (with the output): how <see cref="ModuleSummary"/> looks on.</summary>
    internal Action<Module, object?>? Observer { get; set; }

    /// <summary>Names this module in the profile of this thread, when there is one, until the result is disposed.</summary>
    [DebuggerStepThrough]
    private protected ProfilerSection Profile() =>
        Profiler.Current is null ? default : Profiler.Section(_name.Length == 0 ? GetType().Name : _name);

    /// <summary>Names this module where <see cref="Anomalies"/> are detected, until the result is disposed.</summary>
    [DebuggerStepThrough]
    private protected Anomalies.ModuleSection Enter() => Anomalies.AreDetected ? Anomalies.Enter(Path.Length == 0 ? GetType().Name : Path) : default;

    /// <summary>Notes this module's path in an error, unless an inner module did. An exception filter: it returns false, so the error passes on
    /// untouched and a debugger stops where it arose.</summary>
    protected bool Blame(MiniStackException error)
    {
        error.ModulePath ??= Path.Length == 0 ? GetType().Name : Path;
        return false;
    }

    private string DebugText => $"{GetType().Name} '{Path}', {ParameterCount:N0} parameters{(IsTraining ? "" : ", evaluating")}";

    /// <summary>What is registered in this module itself, but for its children.</summary>
    internal IEnumerable<object> OwnEntries => [.. _parameters.Select(named => named.Value), .. _buffers.Select(named => named.Value)];

    /// <summary>The parameters of this module itself, but for its children.</summary>
    internal IReadOnlyList<(string Name, Parameter Value)> OwnParameters => _parameters;

    /// <summary>All names of a parameter, counted from the outermost module: several when modules share it, be they below this one or not.</summary>
    internal IReadOnlyList<string> AllNamesOf(Parameter parameter) => [.. Outermost.Entries("").Where(entry => entry.Parameter == parameter).Select(entry => entry.Name)];

    private IEnumerable<(string Path, Module Module)> Modules(string path)
    {
        yield return (path, this);
        foreach ((string name, Module child) in _children)
            foreach ((string, Module) below in child.Modules(Join(path, name))) yield return below;
    }

    private Module Outermost => _parent is null ? this : _parent.Outermost;

    /// <summary>Parameters and buffers under all their names: what is shared comes once under each.</summary>
    private IEnumerable<(string Name, Parameter? Parameter, ModuleBuffer? Buffer)> Entries(string prefix)
    {
        foreach ((string name, Parameter parameter) in _parameters) yield return (Join(prefix, name), parameter, null);
        foreach ((string name, ModuleBuffer buffer) in _buffers) yield return (Join(prefix, name), null, buffer);
        foreach ((string name, Module child) in _children)
            foreach ((string, Parameter?, ModuleBuffer?) entry in child.Entries(Join(prefix, name))) yield return entry;
    }

    private IEnumerable<(string Name, Parameter Parameter)> Walk() =>
        Entries("").Where(entry => entry.Parameter is not null).DistinctBy(entry => entry.Parameter).Select(entry => (entry.Name, entry.Parameter!));

    private void CheckName(string name)
    {
        if (name.Length == 0 || _parameters.Exists(p => p.Name == name) || _buffers.Exists(b => b.Name == name) || _children.Exists(c => c.Name == name))
            throw new ConfigException($"{GetType().Name}: the name '{name}' is empty or registered already. Give each parameter and module its own.");
    }

    private static string Join(string prefix, string name) =>
        prefix.Length == 0 ? name : name.Length == 0 ? prefix : $"{prefix}.{name}";
}
