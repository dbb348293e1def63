using MiniStack.Nn;

namespace MiniStack.Models;

/// <summary>Linear layers with ReLU between them.</summary>
/// <remarks>Rumelhart et al. 1986, doi:10.1038/323533a0; ReLU, which keeps gradients alive, from Nair and Hinton 2010, ICML, instead of the
/// logistic function there. Start values are PyTorch's.</remarks>
public sealed class MultilayerPerceptron : Layer
{
    private readonly Sequential _layers;

    /// <summary>A model with random start values.</summary>
    /// <param name="config">Its sizes.</param>
    /// <param name="rng">Source of the start values, and of the masks of dropout.</param>
    /// <exception cref="ConfigException">The sizes make no model.</exception>
    public MultilayerPerceptron(MultilayerPerceptronConfig config, Rng rng)
    {
        config.Check();
        Config = config;
        _layers = Register("layers", Chain([config.Inputs, .. config.Hidden, config.Outputs], rng, config.Dropout));
    }

    /// <summary>The model's sizes.</summary>
    public MultilayerPerceptronConfig Config { get; }

    /// <param name="x">[batch, …]: the axes behind the batch are taken as one of <c>inputs</c> numbers.</param>
    /// <returns>[batch, outputs].</returns>
    /// <exception cref="ShapeException">An example has another number of numbers.</exception>
    public override Variable Forward(Variable x)
    {
        if (x.Rank < 2 || x.Shape[1..].Count != Config.Inputs)
        {
            throw new ShapeException(
                $"MultilayerPerceptron: x must be [batch, …] with {Config.Inputs} numbers for each example, not {x.Shape}. " +
                "Resize the examples, or build a model of their size.");
        }
        return _layers.Call(x.Reshape(x.Shape[0], Config.Inputs));
    }

    /// <summary>Linear layers of these sizes with ReLU, and dropout where there is any, between them.</summary>
    internal static Sequential Chain(IReadOnlyList<int> sizes, Rng rng, double dropout = 0)
    {
        Sequential chain = new();
        for (int i = 1; i < sizes.Count; i++)
        {
            chain.Add(new Linear(sizes[i - 1], sizes[i], rng));
            if (i == sizes.Count - 1) break;
            chain.Add(new Relu());
            if (dropout > 0) chain.Add(new Dropout(dropout, rng));
        }
        return chain;
    }

    /// <inheritdoc cref="Gpt.Save"/>
    public void Save(string folder) => ModelFolder.Save(folder, this, Config);

    /// <inheritdoc cref="Gpt.Load"/>
    public static MultilayerPerceptron Load(string folder, Device? device = null) =>
        ModelFolder.Load(folder, device, (MultilayerPerceptronConfig config) => new MultilayerPerceptron(config, new Rng(0)));
}
