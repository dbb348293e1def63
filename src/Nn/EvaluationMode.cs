namespace MiniStack.Nn;

/// <summary>A module and all below it in evaluation, until this is disposed: then each is again in the mode that it was in, whatever its
/// parent's is. <c>using (EvaluationMode.Enter(model)) loss = …;</c></summary>
/// <remarks>For code that is handed a model: a layer that its owner froze in evaluation, such as a batch norm, must not come back training.</remarks>
public sealed class EvaluationMode : IDisposable
{
    private (Module Module, bool Training)[] _modes;

    private EvaluationMode((Module, bool)[] modes) => _modes = modes;

    /// <summary>Switches a module and all below it to evaluation.</summary>
    public static EvaluationMode Enter(Module module)
    {
        EvaluationMode mode = new([.. module.Modules().Select(named => (named.Module, named.Module.IsTraining))]);
        module.Eval();
        return mode;
    }

    /// <summary>Switches each back; a second call does nothing more.</summary>
    public void Dispose()
    {
        foreach ((Module module, bool training) in _modes) module.IsTraining = training;
        _modes = [];
    }
}
