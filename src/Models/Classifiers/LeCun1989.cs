using MiniStack.Nn;

namespace MiniStack.Models;

/// <summary>
/// The first convolutional network trained by backpropagation to read real handwriting: digits of 16×16 pixels, 9,760 numbers.
/// </summary>
/// <remarks>
/// <para>LeCun et al. 1989, doi:10.1162/neco.1989.1.4.541. As there: two layers of 12 maps whose windows of 5×5 share weights and step by
/// 2, but where each position has a bias of its own; each map of the second layer sees 8 of the first's 12; 30 hidden units, and one output
/// a class; tanh everywhere, the output included, and the mean squared error as loss; outside the image lies the background, −1.</para>
/// <para>Where the paper is silent or its detail does not matter, Karpathy's re-implementation of 2022
/// (github.com/karpathy/lecun1989-repro) is followed: which 8 maps are seen (1 to 8, 5 to 12, or the outer eight, by each third of the
/// second layer), −1 around the first layer's maps too, plain tanh instead of a scaled one and hence targets of ±1, start values uniform in
/// ±2.4/√inputs, where the paper divides by the number of inputs itself, and biases that start at 0, those of the output at −1, because
/// most targets are.</para>
/// </remarks>
public sealed class LeCun1989 : Layer
{
    private const int Side = 16;
    private readonly LocalBiasConvolution _h1, _h2;
    private readonly Linear _h3, _output;

    /// <summary>A model with random start values.</summary>
    /// <param name="config">Its sizes.</param>
    /// <param name="rng">Source of the start values.</param>
    /// <exception cref="ConfigException">The sizes make no model.</exception>
    public LeCun1989(LeCun1989Config config, Rng rng)
    {
        config.Check();
        Config = config;
        _h1 = Register("h1", new LocalBiasConvolution(inputs: 1, outputs: 12, side: 8, groups: 1, rng));
        _h2 = Register("h2", new LocalBiasConvolution(inputs: 8, outputs: 12, side: 4, groups: 3, rng));
        _h3 = Register("h3", Dense(12 * 4 * 4, 30, 0, rng));
        _output = Register("output", Dense(30, config.Classes, -1, rng));
    }

    /// <summary>The model's sizes.</summary>
    public LeCun1989Config Config { get; }

    /// <param name="x">[batch, 1, 16, 16], from −1 (background) to 1.</param>
    /// <returns>[batch, classes], from −1 to 1.</returns>
    /// <exception cref="ShapeException">x is not a batch of such images.</exception>
    public override Variable Forward(Variable x)
    {
        InputChecks.Images(nameof(LeCun1989), x, 1, Side, Side);
        x = _h1.Call(x).Tanh();
        // Three groups of eight maps, side by side: one convolution in groups computes all of them.
        x = _h2.Call(Variable.Concat([x.Slice(1, 0, 8), x.Slice(1, 4, 8), x.Slice(1, 0, 4), x.Slice(1, 8, 4)], axis: 1)).Tanh();
        x = _h3.Call(x.Reshape(x.Shape[0], 12 * 4 * 4)).Tanh();
        return _output.Call(x).Tanh();
    }

    /// <summary>Uniform in ±2.4/√inputs.</summary>
    internal static Tensor Start(Shape shape, Rng rng) => Init.Uniform(shape, rng, 2.4 / Math.Sqrt(shape[1..].Count));

    private static Linear Dense(int inputs, int outputs, double bias, Rng rng)
    {
        Linear layer = new(inputs, outputs, rng);
        layer.Weight.Value.CopyFrom(Start(layer.Weight.Shape, rng));
        layer.Bias!.Value.Fill(bias);
        return layer;
    }

    /// <inheritdoc cref="Gpt.Save"/>
    public void Save(string folder) => ModelFolder.Save(folder, this, Config);

    /// <inheritdoc cref="Gpt.Load"/>
    public static LeCun1989 Load(string folder, Device? device = null) =>
        ModelFolder.Load(folder, device, (LeCun1989Config config) => new LeCun1989(config, new Rng(0)));
}

/// <summary>Windows of 5×5 that step by 2 over an image with −1 around it, share weights, and have a bias at each position.</summary>
internal sealed class LocalBiasConvolution : Layer
{
    private readonly int _groups;
    private readonly Parameter _weight, _bias;

    /// <param name="inputs">Maps that an output sees.</param>
    /// <param name="outputs">Maps that come out.</param>
    /// <param name="side">Their height and width.</param>
    /// <param name="groups">Each third, say, of the outputs sees its own inputs.</param>
    /// <param name="rng">Source of the start values.</param>
    public LocalBiasConvolution(int inputs, int outputs, int side, int groups, Rng rng)
    {
        _groups = groups;
        _weight = Register("weight", LeCun1989.Start([outputs, inputs, 5, 5], rng));
        _bias = Register("bias", Tensor.Zeros([outputs, side, side]));
    }

    /// <param name="x">[batch, groups·inputs, 2·side, 2·side].</param>
    /// <returns>[batch, outputs, side, side].</returns>
    public override Variable Forward(Variable x) => x.Pad([(2, 2), (2, 2)], -1).Conv2d(_weight, stride: 2, groups: _groups) + _bias;
}
