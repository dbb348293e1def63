namespace MiniStack.Models;

/// <summary>The sizes of a <see cref="UNet"/>.</summary>
/// <param name="Channels">Of the images.</param>
/// <param name="Outputs">Channels that come out: those of an image, or classes of each pixel.</param>
/// <param name="Width">Channels of the first level; each level below has twice as many.</param>
/// <param name="Levels">How often the image is halved, so that its sides must be multiples of 2^levels.</param>
/// <param name="Groups">Of the norms; divides <paramref name="Width"/>.</param>
public sealed record UNetConfig(int Channels, int Outputs, int Width, int Levels, int Groups = 4) : IModelConfig
{
    private const int MostLevels = 10;

    /// <inheritdoc/>
    public long ParameterCount
    {
        get
        {
            long count = Sizes.Linear(Width, Outputs), inputs = Channels;
            for (int level = 0; level <= Levels; level++)
            {
                long width = (long)Width << level, up = 4 * 2 * width * width + width;
                count += Pair(inputs, width);
                if (level < Levels) count += up + Pair(2 * width, width);
                inputs = width;
            }
            return count;

            static long Pair(long inputs, long outputs) => 9 * inputs * outputs + 9 * outputs * outputs + 4 * outputs;
        }
    }

    /// <inheritdoc/>
    public void Check()
    {
        Sizes.Check(Channels, "number of image channels", Sizes.MostChannels);
        Sizes.Check(Outputs, "number of outputs", Sizes.MostChannels);
        Sizes.Check(Width, "width", Sizes.MostChannels);
        Sizes.Check(Levels, "number of levels", MostLevels);
        Sizes.Check(Groups, "number of groups", Sizes.MostChannels);
        Sizes.CheckDivides(Groups, "groups", Width, "channels");
    }
}
