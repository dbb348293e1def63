using System.Diagnostics;

namespace MiniStack.Nn;

/// <summary>A module that turns one variable into another.</summary>
public abstract class Layer : Module
{
    /// <summary>Applies the layer; a typed error that arises inside names the layer's path.</summary>
    [DebuggerStepThrough]
    public Variable Call(Variable x)
    {
        using ProfilerSection profile = Profile();
        using Anomalies.ModuleSection section = Enter();
        try
        {
            return Forward(x);
        }
        catch (MiniStackException error) when (Blame(error))
        {
            throw;
        }
    }

    /// <summary>The layer's formula. Callers use <see cref="Call"/>.</summary>
    public abstract Variable Forward(Variable x);
}
