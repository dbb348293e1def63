namespace MiniStack.Nn;

/// <summary>What of a trained model learns on: everything, some of it, or an adapter beside it.</summary>
/// <remarks>
/// <c>Parameter[] learning = model.FineTune(FineTuning.Only("h.3.*", "ln_f.*"));</c> and an optimizer of those: frozen parameters need no
/// state.
/// </remarks>
public abstract class FineTuning
{
    private FineTuning()
    {
    }

    /// <summary>Everything learns.</summary>
    public static FineTuning Full { get; } = new FullTuning();

    /// <summary>Parameters whose names fit a pattern learn, such as <c>h.3.*</c>, the last block; everything else is frozen.</summary>
    /// <param name="patterns">Names, with <c>*</c> for any text and <c>?</c> for any character.</param>
    public static FineTuning Only(params IReadOnlyList<string> patterns) => new PartialTuning(patterns);

    /// <summary>An adapter learns; everything else is frozen. See <see cref="Adapters.AddLora"/>.</summary>
    public static FineTuning Lora(LoraConfig config, Rng rng, string name = "default") => new LoraTuning(config, rng, name);

    internal abstract void Apply(Module model);

    private sealed class FullTuning : FineTuning
    {
        internal override void Apply(Module model) => model.Unfreeze();
    }

    private sealed class PartialTuning(IReadOnlyList<string> patterns) : FineTuning
    {
        internal override void Apply(Module model)
        {
            if (patterns.Count == 0) throw new ConfigException("FineTuning: no patterns are given. Name parameters, such as h.3.*.");
            bool[] before = [.. model.Parameters().Select(parameter => parameter.RequiresGrad)];
            model.Freeze();
            try
            {
                foreach (string pattern in patterns) model.Unfreeze(pattern);
            }
            catch (ConfigException)
            {
                foreach ((Parameter parameter, bool requiresGrad) in model.Parameters().Zip(before)) parameter.RequiresGrad = requiresGrad;
                throw;
            }
        }
    }

    private sealed class LoraTuning(LoraConfig config, Rng rng, string name) : FineTuning
    {
        internal override void Apply(Module model) => model.AddLora(name, config, rng);
    }
}
