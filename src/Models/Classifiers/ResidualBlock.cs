using MiniStack.Nn;

namespace MiniStack.Models;

/// <summary>relu(shortcut(x) + norm(conv(relu(norm(conv(x)))))): two convolutions of 3×3; names as in torchvision's BasicBlock.</summary>
/// <remarks>He et al. 2015, arXiv:1512.03385, figure 5, left; norms from Ioffe and Szegedy 2015, arXiv:1502.03167.</remarks>
internal sealed class ResidualBlock : Layer
{
    private readonly Conv2d _conv1, _conv2;
    private readonly BatchNorm _norm1, _norm2;
    private readonly Layer? _shortcut;

    /// <param name="inputs">Channels of x.</param>
    /// <param name="outputs">Channels of the result.</param>
    /// <param name="stride">Of the first convolution.</param>
    /// <param name="shortcut">What x takes to have the result's shape; null when it has it.</param>
    /// <param name="rng">Source of the start values.</param>
    public ResidualBlock(int inputs, int outputs, int stride, Layer? shortcut, Rng rng)
    {
        _conv1 = Register("conv1", Convolution(inputs, outputs, 3, stride, rng));
        _norm1 = Register("bn1", new BatchNorm(outputs));
        _conv2 = Register("conv2", Convolution(outputs, outputs, 3, 1, rng));
        _norm2 = Register("bn2", new BatchNorm(outputs));
        if (shortcut is not null) _shortcut = Register("downsample", shortcut);
    }

    /// <param name="x">[batch, inputs, height, width].</param>
    /// <returns>[batch, outputs, height / stride, width / stride], rounded up.</returns>
    public override Variable Forward(Variable x)
    {
        Variable y = _norm2.Call(_conv2.Call(_norm1.Call(_conv1.Call(x)).Relu()));
        return (y + (_shortcut is null ? x : _shortcut.Call(x))).Relu();
    }

    /// <summary>A stage: blocks in a row, of which the first changes the shape.</summary>
    /// <param name="inputs">Channels of x.</param>
    /// <param name="outputs">Channels of the result.</param>
    /// <param name="stride">Of the first block.</param>
    /// <param name="blocks">How many.</param>
    /// <param name="shortcut">Makes the first block's shortcut, where the shape changes.</param>
    /// <param name="rng">Source of the start values.</param>
    public static Sequential Stage(int inputs, int outputs, int stride, int blocks, Func<Layer> shortcut, Rng rng)
    {
        Sequential stage = new(new ResidualBlock(inputs, outputs, stride, stride == 1 && inputs == outputs ? null : shortcut(), rng));
        for (int i = 1; i < blocks; i++) stage.Add(new ResidualBlock(outputs, outputs, 1, null, rng));
        return stage;
    }

    /// <summary>
    /// A convolution without bias, which a norm follows: normal start values with deviation √(2/fan-out), as torchvision's.
    /// </summary>
    public static Conv2d Convolution(int inputs, int outputs, int kernel, int stride, Rng rng)
    {
        Conv2d layer = new(inputs, outputs, kernel, rng, stride, padding: kernel / 2, bias: false);
        layer.Weight.Value.CopyFrom(Init.KaimingNormal(layer.Weight.Shape, rng, Init.ReluGain, fanOut: true));
        return layer;
    }

    /// <summary>Numbers of a stage, without what its shortcut learns.</summary>
    public static long Count(long inputs, long outputs, int blocks) =>
        9 * inputs * outputs + (2 * blocks - 1) * 9 * outputs * outputs + 4 * blocks * outputs;
}

/// <summary>Every second row and column, and zeros for the new channels: a shortcut that learns nothing.</summary>
/// <remarks>He et al. 2015, arXiv:1512.03385, section 3.3, option A.</remarks>
internal sealed class PaddedShortcut(int newChannels, int stride) : Layer
{
    public override Variable Forward(Variable x)
    {
        int rows = (x.Shape[2] + stride - 1) / stride, columns = (x.Shape[3] + stride - 1) / stride;
        return x.Slice(2, 0, rows, stride).Slice(3, 0, columns, stride)
            .Pad([(newChannels / 2, newChannels - newChannels / 2), (0, 0), (0, 0)]);
    }
}
