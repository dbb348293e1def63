namespace MiniStack.Models;

/// <summary>The sizes of a <see cref="VisionTransformer"/>.</summary>
/// <param name="ImageSize">Height and width of the images.</param>
/// <param name="PatchSize">Height and width of a patch; divides <paramref name="ImageSize"/>.</param>
/// <param name="Classes">Numbers that come out.</param>
/// <param name="Layers">Encoder layers.</param>
/// <param name="Heads">Attention heads a layer; divides <paramref name="Channels"/>.</param>
/// <param name="Channels">Width of the residual stream.</param>
/// <param name="Hidden">Channels within a layer's network; 4·channels in the paper.</param>
/// <param name="ImageChannels">Of the images: 3 for colours.</param>
/// <param name="Dropout">Probability of dropout while training.</param>
public sealed record VisionTransformerConfig(
    int ImageSize, int PatchSize, int Classes, int Layers, int Heads, int Channels, int Hidden, int ImageChannels = 3, double Dropout = 0)
    : IModelConfig
{
    /// <inheritdoc/>
    public long ParameterCount
    {
        get
        {
            long c = Channels, patch = (long)ImageChannels * PatchSize * PatchSize, side = ImageSize / PatchSize;
            return Sizes.Linear(patch, c) + (side * side + 2) * c + Layers * Sizes.EncoderLayer(c, Hidden) + 2 * c
                + Sizes.Linear(c, Classes);
        }
    }

    /// <inheritdoc/>
    public void Check()
    {
        Sizes.Check(ImageSize, "image size", Sizes.MostSide);
        Sizes.Check(PatchSize, "patch size", Sizes.MostSide);
        if (ImageSize % PatchSize != 0)
        {
            throw new ConfigException(
                $"Patches of {PatchSize} do not divide images of {ImageSize} evenly. Choose patches that do, or resize the images.");
        }
        Sizes.Check(Classes, "number of classes", Sizes.MostEntries);
        Sizes.Check(Layers, "number of layers", Sizes.MostLayers);
        Sizes.CheckHeads(Heads, Channels);
        Sizes.Check(Hidden, "number of hidden channels", Sizes.MostHidden);
        Sizes.Check(ImageChannels, "number of image channels", Sizes.MostChannels);
        Sizes.CheckDropout(Dropout);
    }
}
