using MiniStack.Nn;

namespace MiniStack.Models;

/// <summary>From image to image: down by halves to see far, up again, and at each size a shortcut that keeps what is fine.</summary>
/// <remarks>
/// Ronneberger et al. 2015, arXiv:1505.04597. Convolutions here are padded, so that nothing is cropped and what comes out is as large as
/// what went in, and have group norms (Wu and He 2018, arXiv:1803.08494), which do not depend on the batch. Start values are PyTorch's.
/// </remarks>
public sealed class UNet : Layer
{
    private readonly ModuleList<ConvolutionPair> _down, _merge;
    private readonly ConvolutionPair _middle;
    private readonly ModuleList<ConvTranspose2d> _up;
    private readonly Conv2d _head;

    /// <summary>A model with random start values.</summary>
    /// <param name="config">Its sizes.</param>
    /// <param name="rng">Source of the start values.</param>
    /// <exception cref="ConfigException">The sizes make no model.</exception>
    public UNet(UNetConfig config, Rng rng)
    {
        config.Check();
        Config = config;
        _down = Register("down", new ModuleList<ConvolutionPair>());
        _up = Register("up", new ModuleList<ConvTranspose2d>());
        _merge = Register("merge", new ModuleList<ConvolutionPair>());
        int inputs = config.Channels;
        for (int level = 0; level < config.Levels; level++)
        {
            int width = config.Width << level;
            _down.Add(new ConvolutionPair(inputs, width, config.Groups, rng));
            _up.Add(new ConvTranspose2d(2 * width, width, 2, rng, stride: 2));
            _merge.Add(new ConvolutionPair(2 * width, width, config.Groups, rng));
            inputs = width;
        }
        _middle = Register("middle", new ConvolutionPair(inputs, config.Width << config.Levels, config.Groups, rng));
        _head = Register("head", new Conv2d(config.Width, config.Outputs, 1, rng));
    }

    /// <summary>The model's sizes.</summary>
    public UNetConfig Config { get; }

    /// <param name="x">[batch, channels, height, width]; height and width are multiples of 2^levels.</param>
    /// <returns>[batch, outputs, height, width].</returns>
    /// <exception cref="ShapeException">x has other axes or channels, or sides that cannot be halved so often.</exception>
    public override Variable Forward(Variable x)
    {
        int multiple = 1 << Config.Levels;
        if (x.Rank != 4 || x.Shape[1] != Config.Channels || x.Shape[2] % multiple != 0 || x.Shape[3] % multiple != 0)
        {
            throw new ShapeException(
                $"UNet: x must be [batch, {Config.Channels}, height, width] with height and width multiples of {multiple}, " +
                $"not {x.Shape}. Pad the images.");
        }
        Stack<Variable> skips = new();
        foreach (ConvolutionPair level in _down)
        {
            skips.Push(level.Call(x));
            x = skips.Peek().MaxPool2d(2);
        }
        x = _middle.Call(x);
        for (int level = Config.Levels - 1; level >= 0; level--)
            x = _merge[level].Call(Variable.Concat([skips.Pop(), _up[level].Call(x)], axis: 1));
        return _head.Call(x);
    }

    /// <inheritdoc cref="Gpt.Save"/>
    public void Save(string folder) => ModelFolder.Save(folder, this, Config);

    /// <inheritdoc cref="Gpt.Load"/>
    public static UNet Load(string folder, Device? device = null) =>
        ModelFolder.Load(folder, device, (UNetConfig config) => new UNet(config, new Rng(0)));
}

/// <summary>Twice: a convolution of 3×3, a norm of groups, ReLU.</summary>
internal sealed class ConvolutionPair : Layer
{
    private readonly Conv2d _conv1, _conv2;
    private readonly GroupNorm _norm1, _norm2;

    public ConvolutionPair(int inputs, int outputs, int groups, Rng rng)
    {
        _conv1 = Register("conv1", new Conv2d(inputs, outputs, 3, rng, padding: 1, bias: false));
        _norm1 = Register("norm1", new GroupNorm(groups, outputs));
        _conv2 = Register("conv2", new Conv2d(outputs, outputs, 3, rng, padding: 1, bias: false));
        _norm2 = Register("norm2", new GroupNorm(groups, outputs));
    }

    /// <param name="x">[batch, inputs, height, width].</param>
    /// <returns>[batch, outputs, height, width].</returns>
    public override Variable Forward(Variable x) => _norm2.Call(_conv2.Call(_norm1.Call(_conv1.Call(x)).Relu())).Relu();
}
