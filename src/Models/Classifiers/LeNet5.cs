using MiniStack.Nn;

namespace MiniStack.Models;

/// <summary>LeNet-5 for images of 28×28: two convolutions with pools, three linear layers, tanh between.</summary>
/// <remarks>
/// LeCun et al. 1998, doi:10.1109/5.726791, section II.B, as it is built today: plain averages instead of pools with a weight and a bias,
/// every map of the second convolution sees all six instead of some, and scores come out instead of distances to drawn letters. With ten
/// classes it has 61,706 numbers; the paper's has about 60,000. Start values are PyTorch's.
/// </remarks>
public sealed class LeNet5 : Layer
{
    private const int Side = 28;
    private readonly Conv2d _conv1, _conv2;
    private readonly Linear _fc1, _fc2, _fc3;

    /// <summary>A model with random start values.</summary>
    /// <param name="config">Its sizes.</param>
    /// <param name="rng">Source of the start values.</param>
    /// <exception cref="ConfigException">The sizes make no model.</exception>
    public LeNet5(LeNet5Config config, Rng rng)
    {
        config.Check();
        Config = config;
        _conv1 = Register("conv1", new Conv2d(config.Channels, 6, 5, rng, padding: 2)); // as if the image were 32×32, as the paper's
        _conv2 = Register("conv2", new Conv2d(6, 16, 5, rng));
        _fc1 = Register("fc1", new Linear(16 * 5 * 5, 120, rng));
        _fc2 = Register("fc2", new Linear(120, 84, rng));
        _fc3 = Register("fc3", new Linear(84, config.Classes, rng));
    }

    /// <summary>The model's sizes.</summary>
    public LeNet5Config Config { get; }

    /// <param name="x">[batch, channels, 28, 28].</param>
    /// <returns>[batch, classes].</returns>
    /// <exception cref="ShapeException">x is not a batch of such images.</exception>
    public override Variable Forward(Variable x)
    {
        InputChecks.Images(nameof(LeNet5), x, Config.Channels, Side, Side);
        x = _conv1.Call(x).Tanh().AvgPool2d(2);
        x = _conv2.Call(x).Tanh().AvgPool2d(2).Reshape(x.Shape[0], 16 * 5 * 5);
        return _fc3.Call(_fc2.Call(_fc1.Call(x).Tanh()).Tanh());
    }

    /// <inheritdoc cref="Gpt.Save"/>
    public void Save(string folder) => ModelFolder.Save(folder, this, Config);

    /// <inheritdoc cref="Gpt.Load"/>
    public static LeNet5 Load(string folder, Device? device = null) =>
        ModelFolder.Load(folder, device, (LeNet5Config config) => new LeNet5(config, new Rng(0)));
}
