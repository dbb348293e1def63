using MiniStack.Models;
using MiniStack.Nn;

namespace MiniStack.Tests;

/// <summary>A row of the table: a small model, a batch to learn by heart, and its loss.</summary>
/// <param name="Type">Its class.</param>
/// <param name="Config">Its sizes.</param>
/// <param name="Other">Sizes of another model of the class, with other shapes.</param>
/// <param name="Make">Makes a model of some sizes.</param>
/// <param name="Batch">Draws inputs, and targets where there are any.</param>
/// <param name="Output">What the model makes of the inputs.</param>
/// <param name="Loss">How far that is from the targets.</param>
internal sealed record ModelRow(
    Type Type, IModelConfig Config, IModelConfig Other, Func<IModelConfig, Rng, Module> Make, Func<Rng, Tensor[]> Batch,
    Func<Module, Tensor[], Variable> Output, Func<Module, Tensor[], Variable> Loss)
{
    /// <summary>Of AdamW.</summary>
    public double LearningRate { get; init; } = 1e-2;

    /// <summary>After which the batch must be learned.</summary>
    public int Steps { get; init; } = 100;

    /// <summary>Whether it need only come to half the loss of the start: what it makes is an example, not an answer.</summary>
    public bool IsGenerative { get; init; }

    public static ModelRow Of<TModel, TConfig>(
        TConfig config, TConfig other, Func<TConfig, Rng, TModel> make, Func<Rng, Tensor[]> batch, Func<TModel, Tensor[], Variable> output,
        Func<TModel, Tensor[], Variable> loss)
        where TModel : Module
        where TConfig : IModelConfig => new(
            typeof(TModel), config, other, (sizes, rng) => make((TConfig)sizes, rng), batch,
            (model, tensors) => output((TModel)model, tensors), (model, tensors) => loss((TModel)model, tensors));

    /// <summary>The model with weights and buffers away from their start values, where biases are 0 and mistakes could hide.</summary>
    public Module Build(ulong seed = 5)
    {
        Rng rng = new(seed);
        Module module = Make(Config, rng);
        foreach ((string name, Tensor value) in module.StateDict())
        {
            if (!value.DType.IsFloat()) value.Fill(3);
            else if (name.EndsWith("running_var", StringComparison.Ordinal)) value.CopyFrom(Tensor.Uniform(value.Shape, rng, 0.5, 1.5));
            else value.CopyFrom(value + Tensor.Normal(value.Shape, rng, 0, 0.1));
        }
        return module;
    }
}
