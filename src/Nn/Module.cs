using System.Diagnostics;
using System.Diagnostics.CodeAnalysis;

namespace MiniStack.Nn;

/// <summary>A part of a model: parameters, buffers and child modules under explicit names.</summary>
/// <remarks>
/// Names are PyTorch's, so that checkpoints load. What is registered is trained, saved and moved, under the name it was registered with:
/// renaming a field renames nothing in a checkpoint. A field that holds a parameter or a module which nobody registered, be it in
/// a list, a tuple, a record or a function that has captured it, is an error as soon as the parameters are asked for, unless the field is
/// marked <see cref="UnregisteredAttribute"/>. (In a program published with NativeAOT or trimming, structs and classes of yours inside a
/// field are looked into only as far as their fields were kept.)
/// </remarks>
[DebuggerDisplay("{DebugText,nq}")]
[DynamicallyAccessedMembers(Registration.Kept)]
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
    public string Path
    {
        get
        {
            if (_parent is null) return _name;
            Stack<string> names = [];
            for (Module? module = this; module is not null && module._name.Length > 0; module = module._parent) names.Push(module._name);
            return string.Join('.', names);
        }
    }

    /// <summary>The modules registered in this one, in order.</summary>
    public IEnumerable<(string Name, Module Module)> Children => _children;

    /// <summary>This module and all below it under their names from here on, each before its children.</summary>
    public IEnumerable<(string Path, Module Module)> Modules() => Walk().Select(step => (step.Path.ToString(), step.Module));

    /// <summary>All parameters of this module and its children under their names from here on, each once: its own
    /// first, then each child's, in the order of registration, as in PyTorch.</summary>
    /// <remarks>Also sets each <see cref="Parameter.Name"/>, which always counts from the outermost module: a listing of one layer must not
    /// rename what an optimizer saves its state under.</remarks>
    /// <exception cref="ConfigException">A field holds a parameter or a module that is not registered, and would not be
    /// trained.</exception>
    public IEnumerable<(string Name, Parameter Parameter)> NamedParameters()
    {
        Module outermost = Outermost;
        Registration.Check(outermost);
        foreach ((string name, Parameter parameter) in outermost.OwnAndBelow()) parameter.Name = name;
        return OwnAndBelow();
    }

    /// <summary>
    /// The buffers of this module and its children under their names from here on, each once, in the order of
    /// <see cref="NamedParameters"/>.
    /// </summary>
    /// <exception cref="ConfigException">A field holds a buffer or a module that is not registered.</exception>
    public IEnumerable<(string Name, ModuleBuffer Buffer)> NamedBuffers()
    {
        Registration.Check(Outermost);
        return Entries().Where(entry => entry.Buffer is not null).DistinctBy(entry => entry.Buffer)
            .Select(entry => (entry.Name(), entry.Buffer!));
    }

    /// <summary>All parameters of this module and its children, each once.</summary>
    public IEnumerable<Parameter> Parameters() => NamedParameters().Select(named => named.Parameter);

    /// <summary>How many numbers the parameters hold.</summary>
    /// <exception cref="ConfigException">A field holds a parameter or a module that is not registered.</exception>
    public long ParameterCount
    {
        get
        {
            Registration.Check(Outermost);
            return CountNumbers();
        }
    }

    /// <summary>Switches this module and its children to training (or, with false, to evaluation).</summary>
    public void Train(bool training = true)
    {
        foreach (Module module in Tree()) module.IsTraining = training;
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
    /// <exception cref="ConfigException">The name is taken, or the child has a parent, or is this module or one around it.</exception>
    protected TModule Register<TModule>(string name, TModule child) where TModule : Module
    {
        CheckName(name);
        // What has no children contains nothing: a model that is built from outside in is not walked up at every step.
        if (child == this || (child._children.Count > 0 && IsWithin(child)))
        {
            throw new ConfigException(
                $"{GetType().Name}: the module '{name}' {(child == this ? "is this module itself" : "contains this module")}, " +
                "which cannot be part of itself. " +
                "Register a module of its own, and share parameters where both are to learn together.");
        }
        if (child._parent is not null)
        {
            throw new ConfigException(
                $"{GetType().Name}: the module '{name}' is already registered as '{child.Path}'. " +
                "Share its parameters instead of the module.");
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
    private protected Anomalies.ModuleSection Enter() =>
        Anomalies.AreDetected ? Anomalies.Enter(Path.Length == 0 ? GetType().Name : Path) : default;

    /// <summary>
    /// Notes this module's path in an error, unless an inner module did. An exception filter: it returns false, so the error passes on
    /// untouched and a debugger stops where it arose.
    /// </summary>
    protected bool Blame(MiniStackException error)
    {
        error.ModulePath ??= Path is { Length: > 0 } path ? Texts.Short(path) : GetType().Name;
        return false;
    }

    private string DebugText => $"{GetType().Name} '{Path}', {CountNumbers():N0} parameters{(IsTraining ? "" : ", evaluating")}";

    /// <summary>Adds what is registered in this module itself, but for its children.</summary>
    internal void AddOwnEntries(HashSet<object> entries)
    {
        foreach ((_, Parameter parameter) in _parameters) entries.Add(parameter);
        foreach ((_, ModuleBuffer buffer) in _buffers) entries.Add(buffer);
    }

    /// <summary>The parameters of this module itself, but for its children.</summary>
    internal IReadOnlyList<(string Name, Parameter Value)> OwnParameters => _parameters;

    /// <summary>Whether this is a part of another module.</summary>
    internal bool IsRegistered => _parent is not null;

    private void CheckName(string name)
    {
        if (name.Length == 0 || _parameters.Exists(p => p.Name == name) || _buffers.Exists(b => b.Name == name)
            || _children.Exists(c => c.Name == name))
        {
            throw new ConfigException(
                $"{GetType().Name}: the name '{name}' is empty or registered already. Give each parameter and module its own.");
        }
    }

    private bool IsWithin(Module module)
    {
        for (Module? around = this; around is not null; around = around._parent)
            if (around == module) return true;
        return false;
    }
}
