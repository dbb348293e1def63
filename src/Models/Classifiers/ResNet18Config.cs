namespace MiniStack.Models;

/// <summary>The sizes of a <see cref="ResNet18"/>.</summary>
/// <param name="Classes">Numbers that come out.</param>
/// <param name="Channels">Of the images: 3 for colours.</param>
/// <param name="Width">Channels of the first stage, from which those of the others follow.</param>
public sealed record ResNet18Config(int Classes = 1000, int Channels = 3, int Width = 64) : IModelConfig
{
    /// <inheritdoc/>
    public long ParameterCount
    {
        get
        {
            long w = Width, stages = ResidualBlock.Count(w, w, 2), norms = 2 * w;
            for (int stage = 1; stage < 4; stage++)
            {
                long inputs = w << (stage - 1), outputs = w << stage, projection = inputs * outputs + 2 * outputs;
                stages += ResidualBlock.Count(inputs, outputs, 2) + projection;
            }
            return 49 * Channels * w + norms + stages + Sizes.Linear(8 * w, Classes);
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
