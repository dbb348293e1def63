namespace MiniStack.Models;

/// <summary>The sizes of a <see cref="ResNet20"/>.</summary>
/// <param name="Classes">Numbers that come out.</param>
/// <param name="Channels">Of the images: 3 for colours.</param>
/// <param name="Width">Channels of the first stage, from which those of the others follow.</param>
public sealed record ResNet20Config(int Classes = 10, int Channels = 3, int Width = 16) : IModelConfig
{
    /// <inheritdoc/>
    public long ParameterCount
    {
        get
        {
            long w = Width, norms = 2 * w;
            long stages = ResidualBlock.Count(w, w, 3) + ResidualBlock.Count(w, 2 * w, 3) + ResidualBlock.Count(2 * w, 4 * w, 3);
            return 9 * Channels * w + norms + stages + Sizes.Linear(4 * w, Classes);
        }
    }

    /// <inheritdoc/>
    public void Check()
    {
        Sizes.Check(Classes, "number of classes", Sizes.MostEntries);
        Sizes.Check(Channels, "number of image channels", Sizes.MostChannels);
        Sizes.Check(Width, "width", Sizes.MostChannels);
    }
}
