using MiniStack.Nn;

namespace MiniStack.Models;

/// <summary>
/// A transformer that reads an image as a sequence of patches, with a class token in front whose last state is classified.
/// </summary>
/// <remarks>
/// Dosovitskiy et al. 2020, arXiv:2010.11929. Names are torchvision's outside the layers (<c>conv_proj</c>, <c>class_token</c>) and
/// PyTorch's TransformerEncoder's within (<c>encoder.layers.0.linear1.weight</c>, <c>encoder.norm.weight</c>). Start values of layers are
/// PyTorch's; positions are normal with 0.02 and the class token is 0, as in the paper. The head is one linear layer, as the paper's in
/// fine-tuning.
/// </remarks>
public sealed class VisionTransformer : Layer
{
    private const double Epsilon = 1e-6; // of the norms, as in the paper's code
    private readonly Parameter _classToken, _positions;
    private readonly Conv2d _patches;
    private readonly Dropout _dropout;
    private readonly ModuleList<TransformerEncoderLayer> _layers;
    private readonly LayerNorm _norm;
    private readonly Linear _head;

    /// <summary>A model with random start values.</summary>
    /// <param name="config">Its sizes.</param>
    /// <param name="rng">Source of the start values, and of the masks of dropout.</param>
    /// <exception cref="ConfigException">The sizes make no model.</exception>
    public VisionTransformer(VisionTransformerConfig config, Rng rng)
    {
        config.Check();
        Config = config;
        int side = config.ImageSize / config.PatchSize;
        _classToken = Register("class_token", Tensor.Zeros([1, 1, config.Channels]));
        _positions = Register("pos_embedding", Init.Normal([1, side * side + 1, config.Channels], rng, 0.02));
        _patches = Register("conv_proj", new Conv2d(config.ImageChannels, config.Channels, config.PatchSize, rng, config.PatchSize));
        _dropout = Register("dropout", new Dropout(config.Dropout, rng));
        _layers = Register("encoder.layers", new ModuleList<TransformerEncoderLayer>());
        for (int i = 0; i < config.Layers; i++)
        {
            _layers.Add(new TransformerEncoderLayer(
                config.Channels, config.Heads, rng, config.Hidden, config.Dropout, gelu: true, Epsilon, normFirst: true));
        }
        _norm = Register("encoder.norm", new LayerNorm(config.Channels, epsilon: Epsilon));
        _head = Register("head", new Linear(config.Channels, config.Classes, rng));
    }

    /// <summary>The model's sizes.</summary>
    public VisionTransformerConfig Config { get; }

    /// <param name="x">[batch, image channels, image size, image size].</param>
    /// <returns>[batch, classes].</returns>
    /// <exception cref="ShapeException">x is not a batch of such images.</exception>
    public override Variable Forward(Variable x)
    {
        InputChecks.Images(nameof(VisionTransformer), x, Config.ImageChannels, Config.ImageSize, Config.ImageSize);
        int batch = x.Shape[0];
        Variable patches = _patches.Call(x).Reshape(batch, Config.Channels, _positions.Shape[1] - 1).Transpose(1, 2);
        Variable sequence = Variable.Concat([_classToken.Expand([batch, 1, Config.Channels]), patches], axis: 1);
        sequence = _dropout.Call(sequence + _positions);
        foreach (TransformerEncoderLayer layer in _layers) sequence = layer.Call(sequence);
        return _head.Call(_norm.Call(sequence.Select(1, 0)));
    }

    /// <inheritdoc cref="Gpt.Save"/>
    public void Save(string folder) => ModelFolder.Save(folder, this, Config);

    /// <inheritdoc cref="Gpt.Load"/>
    public static VisionTransformer Load(string folder, Device? device = null) =>
        ModelFolder.Load(folder, device, (VisionTransformerConfig config) => new VisionTransformer(config, new Rng(0)));
}
