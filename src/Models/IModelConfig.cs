namespace MiniStack.Models;

/// <summary>The sizes of a model: what a model's constructor takes and config.json holds.</summary>
public interface IModelConfig
{
    /// <summary>Numbers that a model of these sizes learns; what is shared counts once.</summary>
    long ParameterCount { get; }

    /// <summary>Throws unless the sizes make a model.</summary>
    /// <exception cref="ConfigException">A size is absurd, or two do not fit together.</exception>
    void Check();
}
