using MiniStack.Nn;

namespace MiniStack.Models;

/// <summary>
/// The residual network of 18 layers for photographs: a convolution of 7×7, a pool, four stages of two blocks, and a linear layer.
/// </summary>
/// <remarks>
/// He et al. 2015, arXiv:1512.03385, table 1. Names and start values are torchvision's: normal with deviation √(2/fan-out) for
/// convolutions, PyTorch's for the linear layer; shortcuts that change the shape are projections (option B). 11,689,512 numbers with 1000
/// classes.
/// </remarks>
public sealed class ResNet18 : Layer
{
    private readonly Conv2d _conv;
    private readonly BatchNorm _norm;
    private readonly Sequential[] _stages;
    private readonly Linear _head;

    /// <summary>A model with random start values.</summary>
    /// <param name="config">Its sizes.</param>
    /// <param name="rng">Source of the start values.</param>
    /// <exception cref="ConfigException">The sizes make no model.</exception>
    public ResNet18(ResNet18Config config, Rng rng)
    {
        config.Check();
        Config = config;
        _conv = Register("conv1", ResidualBlock.Convolution(config.Channels, config.Width, 7, 2, rng));
        _norm = Register("bn1", new BatchNorm(config.Width));
        _stages = new Sequential[4];
        for (int i = 0; i < _stages.Length; i++)
        {
            int inputs = config.Width << Math.Max(i - 1, 0), outputs = config.Width << i, stride = i == 0 ? 1 : 2;
            _stages[i] = Register(
                $"layer{i + 1}", ResidualBlock.Stage(inputs, outputs, stride, 2, () => Projection(inputs, outputs, stride, rng), rng));
        }
        _head = Register("fc", new Linear(8 * config.Width, config.Classes, rng));
    }

    /// <summary>The model's sizes.</summary>
    public ResNet18Config Config { get; }

    /// <param name="x">[batch, channels, height, width]; 224×224 in the paper, but any size does.</param>
    /// <returns>[batch, classes].</returns>
    /// <exception cref="ShapeException">x has other axes or channels.</exception>
    public override Variable Forward(Variable x)
    {
        InputChecks.Images(nameof(ResNet18), x, Config.Channels);
        x = _norm.Call(_conv.Call(x)).Relu().MaxPool2d(3, 2, 1);
        x = _stages.Chain(x);
        return _head.Call(x.Mean([2, 3]));
    }

    private static Sequential Projection(int inputs, int outputs, int stride, Rng rng) =>
        new(ResidualBlock.Convolution(inputs, outputs, 1, stride, rng), new BatchNorm(outputs));

    /// <inheritdoc cref="Gpt.Save"/>
    public void Save(string folder) => ModelFolder.Save(folder, this, Config);

    /// <inheritdoc cref="Gpt.Load"/>
    public static ResNet18 Load(string folder, Device? device = null) =>
        ModelFolder.Load(folder, device, (ResNet18Config config) => new ResNet18(config, new Rng(0)));
}
