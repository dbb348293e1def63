using MiniStack.Nn;

namespace MiniStack.Models;

/// <summary>The residual network of 20 layers for small images such as CIFAR-10's: three stages of three blocks.</summary>
/// <remarks>
/// He et al. 2015, arXiv:1512.03385, section 4.2, with the shortcuts used there, which learn nothing (option A): 269,722 numbers with ten
/// classes, the 0.27 million of table 6. With projections (option B) there would be 272,474. Start values as in <see cref="ResNet18"/>; the
/// paper's source, He et al. 2015, arXiv:1502.01852, finds fan-in and fan-out as good as each other.
/// </remarks>
public sealed class ResNet20 : Layer
{
    private readonly Conv2d _conv;
    private readonly BatchNorm _norm;
    private readonly Sequential[] _stages;
    private readonly Linear _head;

    /// <summary>A model with random start values.</summary>
    /// <param name="config">Its sizes.</param>
    /// <param name="rng">Source of the start values.</param>
    /// <exception cref="ConfigException">The sizes make no model.</exception>
    public ResNet20(ResNet20Config config, Rng rng)
    {
        config.Check();
        Config = config;
        _conv = Register("conv1", ResidualBlock.Convolution(config.Channels, config.Width, 3, 1, rng));
        _norm = Register("bn1", new BatchNorm(config.Width));
        _stages = new Sequential[3];
        for (int i = 0; i < _stages.Length; i++)
        {
            int inputs = config.Width << Math.Max(i - 1, 0), outputs = config.Width << i, stride = i == 0 ? 1 : 2;
            _stages[i] = Register(
                $"layer{i + 1}", ResidualBlock.Stage(inputs, outputs, stride, 3, () => new PaddedShortcut(outputs - inputs, stride), rng));
        }
        _head = Register("fc", new Linear(4 * config.Width, config.Classes, rng));
    }

    /// <summary>The model's sizes.</summary>
    public ResNet20Config Config { get; }

    /// <param name="x">[batch, channels, height, width]; 32×32 in the paper, but any size does.</param>
    /// <returns>[batch, classes].</returns>
    /// <exception cref="ShapeException">x has other axes or channels.</exception>
    public override Variable Forward(Variable x)
    {
        InputChecks.Images(nameof(ResNet20), x, Config.Channels);
        x = _norm.Call(_conv.Call(x)).Relu();
        x = _stages.Chain(x);
        return _head.Call(x.Mean([2, 3]));
    }

    /// <inheritdoc cref="Gpt.Save"/>
    public void Save(string folder) => ModelFolder.Save(folder, this, Config);

    /// <inheritdoc cref="Gpt.Load"/>
    public static ResNet20 Load(string folder, Device? device = null) =>
        ModelFolder.Load(folder, device, (ResNet20Config config) => new ResNet20(config, new Rng(0)));
}
