namespace MiniStack.Data;

/// <summary>A window at a random place, of the image with a black border around it.</summary>
public sealed class RandomCrop : ITransform<Image>
{
    private const int MostPadding = 1 << 28;

    private readonly int _height, _width, _padding;

    /// <param name="height">Rows of the result.</param>
    /// <param name="width">Columns of the result.</param>
    /// <param name="padding">Width of the border.</param>
    /// <exception cref="ConfigException">A size is not positive, or the padding is negative or huge.</exception>
    public RandomCrop(int height, int width, int padding = 0)
    {
        if (padding > MostPadding)
        {
            throw new ConfigException(FormattableString.Invariant(
                $"RandomCrop: the padding must be at most {MostPadding}, but is {padding}."));
        }
        if (height < 1 || width < 1 || padding < 0)
        {
            throw new ConfigException(FormattableString.Invariant(
                $"RandomCrop: height and width must be at least 1 and padding at least 0, but are {height}, {width} and {padding}."));
        }
        (_height, _width, _padding) = (height, width, padding);
    }

    /// <inheritdoc/>
    /// <exception cref="DataException">The window is larger than the image with its border.</exception>
    public Image Apply(Image example, Rng rng)
    {
        int rows = example.Height + 2 * _padding - _height, columns = example.Width + 2 * _padding - _width; // no overflow: see MostPadding
        if (rows < 0 || columns < 0)
        {
            throw new DataException(
                FormattableString.Invariant($"RandomCrop: a window of {_height}×{_width} does not fit into an image of ") +
                FormattableString.Invariant($"{example.Height}×{example.Width} with a border of {_padding}. ") +
                "Crop less or pad more.");
        }
        int top = rng.Next(rows + 1) - _padding, left = rng.Next(columns + 1) - _padding;
        Image result = Image.Empty(example.Channels, _height, _width);
        int first = Math.Max(0, -left), last = Math.Min(_width, example.Width - left);
        for (int channel = 0; channel < example.Channels && last > first; channel++)
        {
            for (int row = Math.Max(0, -top); row < Math.Min(_height, example.Height - top); row++)
            {
                example.Channel(channel).Slice(((row + top) * example.Width) + left + first, last - first)
                    .CopyTo(result.Channel(channel)[((row * _width) + first)..]);
            }
        }
        return result;
    }
}
