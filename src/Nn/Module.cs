using System.Diagnostics;

namespace MiniStack.Nn;

/// <summary>A part of a model: parameters, buffers and child modules under explicit names.</summary>
/// <remarks>
/// Names are PyTorch's, so that checkpoints load. Nothing is found by reflection: what is not registered does not exist,
/// and what is registered is trained, saved and moved.
/// </remarks>
[DebuggerDisplay("{DebugText,nq}")]
public abstract class Module
{
    private readonly List<(string Name, Parameter Value)> _parameters = [];
    private readonly List<(string Name, Module Value)> _children = [];
    private Module? _parent;
    private string _name = "";

    /// <summary>True while training; layers such as <see cref="Dropout"/> act only then.</summary>
    public bool IsTraining { get; private set; } = true;

    /// <summary>Names from the outermost module to this one, joined by dots, such as <c>h.0.attn</c>; empty for the outermost.</summary>
    public string Path => _parent is null ? _name : Join(_parent.Path, _name);

    /// <summary>The modules registered in this one, in order.</summary>
    public IEnumerable<(string Name, Module Module)> Children => _children;

    /// <summary>All parameters of this module and its children under their names from here on, each once: its own
    /// first, then each child's, in the order of registration, as in PyTorch.</summary>
    /// <remarks>Also sets each <see cref="Parameter.Name"/>, which always counts from the outermost module: a listing of one layer must not
    /// rename what an optimizer saves its state under.</remarks>
    public IEnumerable<(string Name, Parameter Parameter)> NamedParameters()
    {
        Module outermost = this;
        while (outermost._parent is { } parent) outermost = parent;
        foreach ((string name, Parameter parameter) in outermost.Walk("", [])) parameter.Name = name;
        return Walk("", []);
    }

    /// <summary>All parameters of this module and its children, each once.</summary>
    public IEnumerable<Parameter> Parameters() => NamedParameters().Select(named => named.Parameter);

    /// <summary>How many numbers the parameters hold.</summary>
    public long ParameterCount => Parameters().Sum(parameter => parameter.Value.Count);

    /// <summary>Switches this module and its children to training (or, with false, to evaluation).</summary>
    public void Train(bool training = true)
    {
        IsTraining = training;
        foreach ((_, Module child) in _children) child.Train(training);
    }

    /// <summary>Switches to evaluation: dropout is off.</summary>
    public void Eval() => Train(false);

    /// <summary>Moves all parameters to a device.</summary>
    public void MoveTo(Device device)
    {
        foreach (Parameter parameter in Parameters()) parameter.MoveTo(device);
    }

    /// <summary>Converts all parameters to another float type, such as F64 to check gradients.</summary>
    /// <exception cref="DTypeException">The type is not a float.</exception>
    public void ConvertTo(DType dtype)
    {
        foreach (Parameter parameter in Parameters()) parameter.ConvertTo(dtype);
    }

    /// <summary>The current values of all parameters by name: what a checkpoint holds. The tensors are the live ones, not copies.</summary>
    public StateDict StateDict() => new(NamedParameters().Select(named => KeyValuePair.Create(named.Name, named.Parameter.Value)));

    /// <summary>Copies values into the parameters of the same names; converts dtype and device.</summary>
    /// <param name="state">Values by name.</param>
    /// <param name="strict">When true, missing and unexpected names are errors; misshapen ones always are.</param>
    /// <returns>Which names were missing or unexpected.</returns>
    /// <exception cref="CheckpointException">Names or shapes do not fit; nothing was changed.</exception>
    public StateDictReport LoadStateDict(StateDict state, bool strict = true)
    {
        StateDictReport report = StateDictReport.Compare(NamedParameters(), state);
        report.ThrowIfWrong(strict);
        foreach ((string name, Parameter parameter) in NamedParameters())
            if (state.TryGetValue(name, out Tensor? value)) parameter.Value.CopyFrom(value.To(parameter.Value.DType));
        return report;
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

    private IEnumerable<(string Name, Parameter Parameter)> Walk(string prefix, HashSet<Parameter> seen)
    {
        foreach ((string name, Parameter parameter) in _parameters)
            if (seen.Add(parameter)) yield return (Join(prefix, name), parameter);
        foreach ((string name, Module child) in _children)
            foreach ((string, Parameter) named in child.Walk(Join(prefix, name), seen)) yield return named;
    }

    private void CheckName(string name)
    {
        if (name.Length == 0 || _parameters.Exists(p => p.Name == name) || _children.Exists(c => c.Name == name))
            throw new ConfigException($"{GetType().Name}: the name '{name}' is empty or registered already. Give each parameter and module its own.");
    }

    private static string Join(string prefix, string name) =>
        prefix.Length == 0 ? name : name.Length == 0 ? prefix : $"{prefix}.{name}";
}
