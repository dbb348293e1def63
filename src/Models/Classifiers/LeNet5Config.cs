namespace MiniStack.Models;

/// <summary>The sizes of a <see cref="LeNet5"/>.</summary>
/// <param name="Classes">Numbers that come out.</param>
/// <param name="Channels">Of the images: 1 for grey, 3 for colours.</param>
public sealed record LeNet5Config(int Classes = 10, int Channels = 1) : IModelConfig
{
    /// <inheritdoc/>
    public long ParameterCount =>
        Sizes.Linear(25L * Channels, 6) + Sizes.Linear(25 * 6, 16) + Sizes.Linear(400, 120) + Sizes.Linear(120, 84)
        + Sizes.Linear(84, Classes);

    /// <inheritdoc/>
    public void Check()
    {
        Sizes.Check(Classes, "number of classes", Sizes.MostEntries);
        Sizes.Check(Channels, "number of image channels", Sizes.MostChannels);
    }
}
