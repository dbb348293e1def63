namespace MiniStack.Nn;

/// <summary>Methods that return the module itself, of its own type: <c>var model = new Gpt(config, rng).To(device);</c>.</summary>
public static class ModuleExtensions
{
    /// <summary>Moves all parameters of a module to a device, as <see cref="Module.MoveTo"/>, and returns the module.</summary>
    /// <remarks>Make the optimizer afterwards: its state lies where the parameters were when it was made.</remarks>
    public static TModule To<TModule>(this TModule module, Device device) where TModule : Module
    {
        module.MoveTo(device);
        return module;
    }
}
